"""From the engine's messages to plain data: nothing is hidden in between, and what can't be known is UNKNOWN."""

from __future__ import annotations

from typing import Any

from google.protobuf import json_format, struct_pb2
from pack import wire
from pulumi.runtime.proto import analyzer_pb2
from pulumi_aws_identity_center.domain.declared import UNKNOWN

from tests.walk import walk

TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
SIGNATURE = "4dabf18193072939515e22adb298388d"
SECRET = {SIGNATURE: "1b47061264138c4ac30d75fd1eb44270", "value": ["sso.amazonaws.com"]}
ASSET = {SIGNATURE: "c44067f5952c0a294b673a41bacd8c17", "text": "{}"}


def _struct(props: dict[str, Any]) -> Any:
    struct = struct_pb2.Struct()
    json_format.ParseDict(props, struct)
    return struct


@walk(
    ("props", "expected"),
    [
        ({"a": "x", "b": 1.0, "c": None, "d": True}, {"a": "x", "b": 1.0, "c": None, "d": True}),
        ({"a": ["x", ["y"]], "b": {"c": {"d": []}}}, {"a": ["x", ["y"]], "b": {"c": {"d": []}}}),
        ({"a": TEXT, "b": [TEXT, "x"], "c": {"d": TEXT}}, {"a": UNKNOWN, "b": [UNKNOWN, "x"], "c": {"d": UNKNOWN}}),
        ({"a": SECRET}, {"a": ["sso.amazonaws.com"]}),
        ({"a": {**SECRET, "value": [TEXT]}}, {"a": [UNKNOWN]}),
    ],
)
def test_messages_become_plain_data(props, expected) -> None:
    assert wire.unpack(_struct(props)) == expected


def test_a_secret_is_shown_in_no_sentence() -> None:
    secret = {**SECRET, "value": {"a": ["hush"], "b": True}}
    plain = wire.unpack(_struct({"x": secret}))["x"]
    assert plain == {"a": ["hush"], "b": True}
    assert "hush" not in f"{plain} {plain['a'][0]}"


def test_an_asset_is_no_text() -> None:
    assert not isinstance(wire.unpack(_struct({"policy": ASSET}))["policy"], str | dict | list)


def test_type_options_and_provider_are_told() -> None:
    request = analyzer_pb2.AnalyzeRequest(type="aws:index/iamRole:IamRole", name="n", urn="u")
    bare = wire.declared(request)
    assert (bare.type, bare.parent, bare.protect, bare.ignore_changes, bare.aliases, bare.provider) == (
        *("aws:iam/role:Role", "", False, (), (), {}),
    )
    request.options.protect, request.options.parent = True, "p"
    request.options.ignoreChanges.append("a")
    request.options.aliases.append("urn:old")
    request.provider.urn = "provider"
    json_format.ParseDict({"region": "us-east-1"}, request.provider.properties)
    full = wire.declared(request)
    assert (full.parent, full.protect, full.ignore_changes, full.aliases) == ("p", True, ("a",), ("urn:old",))
    assert (full.provider_urn, full.provider) == ("provider", {"region": "us-east-1"})


def test_a_list_is_mended_unless_a_secret_is_in_it() -> None:
    struct = _struct({"principals": ["tag.amazonaws.com"], "other": SECRET})
    mended = json_format.MessageToDict(wire.changed(struct, {"principals": ["sso.amazonaws.com"]}))
    assert mended == {"principals": ["sso.amazonaws.com"], "other": SECRET}
    assert wire.changed(struct, {"other": "x"}) is None
