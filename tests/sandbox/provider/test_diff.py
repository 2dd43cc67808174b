"""What counts as a change."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.provider.diff import changes
from sandbox.provider.types import RECORDS
from sandbox.provider.values import UNKNOWN

ORGANIZATION = RECORDS["aws:organizations/organization:Organization"]
ROLE = RECORDS["aws:iam/role:Role"]
NAMES = frozenset({"awsServiceAccessPrincipals", "enabledPolicyTypes", "featureSet", "returnOrganizationOnly"})
LIST = "awsServiceAccessPrincipals"


def _changes(old: dict[str, Any], new: dict[str, Any]) -> dict[str, str]:
    return dict(changes(ORGANIZATION, old, new, NAMES))


def test_omitted_and_emptied_lists_differ_in_the_diff() -> None:
    assert _changes({LIST: ["a", "b"]}, {}) == {LIST: "delete"}
    assert _changes({LIST: ["a", "b"]}, {LIST: []}) == {f"{LIST}[0]": "delete", f"{LIST}[1]": "delete"}


def test_a_first_list_is_one_addition_unless_empty() -> None:
    assert _changes({}, {LIST: ["a"]}) == {LIST: "add"}
    assert _changes({}, {LIST: []}) == {}


def test_a_set_in_another_order_is_no_change() -> None:
    assert _changes({LIST: ["a", "b"]}, {LIST: ["b", "a"]}) == {}


def test_one_removed_and_one_added_are_two_paths() -> None:
    assert _changes({LIST: ["a", "b"]}, {LIST: ["b", "b2", "c"]}) == {
        f"{LIST}[0]": "delete",
        f"{LIST}[1]": "add",
        f"{LIST}[2]": "add",
    }


def test_a_list_that_a_preview_cannot_know_is_a_change() -> None:
    assert _changes({LIST: ["a"]}, {LIST: UNKNOWN}) == {LIST: "update"}


def test_what_aws_fills_in_is_no_change_when_left_out() -> None:
    assert _changes({"returnOrganizationOnly": True, LIST: []}, {}) == {}


@pytest.mark.parametrize(("new", "changed"), [('{"b": 2, "a": 1}', False), ('{"a": 2}', True)])
def test_documents_are_compared_by_content(new: str, changed: bool) -> None:
    kinds = changes(
        ROLE, {"assumeRolePolicy": '{"a":1,"b":2}'}, {"assumeRolePolicy": new}, frozenset({"assumeRolePolicy"})
    )
    assert bool(kinds) is changed


@given(st.lists(st.text(max_size=3), unique=True), st.lists(st.text(max_size=3), unique=True))
def test_no_change_means_the_same_set(old: list[str], new: list[str]) -> None:
    assert (_changes({LIST: old}, {LIST: new}) == {}) is (set(old) == set(new))
