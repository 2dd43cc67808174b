"""The service-linked role AWSServiceRoleForSSO, as the seed page has it: made when trusted access is enabled, and
neither deleted nor changed while it is on.

Sources: services-that-can-integrate-sso.html; singlesignon/latest/userguide/using-service-linked-roles.html. In
which accounts it appears, and when, AWS's pages disagree: here in the management account, at once (assumed).
"""

from __future__ import annotations

import json

from moto.iam.models import Role, iam_backends

from sandbox.aws.errors import AwsError
from sandbox.aws.iam import have_managed_policy
from sandbox.aws.registry import Context, guards
from sandbox.aws.world import World

SSO = "sso.amazonaws.com"
ROLE_NAME = "AWSServiceRoleForSSO"
POLICY_ARN = "arn:aws:iam::aws:policy/aws-service-role/AWSSSOServiceRolePolicy"
_PATH = f"/aws-service-role/{SSO}/"
_PREFIX = "AWSServiceRoleFor"


def create_for_organization(world: World) -> None:
    """Makes the role in the management account unless it is there."""
    assert world.management is not None
    iam = iam_backends[world.management]["aws"]
    if any(role.name == ROLE_NAME for role in iam.get_roles()):
        return
    statement = {"Effect": "Allow", "Principal": {"Service": SSO}, "Action": "sts:AssumeRole"}
    role: Role = iam.create_role(
        ROLE_NAME,
        json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
        _PATH,
        permissions_boundary=None,
        description="Service-linked role used by AWS SSO to manage AWS resources, on your behalf.",
        tags=[],
        max_session_duration="3600",
        linked_service=SSO,
    )
    have_managed_policy(world.management, POLICY_ARN)
    iam.attach_role_policy(POLICY_ARN, role.name)


def clean_up(world: World, account: str) -> None:
    """The seed page: an account that leaves loses the service's metadata and role."""
    iam = iam_backends[account]["aws"]
    for role in [role for role in iam.get_roles() if role.name == ROLE_NAME]:
        for policy in list(role.managed_policies.values()):
            policy.detach_from(role)
        del iam.roles[role.id]


@guards(
    "iam",
    "DeleteRole",
    "UpdateRole",
    "UpdateRoleDescription",
    "UpdateAssumeRolePolicy",
    "AttachRolePolicy",
    "DetachRolePolicy",
    "PutRolePolicy",
    "DeleteRolePolicy",
    "PutRolePermissionsBoundary",
    "DeleteRolePermissionsBoundary",
)
def is_not_protected(context: Context) -> None:
    """IAM: "Cannot perform the operation on the protected role": only its service may change such a role."""
    name = str(context.parameter("RoleName"))
    if name.startswith(_PREFIX):
        raise AwsError(
            "UnmodifiableEntity",
            f"Cannot perform the operation on the protected role '{name}' - this role is only modifiable by AWS",
        )


@guards("iam", "DeleteServiceLinkedRole")
def is_not_in_use(context: Context) -> None:
    """While trusted access is on the service refuses; IAM reports that through the deletion's status. Refusing the
    call itself is a simplification (assumed)."""
    if context.parameter("RoleName") == ROLE_NAME and SSO in context.world.trusted:
        raise AwsError(
            "DeleteConflict",
            f"The role {ROLE_NAME} is in use: trusted access for {SSO} is enabled in the organization.",
            status=409,
        )
    # A service-linked role's managed policy goes with it; moto would refuse to delete the role because of it.
    iam = iam_backends[context.account]["aws"]
    for role in iam.get_roles():
        if role.name == context.parameter("RoleName"):
            for arn in list(role.managed_policies):
                iam.detach_role_policy(arn, role.name)


@guards("iam", "CreateServiceLinkedRole")
def is_not_the_sso_role(context: Context) -> None:
    """moto would name it AWSServiceRoleForsso, without its policy."""
    if context.parameter("AWSServiceName") == SSO:
        raise AwsError(
            "InvalidInput",
            f"Service role name {ROLE_NAME} has been taken in this account, please try a different suffix.",
        )
