"""Organizations and selectors for property-based tests."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from pulumi_aws_identity_center.matrix.organization import Organization, OrganizationAccount
from pulumi_aws_identity_center.matrix.selector import Selector, parse_selector
from pulumi_aws_identity_center.matrix.values import Values

UNITS = ("", "Security", "Workloads", "Workloads/Prod", "Workloads/Test")
NAMES = ("security", "prod-web", "prod-data", "test-web", "log-archive")
TAGS = {"env": ("prod", "test"), "team": ("web", "data")}
STATES = ("ACTIVE", "ACTIVE", "ACTIVE", "SUSPENDED", "PENDING_CLOSURE", "CLOSED", "PENDING_ACTIVATION")


def selector_of(value: Any) -> Selector:
    values = Values()
    selector = parse_selector(value, "accounts", values)
    assert not values.problems, values.problems
    return selector


@st.composite
def organizations(draw: st.DrawFn) -> Organization:
    """One management account and up to eight others; every name of NAMES is there."""
    count = draw(st.integers(len(NAMES), 8))
    accounts = [
        OrganizationAccount(
            id=f"{number + 1:012}",
            name=NAMES[number % len(NAMES)],
            state=draw(st.sampled_from(STATES)),
            organizational_unit=draw(st.sampled_from(UNITS)),
            tags=draw(st.fixed_dictionaries({}, optional={key: st.sampled_from(vs) for key, vs in TAGS.items()})),
        )
        for number in range(count)
    ]
    management = OrganizationAccount("9" * 12, "prod-management", is_management=True)
    return Organization((*accounts, management), frozenset(UNITS[1:]))


def _fields(organization: Organization) -> dict[str, st.SearchStrategy[Any]]:
    ids = [account.id for account in organization.accounts]
    return {
        "ids": st.lists(st.sampled_from(ids), min_size=1, max_size=3, unique=True),
        "names": st.lists(st.sampled_from([*NAMES, "*", "prod-*", "*-web", "?est-*"]), min_size=1, max_size=2),
        "organizationalUnits": st.lists(st.sampled_from(UNITS[1:]), min_size=1, max_size=2),
        "tags": st.fixed_dictionaries(
            {}, optional={key: st.lists(st.sampled_from(vs), min_size=1) for key, vs in TAGS.items()}
        ).filter(bool),
        "all": st.just(True),
    }


def selectors(organization: Organization, depth: int = 2) -> st.SearchStrategy[dict[str, Any]]:
    """Valid SELECTORs as people write them."""
    own = st.fixed_dictionaries({}, optional=_fields(organization)).filter(bool)
    if depth == 0:
        return own
    exclusions = st.one_of(st.none(), selectors(organization, depth - 1))
    return st.builds(lambda value, exclusion: {**value, "except": exclusion} if exclusion else value, own, exclusions)
