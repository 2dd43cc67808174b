"""All of an account's IAM in one call, in pages."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.walk import walk

READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"
ALLOW = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sso:*", "Resource": "*"}]}
TRUST = {"Version": "2012-10-17", "Statement": []}
LISTS = ("UserDetailList", "GroupDetailList", "RoleDetailList", "Policies")


@pytest.fixture
def iam(aws: Callable) -> Any:
    """A user in a group, a role with a boundary in an instance profile, a policy in two versions."""
    iam = aws("no-organization").client("iam")
    iam.create_user(UserName="u", Tags=[{"Key": "a", "Value": "b"}])
    iam.create_group(GroupName="g")
    iam.add_user_to_group(GroupName="g", UserName="u")
    iam.put_group_policy(GroupName="g", PolicyName="inline", PolicyDocument=json.dumps(ALLOW))
    iam.create_role(RoleName="r", AssumeRolePolicyDocument=json.dumps(TRUST), PermissionsBoundary=READ_ONLY)
    iam.create_instance_profile(InstanceProfileName="i")
    iam.add_role_to_instance_profile(InstanceProfileName="i", RoleName="r")
    arn = iam.create_policy(PolicyName="p", PolicyDocument=json.dumps(ALLOW))["Policy"]["Arn"]
    iam.create_policy_version(PolicyArn=arn, PolicyDocument=json.dumps(ALLOW), SetAsDefault=True)
    iam.attach_user_policy(UserName="u", PolicyArn=arn)
    return iam


def test_everything_is_in_it(iam: Any) -> None:
    iam.get_policy(PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")  # in use nowhere
    details = iam.get_account_authorization_details()
    (user,), (group,), (role,) = details["UserDetailList"], details["GroupDetailList"], details["RoleDetailList"]
    assert (user["GroupList"], user["Tags"]) == (["g"], [{"Key": "a", "Value": "b"}])
    assert [attached_policy["PolicyName"] for attached_policy in user["AttachedManagedPolicies"]] == ["p"]
    assert group["GroupPolicyList"] == [{"PolicyName": "inline", "PolicyDocument": ALLOW}]
    assert role["AssumeRolePolicyDocument"] == TRUST
    assert role["PermissionsBoundary"]["PermissionsBoundaryArn"] == READ_ONLY
    assert [profile["InstanceProfileName"] for profile in role["InstanceProfileList"]] == ["i"]
    policies = {policy["PolicyName"]: policy for policy in details["Policies"]}
    assert set(policies) == {"p", "ReadOnlyAccess"}
    assert (policies["p"]["DefaultVersionId"], policies["p"]["AttachmentCount"]) == ("v2", 1)
    assert [version["IsDefaultVersion"] for version in policies["p"]["PolicyVersionList"]] == [False, True]
    assert policies["ReadOnlyAccess"]["PermissionsBoundaryUsageCount"] == 1
    assert details["IsTruncated"] is False


@walk(
    ("kind", "lists"),
    [
        ("User", {"UserDetailList": 1}),
        ("Role", {"RoleDetailList": 1}),
        ("LocalManagedPolicy", {"Policies": 1}),
        ("AWSManagedPolicy", {"Policies": 1}),
    ],
)
def test_only_what_is_asked_for(iam: Any, kind: str, lists: dict[str, int]) -> None:
    details = iam.get_account_authorization_details(Filter=[kind])
    assert {name: len(details[name]) for name in LISTS if details[name]} == lists


def test_pages_lead_to_everything_once(iam: Any, code: Callable) -> None:
    pages = list(iam.get_paginator("get_account_authorization_details").paginate(PaginationConfig={"PageSize": 2}))
    assert [sum(len(page[name]) for name in LISTS) for page in pages] == [2, 2, 1]
    assert [page["IsTruncated"] for page in pages] == [True, True, False]
    assert code(iam.get_account_authorization_details, Marker="nowhere") == "ValidationError"
