"""A matrix and an organization give the accounts of each principal and permission set."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pulumi_aws_identity_center.matrix.access_matrix import InvalidMatrix, parse_access_matrix
from pulumi_aws_identity_center.matrix.expansion import expand
from pulumi_aws_identity_center.matrix.organization import Organization, OrganizationAccount
from pulumi_aws_identity_center.matrix.selection import select_accounts

from .strategies import organizations, selector_of, selectors

ORGANIZATION = Organization(
    (
        OrganizationAccount("111111111111", "one"),
        OrganizationAccount("222222222222", "two"),
        OrganizationAccount("333333333333", "old", state="CLOSED"),
    )
)


def _assignment(selector: Any, **parts: list[Any]) -> dict[str, Any]:
    return {"groups": ["Platform"], "permissionSets": ["Admin"], "accounts": selector, **parts}


def _matrix(*assignments: dict[str, Any]) -> Any:
    return parse_access_matrix({"permissionSets": {"Admin": {}, "Read": {}}, "assignments": list(assignments)})


def test_entries_of_one_principal_and_set_are_merged() -> None:
    matrix = _matrix(_assignment({"names": ["two"]}), _assignment({"names": ["one"]}), _assignment({"all": True}))
    (entry,) = expand(matrix, ORGANIZATION).assignments
    assert entry.account_ids == ("111111111111", "222222222222")


def test_every_principal_gets_every_set_of_its_entry() -> None:
    matrix = _matrix(_assignment({"names": ["one"]}, groups=["A", "B"], users=["u"], permissionSets=["Read", "Admin"]))
    expansion = expand(matrix, ORGANIZATION)
    names = [(entry.principal.type, entry.principal.name, entry.permission_set) for entry in expansion.assignments]
    assert names == [
        (*who, name) for who in (("GROUP", "A"), ("GROUP", "B"), ("USER", "u")) for name in ("Read", "Admin")
    ]
    assert {entry.account_ids for entry in expansion.assignments} == {("111111111111",)}


def test_a_skipped_account_is_named_once() -> None:
    expansion = expand(_matrix(_assignment({"all": True}), _assignment({"names": ["o*"]})), ORGANIZATION)
    assert [skipped.account.id for skipped in expansion.skipped] == ["333333333333"]


def test_a_selector_with_a_wrong_key_selects_nothing_and_hides_nothing() -> None:
    with pytest.raises(InvalidMatrix) as raised:
        _matrix(_assignment({"all": True, "exept": {}, "names": ["x*"]}), _assignment({"names": ["one"], "idz": 1}))
    expansion = expand(raised.value.usable, ORGANIZATION)
    assert [problem.split(" ")[0] for problem in expansion.problems] == ["assignments[0].accounts.names[0]"]
    assert {entry.account_ids for entry in expansion.assignments} == {()}


def test_problems_of_all_selectors_are_told_together() -> None:
    matrix = _matrix(_assignment({"names": ["x*"]}), _assignment({"ids": ["000000000000"]}))
    assert [problem.split(" ")[0] for problem in expand(matrix, ORGANIZATION).problems] == [
        "assignments[0].accounts.names[0]",
        "assignments[1].accounts.ids[0]",
    ]


@given(st.data())
def test_splitting_an_assignment_changes_nothing(data: st.DataObject) -> None:
    organization = data.draw(organizations())
    first, second = (data.draw(selectors(organization)) for _ in range(2))
    (entry,) = expand(_matrix(_assignment(first), _assignment(second)), organization).assignments
    parts = [select_accounts(selector_of(value), organization).account_ids for value in (first, second)]
    assert set(entry.account_ids) == set(parts[0]) | set(parts[1])
