"""From the SDK's proxies to plain data: nothing is hidden in between, and what can't be known is UNKNOWN."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from pack.adapter import _config, declared, plain
from pack.rule import UNKNOWN
from pulumi_policy.deserialize import deserialize_properties
from pulumi_policy.proxy import unknown_checking_proxy

TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "value": ["sso.amazonaws.com"]}
ASSET = {"4dabf18193072939515e22adb298388d": "c44067f5952c0a294b673a41bacd8c17", "text": "{}"}


def _proxied(props):
    return unknown_checking_proxy(deserialize_properties(props))


@pytest.mark.parametrize(
    ("props", "expected"),
    [
        ({"a": "x", "b": 1.0, "c": None, "d": True}, {"a": "x", "b": 1.0, "c": None, "d": True}),
        ({"a": ["x", ["y"]], "b": {"c": {"d": []}}}, {"a": ["x", ["y"]], "b": {"c": {"d": []}}}),
        ({"a": TEXT, "b": [TEXT, "x"], "c": {"d": TEXT}}, {"a": UNKNOWN, "b": [UNKNOWN, "x"], "c": {"d": UNKNOWN}}),
        ({"a": SECRET}, {"a": ["sso.amazonaws.com"]}),
    ],
)
def test_proxies_become_plain_data(props, expected) -> None:
    assert plain(_proxied(props)) == expected


def test_an_asset_stays_what_it_is_and_is_no_text() -> None:
    found = plain(_proxied({"policy": ASSET}))["policy"]
    assert not isinstance(found, str | dict | list)


def test_options_and_type_are_told_and_a_resource_without_options_has_none() -> None:
    options = SimpleNamespace(parent="p", protect=True, ignore_changes=["a"])
    args = SimpleNamespace(
        resource_type="aws:index/iamRole:IamRole", name="n", urn="u", props=_proxied({"a": "x"}), opts=options
    )
    made = declared(args)
    assert (made.type, made.parent, made.protect, made.ignore_changes) == ("aws:iam/role:Role", "p", True, ("a",))
    bare = declared(SimpleNamespace(**{**vars(args), "opts": None}))
    assert (bare.parent, bare.protect, bare.ignore_changes) == ("", False, ())


@pytest.mark.parametrize("text", ["", "not json", "[]", "null", "1"])
def test_a_configuration_that_is_none_is_empty(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("PULUMI_CONFIG", text)
    assert _config() == {}
