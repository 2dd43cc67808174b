"""The seed page's statements on AWSServiceRoleForSSO."""

from __future__ import annotations

from collections.abc import Callable

import pytest

SSO = "sso.amazonaws.com"
ROLE = "AWSServiceRoleForSSO"


def test_it_is_made_when_trusted_access_is_enabled_and_trusts_only_identity_center(
    aws: Callable, code: Callable
) -> None:
    cloud = aws("organization")
    iam = cloud.client("iam")
    assert code(iam.get_role, RoleName=ROLE) == "NoSuchEntity"
    cloud.client("organizations").enable_aws_service_access(ServicePrincipal=SSO)
    role = iam.get_role(RoleName=ROLE)["Role"]
    assert role["Path"] == "/aws-service-role/sso.amazonaws.com/"
    statements = role["AssumeRolePolicyDocument"]["Statement"]
    assert [(row["Principal"], row["Action"]) for row in statements] == [({"Service": SSO}, "sts:AssumeRole")]
    attached = iam.list_attached_role_policies(RoleName=ROLE)["AttachedPolicies"]
    assert [row["PolicyName"] for row in attached] == ["AWSSSOServiceRolePolicy"]


def test_enabling_another_service_does_not_make_it(aws: Callable, code: Callable) -> None:
    cloud = aws("organization")
    cloud.client("organizations").enable_aws_service_access(ServicePrincipal="ram.amazonaws.com")
    assert code(cloud.client("iam").get_role, RoleName=ROLE) == "NoSuchEntity"


@pytest.mark.parametrize(
    ("operation", "arguments"),
    [
        ("delete_role", {}),
        ("update_role", {"Description": "x"}),
        ("attach_role_policy", {"PolicyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}),
        ("put_role_policy", {"PolicyName": "x", "PolicyDocument": "{}"}),
        ("update_assume_role_policy", {"PolicyDocument": "{}"}),
    ],
)
def test_nobody_but_aws_changes_it(aws: Callable, code: Callable, operation: str, arguments: dict) -> None:
    iam = aws("sso-enabled").client("iam")
    assert code(getattr(iam, operation), RoleName=ROLE, **arguments) == "UnmodifiableEntity"


def test_it_can_be_deleted_only_when_trusted_access_is_off_and_remains_until_then(
    aws: Callable, code: Callable
) -> None:
    cloud = aws("sso-enabled")
    iam = cloud.client("iam")
    assert code(iam.delete_service_linked_role, RoleName=ROLE) == "DeleteConflict"
    cloud.client("organizations").disable_aws_service_access(ServicePrincipal=SSO)
    assert iam.get_role(RoleName=ROLE)["Role"]["RoleName"] == ROLE
    iam.delete_service_linked_role(RoleName=ROLE)
    assert code(iam.get_role, RoleName=ROLE) == "NoSuchEntity"
