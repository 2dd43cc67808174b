"""A SELECTOR is an algebra of sets of accounts, with the management account and inactive accounts apart."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pulumi_aws_identity_center.errors import InvalidInput
from pulumi_aws_identity_center.matrix.organization import Organization, OrganizationAccount
from pulumi_aws_identity_center.matrix.selection import select_accounts

from tests.walk import walk

from .strategies import organizations, selector_of, selectors

MANAGEMENT = "9" * 12
EXAMPLE = Organization(
    (
        OrganizationAccount("111111111111", "prod-web", organizational_unit="Workloads/Prod", tags={"env": "prod"}),
        OrganizationAccount("222222222222", "prod-data", organizational_unit="Workloads/Prod/Data"),
        OrganizationAccount("333333333333", "test-web", organizational_unit="Workloads/Test", tags={"env": "test"}),
        OrganizationAccount("444444444444", "old", state="SUSPENDED", organizational_unit="Workloads"),
        OrganizationAccount("555555555555", "Workloads2", organizational_unit="Workloads2"),
        OrganizationAccount(MANAGEMENT, "management", is_management=True, tags={"env": "prod"}),
    ),
    frozenset({"Empty"}),
)


def _ids(value: Any, organization: Organization = EXAMPLE) -> tuple[str, ...]:
    return select_accounts(selector_of(value), organization).account_ids


def _problems(value: Any) -> list[str]:
    with pytest.raises(InvalidInput) as raised:
        select_accounts(selector_of(value), EXAMPLE)
    return list(raised.value.problems)


@walk(
    ("value", "numbers"),
    [
        ({"ids": ["222222222222"]}, "2"),
        ({"ids": [MANAGEMENT]}, "9"),
        ({"names": ["prod-*"]}, "12"),
        ({"names": ["[pt]*-web"]}, "13"),
        ({"organizationalUnits": ["Workloads"]}, "123"),
        ({"organizationalUnits": ["Workloads/Prod"]}, "12"),
        ({"organizationalUnits": ["Empty"]}, ""),
        ({"tags": {"env": ["prod"]}}, "1"),
        ({"tags": {"env": ["prod", "test"]}}, "13"),
        ({"tags": {"absent": ["x"]}}, ""),
        ({"all": True}, "1235"),
        ({"all": True, "ids": [MANAGEMENT]}, "12359"),
        ({"all": True, "except": {"organizationalUnits": ["Workloads/Prod"]}}, "35"),
        ({"all": True, "except": {"names": ["prod-*"], "except": {"ids": ["222222222222"]}}}, "235"),
        ({"ids": [MANAGEMENT], "except": {"all": True}}, "9"),
        ({"ids": [MANAGEMENT, "111111111111"], "except": {"ids": [MANAGEMENT]}}, "1"),
    ],
)
def test_selects(value: Any, numbers: str) -> None:
    assert _ids(value) == tuple(number * 12 for number in numbers)


def test_a_name_without_wildcards_is_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """import-matrix writes thousands of them in as many accounts: comparing each with each takes minutes."""
    monkeypatch.setattr("fnmatch.translate", None)
    organization = Organization(tuple(OrganizationAccount(f"{number:012d}", f"a-{number}") for number in range(9)))
    selector = selector_of({"names": ["a-3", "a-7"]})
    assert select_accounts(selector, organization).account_ids == ("000000000003", "000000000007")


def test_a_suspended_account_is_named_with_its_reason() -> None:
    selection = select_accounts(selector_of({"organizationalUnits": ["Workloads"]}), EXAMPLE)
    assert [str(skipped) for skipped in selection.skipped] == [
        "Account 444444444444 (old) is suspended: no access to it is granted or removed."
    ]


def test_an_excepted_account_is_not_reported_as_skipped() -> None:
    selector = selector_of({"all": True, "except": {"names": ["old"]}})
    assert select_accounts(selector, EXAMPLE).skipped == ()


def test_every_problem_is_named_by_its_key() -> None:
    value = {
        "ids": ["123456789012"],
        "names": ["prd-*", "manage*"],
        "organizationalUnits": ["Workloads/Prodd", "Root/Workloads/Prod", "Elsewhere"],
        "except": {"ids": ["210987654321"]},
    }
    problems = _problems(value)
    assert [problem.split(" is ")[0] for problem in problems] == [
        "accounts.ids[0]",
        "accounts.names[0]",
        "accounts.names[1]",
        "accounts.organizationalUnits[0]",
        "accounts.organizationalUnits[1]",
        "accounts.organizationalUnits[2]",
        "accounts.except.ids[0]",
    ]
    assert "selected by its id: ids: ['999999999999']" in problems[2]
    assert "Did you mean 'Workloads/Prod'?" in problems[3]
    assert "paths start below the root: 'Workloads/Prod'" in problems[4]


@given(st.data())
def test_the_union_of_two_selectors_selects_what_either_does(data: st.DataObject) -> None:
    organization = data.draw(organizations())
    first, second = (data.draw(selectors(organization, depth=0)) for _ in range(2))
    together = {
        **{key: [*first.get(key, []), *second.get(key, [])] for key in ("ids", "names", "organizationalUnits")},
        "tags": {
            key: _values(first, key) + _values(second, key)
            for key in ("env", "team")
            if _values(first, key) + _values(second, key)
        },
        "all": first.get("all", False) or second.get("all", False),
    }
    assert set(_ids(together, organization)) == set(_ids(first, organization)) | set(_ids(second, organization))


def _values(selector: dict[str, Any], tag: str) -> list[str]:
    return list(selector.get("tags", {}).get(tag, []))


@given(st.data())
def test_except_takes_away_just_what_it_selects(data: st.DataObject) -> None:
    organization = data.draw(organizations())
    first, second = data.draw(selectors(organization, depth=0)), data.draw(selectors(organization))
    both = _ids({**first, "except": second}, organization)
    assert set(both) == set(_ids(first, organization)) - set(_ids(second, organization))


@given(st.data())
def test_only_its_id_selects_the_management_account(data: st.DataObject) -> None:
    organization = data.draw(organizations())
    selector = data.draw(selectors(organization, depth=0))
    assert (MANAGEMENT in _ids(selector, organization)) == (MANAGEMENT in selector.get("ids", []))


@given(st.data())
def test_selected_accounts_are_active_and_skipped_ones_are_not(data: st.DataObject) -> None:
    organization = data.draw(organizations())
    selection = select_accounts(selector_of(data.draw(selectors(organization))), organization)
    assert {organization.by_id[id_].state for id_ in selection.account_ids} <= {"ACTIVE"}
    assert "ACTIVE" not in {skipped.account.state for skipped in selection.skipped}
    assert list(selection.account_ids) == sorted(set(selection.account_ids))


@given(st.data())
def test_the_order_of_accounts_changes_nothing(data: st.DataObject) -> None:
    organization = data.draw(organizations())
    shuffled = Organization(tuple(data.draw(st.permutations(organization.accounts))), organization.organizational_units)
    selector = selector_of(data.draw(selectors(organization)))
    assert select_accounts(selector, organization) == select_accounts(selector, shuffled)
