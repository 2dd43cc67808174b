"""What a state tells: from which side, and what is hidden."""

from __future__ import annotations

import pytest
from pulumi_aws_identity_center.gate.step import Step, either, given, hides, is_unknown, plain

SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "[secret]"}
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"


def test_a_property_is_taken_from_the_side_asked_for_first_and_else_from_the_other() -> None:
    state = {"inputs": {"a": 1, "b": 2}, "outputs": {"b": 3, "c": 4}}
    assert [either(state, name) for name in "abcd"] == [1, 2, 4, None]
    assert [either(state, name, "outputs") for name in "abcd"] == [1, 3, 4, None]
    assert [given(state, name) for name in "abcd"] == [1, 2, None, None]
    assert either(None, "a") is either({"inputs": None}, "a") is given(None, "a") is None


@pytest.mark.parametrize("value", [SECRET, "[secret]", UNKNOWN, "[unknown]"])
def test_secrets_and_unknowns_are_hidden_wherever_they_are(value) -> None:
    assert is_unknown(plain(value))
    assert plain([value, "x"])[1] == "x"
    assert is_unknown(plain([value])[0])
    assert hides({"a": [{"b": value}]})


@pytest.mark.parametrize("value", ["x", None, 1, ["x"], {"a": "b"}])
def test_the_rest_is_not(value) -> None:
    assert plain(value) == value
    assert not hides(value)


@pytest.mark.parametrize(
    ("op", "goes"), [("delete", True), ("discard", True), ("replace", True), ("update", False), ("import", False)]
)
def test_what_goes_and_whether_aws_keeps_it(op: str, goes: bool) -> None:
    for old, retained in (({"retainOnDelete": True}, True), ({"external": True}, True), ({}, False), (None, False)):
        step = Step(op, "urn", "type", old, None)
        assert (step.goes, step.retained) == (goes, retained)
