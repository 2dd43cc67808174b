from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pulumi_aws_identity_center.domain.organization_list import (
    PROPERTY,
    known_too_late,
    problem_with_list,
    problem_with_part,
)

from tests.walk import walk

SSO, RAM = "sso.amazonaws.com", "ram.amazonaws.com"
UNKNOWN = object()


@pytest.mark.parametrize("listed", [[SSO], ["ram.amazonaws.com", SSO]])
def test_a_list_with_it_is_no_problem(listed: list[str]) -> None:
    assert problem_with_list({PROPERTY: listed}, []) is None


@walk(
    ("props", "said"),
    [
        ({}, f"it gives no {PROPERTY}"),
        ({PROPERTY: None}, f"it gives no {PROPERTY}"),
        ({PROPERTY: []}, f"lacks {SSO}"),
        ({PROPERTY: SSO}, "isn't a list"),
        ({PROPERTY: {"0": SSO}}, "isn't a list"),
        ({PROPERTY: ["ram.amazonaws.com"]}, f"lacks {SSO}"),
        ({PROPERTY: ["SSO.amazonaws.com"]}, "'SSO.amazonaws.com', which is not"),
        ({PROPERTY: ["sso.amazonaws.com "]}, "which is not"),
        ({PROPERTY: ["sso.amazon.aws.com"]}, "which is not"),
        ({PROPERTY: [None, 7, True, ["x"]]}, f"lacks {SSO}"),
    ],
)
def test_a_bad_list_is_told_with_its_fix(props: dict, said: str) -> None:
    problem = problem_with_list(props, [])
    assert problem is not None
    assert said in problem
    assert 'ignore_changes=["awsServiceAccessPrincipals"]' in problem
    assert "ignoreChanges: [awsServiceAccessPrincipals]" in problem


def test_only_ignoring_the_whole_list_excuses_it() -> None:
    assert problem_with_list({}, [PROPERTY]) is None
    assert problem_with_list({}, [f"{PROPERTY}[0]"]) is not None
    assert problem_with_list({}, ["tags"]) is not None


@walk(
    ("listed", "late"),
    [
        (UNKNOWN, True),
        ([UNKNOWN], True),
        ([RAM, UNKNOWN], True),
        ([SSO, UNKNOWN], False),
        ([RAM], False),
        ([None], False),
        (None, False),
    ],
)
def test_what_only_the_update_knows_is_no_problem_yet(listed: object, late: bool) -> None:
    assert known_too_late({PROPERTY: listed}, []) is late
    assert known_too_late({PROPERTY: listed}, [PROPERTY]) is False
    if late:
        assert problem_with_list({PROPERTY: listed}, []) is None


@given(st.lists(st.text()))
def test_only_a_list_without_the_principal_is_a_problem(listed: list[str]) -> None:
    assert (problem_with_list({PROPERTY: listed}, []) is None) is (SSO in listed)


def test_ignoring_a_part_of_the_list_is_a_problem() -> None:
    for path in ("awsServiceAccessPrincipals[0]", "awsServiceAccessPrincipals[*]"):
        assert "puts old elements back" in (problem_with_part([path]) or "")
    for path in ("awsServiceAccessPrincipals", "tags", "*"):
        assert problem_with_part([path]) is None
