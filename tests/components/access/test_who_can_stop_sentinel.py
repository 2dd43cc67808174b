"""who-can-disable, of an account with a Sentinel: who can stop it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pulumi_aws_identity_center import guard_document
from pulumi_aws_identity_center.access.authorization_details import read_account
from pulumi_aws_identity_center.access.who_can_disable import RELEVANT_ACTIONS, who_can_disable

from tests.walk import walk

ACCOUNT = "arn:aws:iam::111122223333"
FUNCTION = "arn:aws:lambda:us-east-1:111122223333:function:identity-center-sentinel"
RULES = [
    f"arn:aws:events:us-east-1:111122223333:rule/identity-center-sentinel-{name}" for name in ("events", "schedule")
]
SENTINEL = f"{ACCOUNT}:role/identity-center-sentinel"


def _role(name: str, *documents: dict[str, Any]) -> dict[str, Any]:
    trust = {
        "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ec2.amazonaws.com"}}]
    }
    policies = [{"PolicyName": f"p{number}", "PolicyDocument": row} for number, row in enumerate(documents)]
    return {
        "RoleName": name,
        "Arn": f"{ACCOUNT}:role/{name}",
        "Path": "/",
        "AssumeRolePolicyDocument": trust,
        "RolePolicyList": policies,
        "AttachedManagedPolicies": [],
    }


def _allow(action: str, resource: Any = "*") -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": action, "Resource": resource}
    return {"Version": "2012-10-17", "Statement": [statement]}


def _stoppers(*roles: dict[str, Any], sentinel: bool = True) -> dict[str, list[str]] | None:
    roles_and_sentinel = [*roles, *([_role("identity-center-sentinel")] if sentinel else [])]
    page = {"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": roles_and_sentinel, "Policies": []}
    report = who_can_disable(read_account([json.loads(json.dumps(page))], RELEVANT_ACTIONS))
    if "sentinel" not in report:
        return None
    return {row["arn"].rpartition("/")[2]: row["actions"] for row in report["sentinel"]}


@walk(
    ("action", "resource"),
    [
        ("lambda:UpdateFunctionConfiguration", FUNCTION),
        ("lambda:PutFunctionConcurrency", "arn:aws:lambda:*:*:function:*"),
        ("lambda:RemovePermission", FUNCTION),
        ("iam:DeleteRolePolicy", SENTINEL),
        ("events:DisableRule", RULES),
        ("ssm:PutParameter", "arn:aws:ssm:us-east-1:111122223333:parameter/identity-center-sentinel/*"),
    ],
)
def test_who_may_change_a_part_that_it_needs_is_listed(action: str, resource: Any) -> None:
    assert _stoppers(_role("developer", _allow(action, resource))) == {"developer": [action]}


@pytest.mark.parametrize("rule", RULES)
def test_disabling_one_of_its_two_rules_does_not_stop_it(rule: str) -> None:
    assert _stoppers(_role("developer", _allow("events:DisableRule", rule))) == {}


def test_who_may_change_another_function_is_not() -> None:
    other_function = _allow("lambda:*", "arn:aws:lambda:us-east-1:111122223333:function:another")
    assert _stoppers(_role("developer", other_function)) == {}


def test_the_guard_keeps_an_administrator_from_it() -> None:
    administrator = _role("administrator", _allow("*"))
    guarded = _role("guarded", _allow("*"), guard_document())
    assert set(_stoppers(administrator, guarded) or {}) == {"administrator"}


def test_without_a_sentinel_nothing_is_said() -> None:
    assert _stoppers(_role("administrator", _allow("*")), sentinel=False) is None


def test_the_sentinel_itself_is_not_listed() -> None:
    """Its role may write its own ledger."""
    ledger = "arn:aws:ssm:us-east-1:111122223333:parameter/identity-center-sentinel/*"
    own = _role("identity-center-sentinel", _allow("ssm:PutParameter", ledger))
    assert _stoppers(own, sentinel=False) == {}


def test_who_may_do_so_by_an_unknown_value_is_not_listed() -> None:
    tagged = _allow("lambda:DeleteFunction", FUNCTION)
    tagged["Statement"][0]["Condition"] = {"StringEquals": {"aws:ResourceTag/team": "platform"}}
    assert _stoppers(_role("developer", tagged)) == {}
