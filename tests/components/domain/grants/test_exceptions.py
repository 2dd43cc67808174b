"""An exception is for the principal that receives a grant; a resource's name gives it to no other."""

from __future__ import annotations

import json
from typing import Any

from pulumi_aws_identity_center.domain.declared import UNKNOWN
from rules import no_disable_grant

from tests.declared_resources import Said, declare, grants_in_management, messages
from tests.walk import walk

ADMIN_ARN = "arn:aws:iam::aws:policy/AdministratorAccess"
ADMIN = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
ALLOWED = [{"pattern": "break-glass-*", "reason": "the two of us on call"}]
ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
SEVERAL = "aws:iam/policyAttachment:PolicyAttachment"
ROLE = "aws:iam/role:Role"
NATIVE_POLICY = "aws-native:iam:ManagedPolicy"


def _said(token: str, props: dict[str, Any], name: str = "it", allowed=ALLOWED) -> list[Said]:
    grants: list[Said] = grants_in_management(declare(token, name, props=props), allowed=allowed)
    return grants


@walk(
    ("token", "props"),
    [
        (ATTACHMENT, {"role": "break-glass-1", "policyArn": ADMIN_ARN}),
        (ATTACHMENT, {"role": "arn:aws:iam::111122223333:role/ops/break-glass-1", "policyArn": ADMIN_ARN}),
        (ROLE, {"name": "break-glass-1", "managedPolicyArns": [ADMIN_ARN]}),
        (SEVERAL, {"roles": ["break-glass-1", "break-glass-2"], "users": ["break-glass-me"], "policyArn": ADMIN_ARN}),
        (NATIVE_POLICY, {"roles": ["break-glass-1"], "policyDocument": ADMIN}),
        ("aws-native:iam:User", {"userName": "break-glass-1", "groups": ["all"], "managedPolicyArns": [ADMIN_ARN]}),
    ],
)
def test_all_receivers_have_to_match_an_exception(token: str, props) -> None:
    assert _said(token, props) == []
    assert len(_said(token, props, allowed=[])) == 1


@walk(
    ("token", "props"),
    [
        (ATTACHMENT, {"role": "everybody", "policyArn": ADMIN_ARN}),
        ("aws:iam/rolePolicy:RolePolicy", {"name": "break-glass-1", "role": "everybody", "policy": json.dumps(ADMIN)}),
        ("aws:iam/userPolicy:UserPolicy", {"name": "break-glass-1", "user": "me", "policy": json.dumps(ADMIN)}),
        ("aws:iam/groupPolicy:GroupPolicy", {"name": "break-glass-1", "group": "us", "policy": json.dumps(ADMIN)}),
        ("aws-native:iam:RolePolicy", {"policyName": "break-glass-1", "roleName": "x", "policyDocument": ADMIN}),
        (ROLE, {"name": "everybody", "managedPolicyArns": [ADMIN_ARN]}),
        (SEVERAL, {"name": "break-glass-1", "roles": ["break-glass-1", "everybody"], "policyArn": ADMIN_ARN}),
        (SEVERAL, {"roles": ["break-glass-1"], "groups": ["everybody"], "policyArn": ADMIN_ARN}),
        ("aws-native:iam:User", {"userName": "me", "groups": ["break-glass-1"], "managedPolicyArns": [ADMIN_ARN]}),
    ],
)
def test_an_inline_policys_name_is_no_exception(token: str, props) -> None:
    (message,) = _said(token, props, "break-glass-x")
    assert not message.is_later


def test_what_tells_nobody_goes_by_its_own_names() -> None:
    document = {"policy": json.dumps(ADMIN)}
    permission_set = {"managedPolicyArn": ADMIN_ARN, "permissionSetArn": "arn:aws:sso:::permissionSet/ssoins-1/ps-1"}
    attached = "aws:ssoadmin/managedPolicyAttachment:ManagedPolicyAttachment"
    assert _said("aws:iam/policy:Policy", document, "break-glass-x") == []
    assert _said("aws:iam/policy:Policy", {**document, "name": "break-glass-x"}) == []
    assert _said(attached, permission_set, "break-glass-x") == []
    assert len(_said(attached, permission_set)) == 1


def test_only_a_generated_name_counts_as_the_logical_one() -> None:
    exact = [{"pattern": "power", "reason": "why"}]
    for props, count in (({}, 0), ({"name": "power-1234abc"}, 0), ({"name": "power-for-all"}, 1)):
        grants = _said(ROLE, {**props, "managedPolicyArns": [ADMIN_ARN]}, "power", exact)
        assert len(grants) == count, props


def test_what_pulumi_named_is_excused_by_its_policy_alone() -> None:
    """As the engine shows it before it shows the whole stack."""
    exact = [{"pattern": "power", "reason": "why"}]
    for token, owner in (
        ("rolePolicy:RolePolicy", "role"),
        ("userPolicy:UserPolicy", "user"),
        ("groupPolicy:GroupPolicy", "group"),
    ):
        for name, count in (("power-1234abc", 0), ("powers-1234abc", 1)):
            policy = declare(f"aws:iam/{token}", props={owner: name, "policy": json.dumps(ADMIN)})
            assert len(messages(no_disable_grant.RULE, policy, ownerStacks=["dev"], allowed=exact)) == count, token


def test_an_unknown_receiver_is_left_to_the_update() -> None:
    for props in ({"role": UNKNOWN}, {"roles": ["break-glass-1", UNKNOWN]}):
        token = ATTACHMENT if "role" in props else SEVERAL
        (message,) = _said(token, {**props, "policyArn": ADMIN_ARN})
        assert message.is_later
        (certain,) = _said(token, {**props, "policyArn": ADMIN_ARN}, allowed=[])
        assert not certain.is_later
    (message,) = _said(SEVERAL, {"roles": ["everybody", UNKNOWN], "policyArn": ADMIN_ARN})
    assert not message.is_later
