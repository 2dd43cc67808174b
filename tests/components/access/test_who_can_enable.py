from __future__ import annotations

from typing import Any

from pulumi_aws_identity_center.access.who_can_enable import who_can_enable
from pulumi_aws_identity_center.domain.iam_documents import (
    disable_document,
    enable_document,
    guard_document,
    observe_document,
)

from tests.walk import walk

ACCOUNT = "arn:aws:iam::111122223333"


def _role(name: str, *documents: dict[str, Any], path: str = "", **more: Any) -> dict[str, Any]:
    inline = [{"PolicyName": f"p{n}", "PolicyDocument": document} for n, document in enumerate(documents)]
    return {"Arn": f"{ACCOUNT}:role/{path}{name}", "RoleName": name, "RolePolicyList": inline, **more}


def _allow(action: str, **more: Any) -> dict[str, Any]:
    return {"Statement": [{"Effect": "Allow", "Action": action, "Resource": "*", **more}]}


def _names(*roles: dict[str, Any], **lists: Any) -> list[str]:
    return [arn.rpartition("/")[2] for arn in who_can_enable([{"RoleDetailList": list(roles), **lists}])]


def test_of_the_documents_only_enable_lets_one_turn_it_on() -> None:
    assert _names(
        _role("enable", enable_document()),
        _role("disable", disable_document()),
        _role("observe", observe_document()),
        _role("admin", _allow("*"), guard_document()),
    ) == ["admin", "enable"]


def test_another_services_condition_and_a_deny_are_seen() -> None:
    other_service = {"StringEquals": {"organizations:ServicePrincipal": "ram.amazonaws.com"}}
    deny = {"Statement": [{"Effect": "Deny", "Action": "organizations:*", "Resource": "*"}]}
    assert _names(_role("other", _allow("*", Condition=other_service)), _role("denied", _allow("*"), deny)) == []


def test_what_depends_on_circumstances_is_told_as_such_and_last() -> None:
    mfa = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
    assert _names(_role("mfa", _allow("*", Condition=mfa)), _role("sure", _allow("*"))) == [
        "sure",
        "mfa (under conditions)",
    ]


def test_an_own_tag_counts_and_a_past_time_does_not() -> None:
    over = {"DateLessThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}}
    tag = {"StringEquals": {"aws:PrincipalTag/team": "ops"}}
    tags = [{"Key": "team", "Value": "ops"}]
    users = [
        {**_role("ops", _allow("*", Condition=tag), Tags=tags), "UserName": "ops", "UserPolicyList": []},
    ]
    users[0]["UserPolicyList"] = users[0].pop("RolePolicyList")
    names = _names(_role("late", _allow("*", Condition=over)), UserDetailList=users)
    assert names == ["ops"]


def test_a_boundary_limits_and_an_unreadable_policy_leaves_doubt() -> None:
    boundary: dict[str, Any] = {"PermissionsBoundary": {"PermissionsBoundaryArn": f"{ACCOUNT}:policy/b"}}
    version = {"IsDefaultVersion": True, "Document": _allow("s3:*")}
    policies = [{"Arn": f"{ACCOUNT}:policy/b", "PolicyVersionList": [version]}]
    attached: dict[str, Any] = {"AttachedManagedPolicies": [{"PolicyArn": f"{ACCOUNT}:policy/gone"}]}
    names = _names(
        _role("bounded", _allow("*"), **boundary), _role("doubtful", _allow("*"), **attached), Policies=policies
    )
    assert names == ["doubtful (under conditions)"]


def test_roles_of_permission_sets_and_services_are_no_way_back() -> None:
    assert (
        _names(
            _role("AWSReservedSSO_Admin_0123456789abcdef", _allow("*"), path="aws-reserved/sso.amazonaws.com/"),
            _role("AWSServiceRoleForX", _allow("*"), path="aws-service-role/x.amazonaws.com/"),
        )
        == []
    )


@walk(
    ("principal", "is_usable"),
    [
        ({"Service": "lambda.amazonaws.com"}, False),
        ({"Service": "lambda.amazonaws.com", "AWS": f"{ACCOUNT}:root"}, True),
        ({"Federated": f"{ACCOUNT}:saml-provider/other"}, True),
        ("*", True),
    ],
)
def test_a_role_that_only_services_assume_is_no_way_back(principal: Any, is_usable: bool) -> None:
    trust = {"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal}]}
    role = _role("identity-center-sentinel", enable_document(), AssumeRolePolicyDocument=trust)
    assert bool(_names(role)) is is_usable
