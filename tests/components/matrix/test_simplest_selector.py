"""The selector that a person would write for a set of accounts: always exact, and readable where it can be."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from pulumi_aws_identity_center.matrix.organization import Organization, OrganizationAccount
from pulumi_aws_identity_center.matrix.selection import select_accounts
from pulumi_aws_identity_center.matrix.simplest_selector import SimplestSelector

from tests.walk import walk

from .strategies import organizations, selector_of

MANAGEMENT = "999999999999"
ACCOUNTS = [
    ("1", "prod-web", "Workloads/Prod"),
    ("2", "prod-data", "Workloads/Prod"),
    ("3", "test-web", "Workloads/Test"),
    ("4", "test-data", "Workloads/Test"),
    ("5", "security", "Security"),
    ("6", "log-archive", "Security"),
    ("7", "twin", ""),
    ("8", "twin", ""),
    ("0", "odd[1]*", ""),
]
ORGANIZATION = Organization(
    (
        *(OrganizationAccount(number * 12, name, organizational_unit=unit) for number, name, unit in ACCOUNTS),
        OrganizationAccount(MANAGEMENT, "management", is_management=True),
    )
)


@walk(
    ("numbers", "selector"),
    [
        ("012345678", {"all": True}),
        ("0123456789", {"all": True, "ids": [MANAGEMENT]}),
        ("01234567", {"all": True, "except": {"ids": ["8" * 12]}}),
        ("0123478", {"all": True, "except": {"organizationalUnits": ["Security"]}}),
        ("12", {"organizationalUnits": ["Workloads/Prod"]}),
        ("1234", {"organizationalUnits": ["Workloads"]}),
        ("12345", {"organizationalUnits": ["Workloads"], "names": ["security"]}),
        ("5", {"names": ["security"]}),
        ("13", {"names": ["prod-web", "test-web"]}),
        ("7", {"ids": ["7" * 12]}),
        ("0", {"ids": ["0" * 12]}),
        ("9", {"ids": [MANAGEMENT]}),
    ],
)
def test_it_is_what_a_person_would_write(numbers: str, selector: dict[str, Any]) -> None:
    assert SimplestSelector(ORGANIZATION).of(number * 12 for number in numbers) == selector


def test_a_common_beginning_becomes_a_glob() -> None:
    names = [("1", "prod-web"), ("2", "prod-data"), ("3", "prod"), ("4", "production"), ("5", "x"), ("6", "y")]
    organization = Organization(tuple(OrganizationAccount(number * 12, name) for number, name in names))
    assert SimplestSelector(organization).of(["1" * 12, "2" * 12]) == {"names": ["prod-*"]}


@given(st.data())
def test_it_selects_just_those_accounts(data: st.DataObject) -> None:
    organization = data.draw(organizations())
    active = [account.id for account in organization.accounts if account.reason_to_skip is None]
    ids = data.draw(st.sets(st.sampled_from(active), min_size=1))
    selector = SimplestSelector(organization).of(ids)
    assert set(select_accounts(selector_of(selector), organization).account_ids) == ids
