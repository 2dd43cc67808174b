"""The first look lets through every row that can decide, and stops most others."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pulumi_aws_identity_center.domain.grants.documents import judge_document
from pulumi_aws_identity_center.gate.guards.denial import denials
from pulumi_aws_identity_center.gate.guards.document_look import may_deny
from pulumi_aws_identity_center.gate.readers.terraform_first_look import BOTH, GRANTS, GUARDS, relevance_of

from tests.walk import walk

_ACTIONS = st.sampled_from(
    [
        "*",
        "s3:*",
        "s3:Get*",
        "organizations:*",
        "organizations:DeleteOrganization",
        "sso:DeleteInstance",
        "o*:*",
        "iam:*",
    ]
)
_STATEMENT = st.fixed_dictionaries(
    {"Effect": st.sampled_from(["Allow", "Deny"]), "Resource": st.just("*")},
    optional={"Action": _ACTIONS | st.lists(_ACTIONS, max_size=3), "NotAction": _ACTIONS},
)
_DOCUMENT = st.fixed_dictionaries({"Statement": _STATEMENT | st.lists(_STATEMENT, max_size=3)}).map(json.dumps)
ANYBODY = ("arn:aws:iam::111122223333:role/anybody",)


def _row(type_: str, before: Any, after: Any, unknown: Any = None) -> dict[str, Any]:
    actions = ["create"] if before is None else ["delete"] if after is None else ["update"]
    change = {"actions": actions, "before": before, "after": after, "after_unknown": unknown or {}}
    return {"type": type_, "change": change}


def _look(type_: str, before: Any, after: Any, unknown: Any = None, *, keeps_policies: bool = False) -> int:
    return relevance_of(_row(type_, before, after, unknown), keeps_policies=keeps_policies)


@given(_DOCUMENT, _DOCUMENT)
def test_a_document_that_decides_is_let_through(before: str, after: str) -> None:
    found = _look("aws_iam_policy", {"name": "x", "policy": before}, {"name": "x", "policy": after})
    problem = judge_document(after)
    if not found & GRANTS:
        assert problem is None or not problem.is_document  # IAM takes no document that is none
    if not found & GUARDS:
        assert not any(denials(before, ANYBODY, boundary=False))


S3 = json.dumps({"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}})
GUARD = json.dumps({"Statement": {"Effect": "Deny", "Action": "organizations:*", "Resource": "*"}})
GRANT = json.dumps({"Statement": {"Effect": "Allow", "Action": "organizations:*", "Resource": "*"}})


@walk(
    ("type_", "state", "guards", "grants"),
    [
        ("aws_iam_policy", {"name": "x", "policy": S3}, False, False),
        ("aws_iam_policy", {"name": "x", "policy": GUARD}, True, False),
        ("aws_iam_policy", {"name": "x", "policy": GRANT}, False, True),
        ("aws_iam_policy", {"name": "identity-center-guard", "policy": S3}, True, False),
        ("aws_iam_policy", {"name": "x", "policy": "no JSON"}, True, True),
        ("aws_iam_role", {"name": "x", "inline_policy": [{"name": "i", "policy": S3}]}, False, False),
        ("aws_iam_role", {"name": "x", "inline_policy": [{"name": "i", "policy": GRANT}]}, False, True),
        ("aws_iam_role", {"name": "AWSServiceRoleForSSO"}, True, True),
        ("aws_iam_role_policy_attachment", {"policy_arn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}, False, False),
        ("aws_iam_role_policy_attachment", {"policy_arn": "arn:aws:iam::aws:policy/AdministratorAccess"}, False, True),
        ("aws_iam_role_policy_attachment", {"policy_arn": "arn:aws:iam::111122223333:policy/own"}, True, False),
        ("aws_iam_role_policy", {"role": "AWSServiceRoleForSSO", "policy": S3}, True, True),
        ("awscc_iam_role", {"policies": [{"policy_document": GRANT}]}, False, True),
        (
            "awscc_iam_managed_policy",
            {"managed_policy_name": "identity-center-guard", "policy_document": S3},
            True,
            False,
        ),
        ("aws_organizations_organization", {}, True, True),
    ],
)
def test_a_row_that_stays_is_judged_by_its_content(type_: str, state: Any, guards: bool, grants: bool) -> None:
    assert _look(type_, state, state) == guards * GUARDS + grants * GRANTS


# The last of two equal keys hides what decides.
TWICE = [
    '{"Statement": {"Effect": "Allow", "Effect": "Deny", "Action": "*", "Resource": "*"}}',
    '{"Statement": {"Effect": "Deny", "Effect": "Allow", "Action": "*", "Resource": "*"}}',
    '{"Statement": {"Effect": "Allow", "\\u0045ffect": "Deny", "Action": "*", "Resource": "*"}}',
    '{"Statement": {"Effect": "Deny", "Action": "*", "Action": "s3:*", "Resource": "*"}}',
    '{"Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}, "Statement": {"Action": "s3:*"}}',
    '{"Statement": {"Effect": "Deny", "NotAction": "s3:*", "Resource": "*"}, "Statement": {"Action": "s3:*"}}',
    '{"Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}, "Statement": []}',
]


@walk("document", TWICE)
def test_a_document_with_a_key_twice_is_let_through(document: str) -> None:
    state = {"name": "x", "policy": document}
    assert _look("aws_iam_policy", state, state) == BOTH
    assert may_deny(document)


@walk("before", ["", " \t\r\n", "\ufeff", "\ufeff\n"])
@walk("encode", [str, quote])
def test_what_stands_before_a_document_changes_nothing(before: str, encode: Callable[[str], str]) -> None:
    assert may_deny(before + encode('{"Statement": {"Effect": "Deny", "Action": "sso:*", "Resource": "*"}}'))


@pytest.mark.parametrize("unknown", [{"policy": True}, {"name": True}])
def test_what_is_unknown_is_let_through(unknown: dict[str, Any]) -> None:
    assert _look("aws_iam_policy", None, {}, unknown) == BOTH


def test_an_identity_that_comes_or_goes_is_let_through() -> None:
    assert _look("aws_iam_role", {"name": "x"}, None) & GUARDS
    assert _look("aws_iam_role", None, {"name": "x"}) & GUARDS


@walk("actions", [["delete", "create"], ["create", "delete"], ["create", "forget"], ["migrate"]])
def test_what_is_not_changed_in_place_may_overwrite_a_guard(actions: list[str]) -> None:
    row = _row("aws_iam_role_policy", {"name": "a", "policy": S3}, {"name": "b", "policy": S3})
    row["change"]["actions"] = actions
    assert relevance_of(row, keeps_policies=False) & GUARDS


def test_with_exceptions_every_receiver_matters() -> None:
    state = {"policy_arn": "arn:aws:iam::111122223333:policy/own"}
    assert _look("aws_iam_role_policy_attachment", state, state, keeps_policies=True) & GRANTS
