"""The text of access.yaml: what stays text, and what is refused with a sentence."""

from __future__ import annotations

import contextlib
import json

import pytest
from pulumi_aws_identity_center.errors import InvalidInput
from pulumi_aws_identity_center.matrix.access_file import read_access_file
from yaml import SafeLoader

from tests.walk import walk


@walk(
    "text",
    ["011122223333", "2026-11-30", "1:20", "3.14", "0x1f", ".inf", "1_000", "No", "on", "NO", "y", "=", "nullable"],
)
def test_a_scalar_stays_the_text_that_it_is(text: str) -> None:
    assert read_access_file(f"{{{text}: [{text}]}}", "access.yaml") == {text: [text]}


@walk("text", ["\U0001f600 group", "\ud800", "\u202e", "\x1b[31m", "a\u2028b", "Zürich"])
def test_what_json_escapes_is_the_same_text(text: str) -> None:
    assert read_access_file(json.dumps({text: [text]}), "access.json") == {text: [text]}


def test_true_false_and_null_are_no_text() -> None:
    assert read_access_file("[true, False, null, ~, '']", "access.yaml") == [True, False, None, None, ""]


@walk("text", ["", "\n", "# nothing\n", "null", "\ufeff"])
def test_an_empty_file_is_an_object(text: str) -> None:
    assert read_access_file(text, "access.yaml") == {}


@walk("value", ["[]", "false", "''", "{}"])
def test_a_value_without_content_stays_what_it_is(value: str) -> None:
    assert read_access_file(value, "access.yaml") == {"[]": [], "false": False, "''": "", "{}": {}}[value]


@walk("tag", sorted(filter(None, SafeLoader.yaml_constructors)))
@walk("value", ["abc", "''", "[a]", "{a: b}", "2026-13-45"])
def test_every_explicit_tag_is_read_or_refused(tag: str, value: str) -> None:
    with contextlib.suppress(InvalidInput):
        read_access_file(f"- !<{tag}> {value}", "access.yaml")


@walk(
    "text",
    [
        "{A: 1, A: 2}",
        "{A: 1, 'A': 2}",
        "- {a: {b: {A: 1, A: 2}}}",
        "- &a {A: 1}\n- {<<: *a, <<: *a}",
        "? {A: 1, A: 2}\n: 3",
    ],
)
def test_a_key_given_twice_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="twice in the object at line"):
        read_access_file(text, "access.yaml")


def test_a_merge_may_override_at_any_depth() -> None:
    text = """
base: &base {names: [a]}
deep: {except: {except: &deep {<<: *base, names: [b]}}}
flat: {<<: *deep, all: true}
"""
    value = read_access_file(text, "access.yaml")
    assert value["deep"]["except"]["except"] == {"names": ["b"]}
    assert value["flat"] == {"names": ["b"], "all": True}


@pytest.mark.parametrize("item", ["[{}]", "{{a: {}}}"])
def test_aliases_that_repeat_too_much_are_refused(item: str) -> None:
    lines = ["- &a0 [x, x, x, x, x, x, x, x, x, x]"]
    for number in range(1, 20):
        repeated = ", ".join([f"*a{number - 1}"] * 10)
        lines.append(f"- &a{number} {item.format(f'[{repeated}]')}")
    with pytest.raises(InvalidInput, match="its aliases repeat too much"):
        read_access_file("\n".join(lines), "access.yaml")


def test_an_alias_of_itself_is_left_to_the_reader() -> None:
    value = read_access_file("&a [*a]", "access.yaml")
    assert value[0] is value
