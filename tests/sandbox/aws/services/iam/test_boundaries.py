"""Permissions boundaries of users: kept, shown, enforced."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"
ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"


def boundary(iam: Any, user: str) -> str | None:
    boundary_arn: str | None = (
        iam.get_user(UserName=user)["User"].get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")
    )
    return boundary_arn


def test_a_users_boundary_is_set_changed_and_taken_away(aws: Callable, code: Callable) -> None:
    iam = aws("no-organization").client("iam")
    user = iam.create_user(UserName="u", PermissionsBoundary=READ_ONLY, Tags=[{"Key": "a", "Value": "b"}])["User"]
    assert user["PermissionsBoundary"]["PermissionsBoundaryArn"] == boundary(iam, "u") == READ_ONLY
    assert user["Tags"] == [{"Key": "a", "Value": "b"}]
    iam.put_user_permissions_boundary(UserName="u", PermissionsBoundary=ADMINISTRATOR)
    assert boundary(iam, "u") == ADMINISTRATOR
    iam.delete_user_permissions_boundary(UserName="u")
    assert boundary(iam, "u") is None
    assert "PermissionsBoundary" not in iam.create_user(UserName="other")["User"]


def test_a_role_is_described_with_boundary_tags_and_last_use(aws: Callable) -> None:
    running = aws("no-organization")
    iam = running.client("iam")
    statement = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
    trust, tags = json.dumps({"Version": "2012-10-17", "Statement": [statement]}), [{"Key": "a", "Value": "b"}]
    role_settings = {
        "AssumeRolePolicyDocument": trust,
        "Description": "mine",
        "MaxSessionDuration": 7_200,
        "Path": "/at/",
    }
    iam.create_role(RoleName="r", PermissionsBoundary=READ_ONLY, Tags=tags, **role_settings)
    role = iam.get_role(RoleName="r")["Role"]
    assert (role["Arn"], role["Path"]) == ("arn:aws:iam::111122223333:role/at/r", "/at/")
    assert role["AssumeRolePolicyDocument"] == json.loads(trust)
    assert (role["Description"], role["MaxSessionDuration"], role["Tags"]) == ("mine", 7_200, tags)
    assert role["PermissionsBoundary"]["PermissionsBoundaryArn"] == READ_ONLY
    assert role["RoleLastUsed"] == {}
    running.client("sts").assume_role(RoleArn=role["Arn"], RoleSessionName="me")
    used = iam.get_role(RoleName="r")["Role"]["RoleLastUsed"]
    assert used["LastUsedDate"].timestamp() <= running.world.now()
    assert used["Region"] == "us-east-1"
    iam.create_role(RoleName="plain", AssumeRolePolicyDocument=trust)
    assert not {"Tags", "PermissionsBoundary", "Description"} & iam.get_role(RoleName="plain")["Role"].keys()


def test_a_boundary_that_is_not_there_binds_nobody(aws: Callable, code: Callable) -> None:
    iam = aws("no-organization").client("iam")
    iam.create_user(UserName="u")
    missing = "arn:aws:iam::111122223333:policy/missing"
    trust = json.dumps({"Version": "2012-10-17", "Statement": []})
    for call, arguments in (
        (iam.put_user_permissions_boundary, {"UserName": "u"}),
        (iam.create_user, {"UserName": "v"}),
        (iam.create_role, {"RoleName": "r", "AssumeRolePolicyDocument": trust}),
    ):
        assert code(call, PermissionsBoundary=missing, **arguments) == "NoSuchEntity"
    assert code(iam.get_user, UserName="v") == "NoSuchEntity"


def test_a_users_boundary_limits_what_it_may(aws: Callable, code: Callable) -> None:
    running = aws("organization", enforce_iam=True)
    iam = running.client("iam")
    iam.create_user(UserName="u")
    iam.attach_user_policy(UserName="u", PolicyArn=ADMINISTRATOR)
    key = iam.create_access_key(UserName="u")["AccessKey"]
    client = running.client("organizations", credentials=key)
    client.enable_aws_service_access(ServicePrincipal="sso.amazonaws.com")
    iam.put_user_permissions_boundary(UserName="u", PermissionsBoundary=READ_ONLY)
    assert code(client.disable_aws_service_access, ServicePrincipal="sso.amazonaws.com") == "AccessDeniedException"
    client.list_accounts()
