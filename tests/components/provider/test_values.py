"""Property values on the wire: unknowns, secrets and outputs at any depth."""

from __future__ import annotations

from typing import Any

from google.protobuf import struct_pb2
from hypothesis import given
from hypothesis import strategies as st
from pulumi_aws_identity_center.provider.values import UNKNOWN, has_unknown, read, secret_keys, write

from tests.walk import walk

SIGNATURE = "4dabf18193072939515e22adb298388d"
SECRET = "1b47061264138c4ac30d75fd1eb44270"
OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
UNKNOWN_TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"

PLAIN = st.recursive(
    st.booleans() | st.integers(-(2**53), 2**53) | st.text() | st.just(UNKNOWN),
    lambda parts: st.lists(parts) | st.dictionaries(st.text(min_size=1), parts),
    max_leaves=20,
)


def on_the_wire(**values: Any) -> struct_pb2.Struct:
    struct = struct_pb2.Struct()
    struct.update(values)
    return struct


@given(st.dictionaries(st.text(min_size=1), PLAIN))
def test_what_is_written_is_read(values: dict[str, Any]) -> None:
    assert read(write(values)) == values


def test_numbers_are_whole_where_they_can_be() -> None:
    assert read(on_the_wire(whole=3.0, half=0.5)) == {"whole": 3, "half": 0.5}
    assert isinstance(read(on_the_wire(whole=3.0))["whole"], int)


@walk(
    ("value", "expected"),
    [
        (UNKNOWN_TEXT, UNKNOWN),
        ({SIGNATURE: SECRET, "value": "s"}, "s"),
        ({SIGNATURE: OUTPUT, "value": {"a": [UNKNOWN_TEXT]}}, {"a": [UNKNOWN]}),
        ({SIGNATURE: OUTPUT}, UNKNOWN),
        ({SIGNATURE: SECRET, "value": {SIGNATURE: OUTPUT}}, UNKNOWN),
        (None, None),
    ],
)
def test_marked_values_are_read_as_what_they_hold(value: Any, expected: Any) -> None:
    assert read(on_the_wire(name=value)) == {"name": expected}


def test_a_secret_marks_its_property_whatever_is_around_it() -> None:
    secret = {SIGNATURE: SECRET, "value": "s"}
    values = on_the_wire(
        plain="s",
        direct=secret,
        nested={"list": [1, secret]},
        output={SIGNATURE: OUTPUT, "value": "s", "secret": True},
        other={SIGNATURE: OUTPUT, "value": "s"},
    )
    assert secret_keys(values) == {"direct", "nested", "output"}
    assert secret_keys(write(read(values), secret_keys(values))) == {"direct", "nested", "output"}


@given(PLAIN)
def test_an_unknown_is_seen_at_any_depth(value: Any) -> None:
    assert has_unknown(value) == (UNKNOWN_TEXT in repr(write({"value": value})))
