"""Inputs of any type: a program in YAML may give a resource whatever it likes, and reads sentences."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pulumi_aws_identity_center.provider.account_assignments import AccountAssignmentsType
from pulumi_aws_identity_center.provider.exclusive_assignments import ExclusiveAssignmentsType
from pulumi_aws_identity_center.provider.permission_set import PermissionSetType
from pulumi_aws_identity_center.provider.run import Run
from pulumi_aws_identity_center.provider.values import UNKNOWN, write

INSTANCE = "arn:aws:sso:::instance/ssoins-0000000000000000"
SET = "arn:aws:sso:::permissionSet/ssoins-0000000000000000/ps-0000000000000000"
READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"
GOOD: list[tuple[Any, dict[str, Any]]] = [
    (
        AccountAssignmentsType(),
        {
            "instanceArn": INSTANCE,
            "permissionSetArn": SET,
            "principalType": "GROUP",
            "principalId": "g-1",
            "principalName": "Developers",
            "accounts": ["111122223333"],
            "owns": "all",
        },
    ),
    (ExclusiveAssignmentsType(), {"instanceArn": INSTANCE, "permissionSetArn": SET, "principalIds": ["g-1", "g-2"]}),
    (
        PermissionSetType(),
        {
            "instanceArn": INSTANCE,
            "name": "Admin",
            "description": "d",
            "relayState": "https://example.com",
            "sessionDuration": "PT1H",
            "tags": {"team": "a"},
            "managedPolicies": [READ_ONLY],
            "customerManagedPolicies": [{"name": "p", "path": "/"}],
            "inlinePolicy": {"Version": "2012-10-17", "Statement": []},
            "permissionsBoundary": {"managedPolicy": READ_ONLY},
        },
    ),
]
TYPES = pytest.mark.parametrize(("type_", "good"), GOOD, ids=[type_.token.rpartition(":")[2] for type_, _ in GOOD])
LEAVES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=5), st.just(UNKNOWN)
)
VALUES = st.recursive(
    st.one_of(LEAVES, st.just("x" * 10_000)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=3), inner, max_size=3)),
    max_leaves=5,
)
LONGEST_SENTENCE = 700


@TYPES
@given(data=st.data())
def test_any_value_is_good_or_a_short_sentence(type_: Any, good: dict[str, Any], data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(good)))
    inputs = {**good, name: data.draw(st.one_of(VALUES, st.lists(VALUES, max_size=3)))}
    checked, problems = type_.check(Run(), "urn:pulumi:s::p::t::n", inputs)
    assert all(len(sentence) < LONGEST_SENTENCE for _, sentence in problems)
    if not problems:
        write(checked)
        type_.diff(Run(), good, checked)


@TYPES
def test_good_inputs_have_no_problem(type_: Any, good: dict[str, Any]) -> None:
    assert type_.check(Run(), "urn:pulumi:s::p::t::n", good)[1] == []


@pytest.mark.parametrize("wrong", [[], {}, 5, True, ["x"]], ids=repr)
@TYPES
def test_an_id_that_is_no_text_is_refused(type_: Any, good: dict[str, Any], wrong: Any) -> None:
    for name in {"instanceArn", "permissionSetArn", "principalId", "name"} & good.keys():
        _, problems = type_.check(Run(), "urn:pulumi:s::p::t::n", {**good, name: wrong})
        assert [property_ for property_, _ in problems] == [name]
