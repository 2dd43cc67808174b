"""One row of a Terraform plan becomes a change with everything that the row tells."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pulumi_aws_identity_center.gate.change import UNKNOWN, Action, Cause
from pulumi_aws_identity_center.gate.readers.terraform_change import change_of, computed_that_it_sets, with_unknown
from pulumi_aws_identity_center.gate.rules.identity_center import judge_saml_provider

from tests.walk import walk

ORGANIZATION = "aws_organizations_organization"
LIST = "aws_service_access_principals"


def _row(actions: Any, type_: str = ORGANIZATION, *, mode: str = "managed", **more: Any) -> dict[str, Any]:
    deposed = {"deposed": more.pop("deposed")} if "deposed" in more else {}
    change = {"actions": actions, "before": {}, "after": {}, **more}
    return {"address": f"{type_}.this", "mode": mode, "type": type_, "name": "this", "change": change, **deposed}


@walk(
    ("actions", "action", "retained"),
    [
        (["no-op"], Action.SAME, False),
        (["create"], Action.CREATE, False),
        (["update"], Action.UPDATE, False),
        (["delete"], Action.DELETE, False),
        (["delete", "create"], Action.REPLACE, False),
        (["create", "delete"], Action.REPLACE, False),
        (["forget"], Action.DELETE, True),
        (["create", "forget"], Action.REPLACE, True),
        (["forget", "create"], Action.REPLACE, True),
        (["rename"], Action.UNKNOWN, False),
        (["delete", "forget"], Action.UNKNOWN, False),
        ([], Action.UNKNOWN, False),
        (None, Action.UNKNOWN, False),
        ("delete", Action.DELETE, False),
    ],
)
def test_every_action_has_its_meaning(actions: Any, action: Action, retained: bool) -> None:
    change = change_of(_row(actions), Cause.PLAN)
    assert change is not None
    assert (change.action, change.retained, bool(change.unknown_reason)) == (action, retained, action is Action.UNKNOWN)


def test_the_finding_shows_the_plan_s_own_words() -> None:
    change = change_of(_row(["create", "delete"]), Cause.PLAN)
    assert change is not None
    assert (change.address, change.op) == (f"{ORGANIZATION}.this", "create,delete")


def test_the_id_tells_what_a_name_that_is_left_out_does_not() -> None:
    arn = "arn:aws:iam::111122223333:saml-provider/AWSSSO_0123_DO_NOT_DELETE"
    change = change_of(
        _row(["delete"], "awscc_iam_saml_provider", before={"id": arn, "name": None}, after=None), Cause.PLAN
    )
    assert change is not None
    assert [row.rule for row in judge_saml_provider(change, ())] == ["saml-provider-touched"]


def test_a_deposed_object_has_its_own_address() -> None:
    change = change_of(_row(["delete"], deposed="3c62c988"), Cause.PLAN)
    assert change is not None
    assert change.address == f"{ORGANIZATION}.this (deposed 3c62c988)"


@pytest.mark.parametrize("importing", [{"id": "o-1"}, {"identity": {"id": "o-1"}}])
def test_an_import_keeps_its_action(importing: dict[str, Any]) -> None:
    change = change_of(_row(["update"], importing=importing), Cause.PLAN)
    assert change is not None
    assert (change.imported, change.action) == (True, Action.UPDATE)


def test_an_import_of_something_unknown_tells_nothing() -> None:
    change = change_of(_row(["create"], importing={"unknown": True}), Cause.PLAN)
    assert change is not None
    assert change.action is Action.UNKNOWN


@walk(("type_", "mode"), [(ORGANIZATION, "data"), ("aws_s3_bucket", "managed"), ("", "managed")])
def test_what_no_rule_can_judge_is_no_change(type_: str, mode: str) -> None:
    assert change_of(_row(["delete"], type_, mode=mode), Cause.PLAN) is None


@walk(
    ("after", "unknown", "listed"),
    [
        ({}, {LIST: True}, UNKNOWN),
        ({LIST: ["a", None]}, {LIST: [False, True]}, ["a", UNKNOWN]),
        ({LIST: None}, {}, None),
        ({LIST: []}, {LIST: []}, []),
        ({LIST: ["a"]}, {LIST: [False]}, ["a"]),
        (["not", "of", "this", "shape"], {LIST: True}, UNKNOWN),
    ],
)
def test_unknown_values_stand_where_they_will_be(after: Any, unknown: Any, listed: Any) -> None:
    change = change_of(_row(["update"], after=after, after_unknown=unknown), Cause.PLAN)
    assert change is not None
    assert change.after is not None
    assert change.after.has("awsServiceAccessPrincipals") == listed


_VALUES = st.recursive(
    st.none() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("ab"), inner, max_size=3),
    max_leaves=8,
)
_MARKS = st.recursive(
    st.booleans(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("ab"), inner, max_size=3),
    max_leaves=8,
)


@given(_VALUES, _MARKS)
def test_a_value_changes_only_where_something_is_unknown(value: Any, mark: Any) -> None:
    assert (with_unknown(value, mark) == value) is ("true" not in json.dumps(mark))


@pytest.mark.parametrize("side", ["before", "after"])
@pytest.mark.parametrize("value", ["222233334444", 222233334444, 2222.5])
def test_sensitive_texts_are_kept_to_be_hidden(side: str, value: Any) -> None:
    row = _row(["update"], "aws_organizations_delegated_administrator")
    row["change"] |= {side: {"account_id": value}, f"{side}_sensitive": {"account_id": True}}
    change = change_of(row, Cause.PLAN)
    assert change is not None
    assert change.secrets == {str(value)}


def test_a_deletion_sets_nothing_that_aws_computes() -> None:
    role = {"name": "ci", "managed_policy_arns": ["arn:aws:iam::aws:policy/ReadOnlyAccess"]}
    change = change_of(_row(["delete"], "aws_iam_role", before=role, after=None), Cause.PLAN)
    assert change is not None
    assert computed_that_it_sets(change) == frozenset()


ANNA = "arn:aws:iam::111122223333:role/anna"
IN_A_PATH = {"arn:aws:iam::*:user/anna/*", "arn:aws:iam::", ":user/anna/"}


@walk(
    ("value", "secrets"),
    [
        (ANNA, {ANNA, "anna"}),
        (json.dumps({"template": json.dumps({"Resource": ANNA})}), {ANNA, "anna"}),
        ('{"Sid": "ForAnna", "Effect": "Deny", "Action": ["s3:Get*"]}', {"ForAnna"}),
        ('{"Version": "2012-10-17", "Condition": {"StringNotEquals": {"aws:username": "anna"}}}', {"anna"}),
        ('{"Condition": {"ArnNotLike": {"aws:PrincipalArn": "*anna*"}}}', {"*anna*", "anna"}),
        ('{"Condition": {"StringNotLike": {"aws:username": "anna-?"}}}', {"anna-?", "anna-"}),
        ('{"Condition": {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:user/anna/*"}}}', IN_A_PATH),
        (
            '{"Condition": {"ArnNotLike": {"aws:PrincipalArn": "${aws:username}-anna"}}}',
            {"${aws:username}-anna", "-anna"},
        ),
        ('{"Effect": "anna"}', {"anna"}),
    ],
)
def test_a_sensitive_value_hides_each_name_in_it(value: str, secrets: set[str]) -> None:
    row = _row(["update"], "aws_iam_policy", before={"policy": value}, before_sensitive={"policy": True})
    change = change_of(row, Cause.PLAN)
    assert change is not None
    assert change.secrets == secrets | {value}
