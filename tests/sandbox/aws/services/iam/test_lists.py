"""IAM's lists: each has every created entity, in pages of MaxItems, and accepts its own markers only."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.sandbox.aws.documents import OPEN_TRUST
from tests.walk import walk

ACCOUNT = "111122223333"
READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"
ALLOW = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]})
TAGS = [{"Key": key, "Value": "v"} for key in "abc"]


@pytest.fixture(scope="module")
def running() -> Any:
    """Three of everything that an account, a user, a group, a role or a policy can have."""
    from sandbox.aws import EmbeddedAws

    with EmbeddedAws("no-organization") as cloud:
        _fill(cloud.client("iam"))
        yield cloud


def _fill(iam: Any) -> None:
    for name in "cab":
        iam.create_policy(PolicyName=name, PolicyDocument=ALLOW, Path=f"/{name}/", Tags=TAGS)
        iam.create_user(UserName=name, Path=f"/{name}/", PermissionsBoundary=READ_ONLY, Tags=TAGS)
        iam.create_role(RoleName=name, Path=f"/{name}/", AssumeRolePolicyDocument=OPEN_TRUST, Tags=TAGS)
        iam.create_group(GroupName=name, Path=f"/{name}/")
        iam.create_instance_profile(InstanceProfileName=name, Path=f"/{name}/")
    arns = [f"arn:aws:iam::{ACCOUNT}:policy/{name}/{name}" for name in "abc"]
    for name in "bca":
        iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName="a")
        iam.add_user_to_group(UserName="a", GroupName=name)
        iam.add_user_to_group(UserName=name, GroupName="a")
        for kind in ("user", "group", "role"):
            who = {f"{kind.title()}Name": "a"}
            getattr(iam, f"put_{kind}_policy")(**who, PolicyName=name, PolicyDocument=ALLOW)
            getattr(iam, f"attach_{kind}_policy")(**{f"{kind.title()}Name": name}, PolicyArn=arns[0])
        iam.attach_role_policy(RoleName="a", PolicyArn=arns["abc".index(name)])
        iam.create_policy_version(PolicyArn=arns[1], PolicyDocument=ALLOW)
    for kind in ("user", "group", "role"):
        for arn in arns[1:]:
            getattr(iam, f"attach_{kind}_policy")(**{f"{kind.title()}Name": "a"}, PolicyArn=arn)
    for _ in range(2):
        iam.create_access_key(UserName="a")


POLICY = f"arn:aws:iam::{ACCOUNT}:policy/a/a"
VERSIONED = f"arn:aws:iam::{ACCOUNT}:policy/b/b"
# operation, its arguments, the list, a row's member that tells them apart, what is found in all.
LISTS: list[tuple[str, dict[str, Any], str, str | None, list[str]]] = [
    ("list_roles", {}, "Roles", "RoleName", ["a", "b", "c"]),
    ("list_roles", {"PathPrefix": "/b"}, "Roles", "RoleName", ["b"]),
    ("list_users", {}, "Users", "UserName", ["a", "b", "c"]),
    ("list_users", {"PathPrefix": "/c/"}, "Users", "UserName", ["c"]),
    ("list_groups", {}, "Groups", "GroupName", ["a", "b", "c"]),
    ("list_groups", {"PathPrefix": "/a/"}, "Groups", "GroupName", ["a"]),
    ("get_group", {"GroupName": "a"}, "Users", "UserName", ["a", "b", "c"]),
    ("list_policies", {"Scope": "Local"}, "Policies", "PolicyName", ["a", "b", "c"]),
    ("list_policies", {"OnlyAttached": True}, "Policies", "PolicyName", ["a", "b", "c"]),
    ("list_policies", {"PolicyUsageFilter": "PermissionsBoundary"}, "Policies", "PolicyName", ["ReadOnlyAccess"]),
    ("list_policies", {"PolicyUsageFilter": "PermissionsPolicy"}, "Policies", "PolicyName", ["a", "b", "c"]),
    ("list_policies", {"PathPrefix": "/a/"}, "Policies", "PolicyName", ["a"]),
    ("list_instance_profiles_for_role", {"RoleName": "a"}, "InstanceProfiles", "InstanceProfileName", ["a", "b", "c"]),
    ("list_attached_user_policies", {"UserName": "a"}, "AttachedPolicies", "PolicyName", ["a", "b", "c"]),
    ("list_attached_group_policies", {"GroupName": "a"}, "AttachedPolicies", "PolicyName", ["a", "b", "c"]),
    ("list_attached_role_policies", {"RoleName": "a"}, "AttachedPolicies", "PolicyName", ["a", "b", "c"]),
    ("list_attached_role_policies", {"RoleName": "a", "PathPrefix": "/c/"}, "AttachedPolicies", "PolicyName", ["c"]),
    ("list_user_policies", {"UserName": "a"}, "PolicyNames", None, ["a", "b", "c"]),
    ("list_group_policies", {"GroupName": "a"}, "PolicyNames", None, ["a", "b", "c"]),
    ("list_role_policies", {"RoleName": "a"}, "PolicyNames", None, ["a", "b", "c"]),
    ("list_policy_versions", {"PolicyArn": VERSIONED}, "Versions", "VersionId", ["v4", "v3", "v2", "v1"]),
]


@walk(("operation", "arguments", "key", "member", "expected"), LISTS)
def test_pages_of_one_join_to_the_whole_list(
    running: Any,
    code: Callable,
    operation: str,
    arguments: dict[str, Any],
    key: str,
    member: str | None,
    expected: list[str],
) -> None:
    iam = running.client("iam")
    call = getattr(iam, operation)
    whole = call(**arguments)
    assert ([told(row, member) for row in whole[key]], whole["IsTruncated"]) == (expected, False)
    rows: list[Any] = []
    marker: dict[str, str] = {}
    markers: list[str] = []
    for number in range(len(expected)):
        page = call(**arguments, MaxItems=1, **marker)
        rows += [told(row, member) for row in page[key]]
        assert page["IsTruncated"] is (number < len(expected) - 1)
        marker = {"Marker": page["Marker"]} if page["IsTruncated"] else {}
        markers += marker.values()
    assert rows == expected
    assert code(call, **arguments, Marker="nowhere") == "ValidationError"
    if markers:
        other_list = iam.list_groups if operation != "list_groups" else iam.list_users
        assert code(other_list, Marker=markers[0]) == "ValidationError"


def told(row: Any, member: str | None) -> str:
    return str(row if member is None else row[member]).rpartition("/")[2]


def test_access_keys_are_their_users_own(running: Any, code: Callable) -> None:
    iam = running.client("iam")
    keys = iam.list_access_keys(UserName="a")["AccessKeyMetadata"]
    assert [(key["UserName"], key["Status"]) for key in keys] == [("a", "Active")] * 2
    assert iam.list_access_keys(UserName="a", MaxItems=1)["IsTruncated"] is True
    for role in (None, "a/a"):  # a role has no keys of its own, be it the administrator's or another
        assert code(running.client("iam", role=role).list_access_keys) == "ValidationError"


def test_aws_managed_policies_are_listed_in_pages_of_a_hundred(running: Any, code: Callable) -> None:
    iam = running.client("iam")
    first = iam.list_policies(Scope="AWS")
    assert (len(first["Policies"]), first["IsTruncated"]) == (100, True)
    names = [
        policy["PolicyName"]
        for page in iam.get_paginator("list_policies").paginate(Scope="AWS", PaginationConfig={"PageSize": 1_000})
        for policy in page["Policies"]
    ]
    assert len(names) == len(set(names)) > 1_000
    assert "AWSSSOServiceRolePolicy" in names
    assert not {"a", "b", "c"} & set(names)
    assert code(iam.list_roles, MaxItems=1_000, Marker="x") == "ValidationError"
    assert code(iam.list_roles, MaxItems=1_001) == "ValidationError"


def test_a_rows_members_are_those_that_aws_gives(running: Any) -> None:
    iam = running.client("iam")
    (role, user, group) = (
        iam.list_roles()["Roles"][0],
        iam.list_users()["Users"][0],
        iam.list_groups()["Groups"][0],
    )
    assert role["AssumeRolePolicyDocument"] == json.loads(OPEN_TRUST)
    assert (role["MaxSessionDuration"], role["Path"], role["Arn"]) == (3_600, "/a/", f"arn:aws:iam::{ACCOUNT}:role/a/a")
    assert not {"Tags", "PermissionsBoundary", "RoleLastUsed"} & {*role, *user}
    policy = iam.list_policies(Scope="Local")["Policies"][0]
    assert (policy["AttachmentCount"], policy["DefaultVersionId"], policy["IsAttachable"]) == (9, "v1", True)
    profile = iam.list_instance_profiles_for_role(RoleName="a")["InstanceProfiles"][0]
    assert [role["RoleName"] for role in profile["Roles"]] == ["a"]
    ids = (role["RoleId"], user["UserId"], group["GroupId"], policy["PolicyId"], profile["InstanceProfileId"])
    assert [(id_[:4], len(id_)) for id_ in ids] == [(kind, 21) for kind in ("AROA", "AIDA", "AGPA", "ANPA", "AIPA")]
    versions = iam.list_policy_versions(PolicyArn=VERSIONED)["Versions"]
    assert [version["IsDefaultVersion"] for version in versions] == [False, False, False, True]


def test_a_deletion_between_two_pages_skips_no_row(aws: Callable) -> None:
    iam = aws("no-organization").client("iam")
    for name in "abcd":
        iam.create_user(UserName=name)
    first = iam.list_users(MaxItems=2)  # another size for the next page is one's own affair
    for user in first["Users"]:
        iam.delete_user(UserName=user["UserName"])
    second = iam.list_users(MaxItems=3, Marker=first["Marker"])
    assert [user["UserName"] for user in second["Users"]] == ["c", "d"]


@walk(
    ("operation", "arguments", "message"),
    [
        ("get_role", {"RoleName": "none"}, "The role with name none cannot be found."),
        ("list_role_policies", {"RoleName": "none"}, "The role with name none cannot be found."),
        ("delete_group", {"GroupName": "none"}, "The group with name none cannot be found."),
        ("add_user_to_group", {"GroupName": "a", "UserName": "none"}, "The user with name none cannot be found."),
        ("list_policy_versions", {"PolicyArn": f"{POLICY}x"}, f"Policy {POLICY}x does not exist or is not attachable."),
    ],
)
def test_what_is_not_there_is_said_in_awss_words(running: Any, operation: str, arguments: Any, message: str) -> None:
    with pytest.raises(ClientError, match=message.replace(".", r"\.")) as caught:
        getattr(running.client("iam"), operation)(**arguments)
    assert caught.value.response["Error"]["Code"] == "NoSuchEntity"
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 404


def test_renamed_users_and_groups_keep_all_they_have(aws: Callable, code: Callable) -> None:
    running = aws("no-organization")
    iam = running.client("iam")
    for name in ("old", "taken"):
        iam.create_user(UserName=name, Tags=TAGS)
        iam.create_group(GroupName=name)
    iam.add_user_to_group(GroupName="old", UserName="old")
    iam.put_group_policy(GroupName="old", PolicyName="p", PolicyDocument=ALLOW)
    key = iam.create_access_key(UserName="old")["AccessKey"]
    assert code(iam.update_user, UserName="old", NewUserName="taken") == "EntityAlreadyExists"
    assert code(iam.update_group, GroupName="old", NewGroupName="taken") == "EntityAlreadyExists"
    iam.update_user(UserName="old", NewUserName="new", NewPath="/at/")
    iam.update_group(GroupName="old", NewPath="/at/")
    iam.update_group(GroupName="old", NewGroupName="new")
    assert code(iam.get_user, UserName="old") == code(iam.get_group, GroupName="old") == "NoSuchEntity"
    arn = f"arn:aws:iam::{ACCOUNT}:user/at/new"
    user = iam.get_user(UserName="new")["User"]
    assert (user["Arn"], user["Tags"]) == (arn, TAGS)
    group = iam.get_group(GroupName="new")
    assert (group["Group"]["Path"], [user["UserName"] for user in group["Users"]]) == ("/at/", ["new"])
    assert iam.list_group_policies(GroupName="new")["PolicyNames"] == ["p"]
    own = running.client("sts", credentials=key)
    assert own.get_caller_identity()["Arn"] == arn
    keys = running.client("iam", credentials=key).list_access_keys()["AccessKeyMetadata"]
    assert [key["UserName"] for key in keys] == ["new"]
    assert iam.get_access_key_last_used(AccessKeyId=key["AccessKeyId"])["UserName"] == "new"
