"""Users and roles one by one, with their permissions boundaries: moto keeps a role's only.

A boundary has to be a policy that is there (API_PutUserPermissionsBoundary.html, API_PutRolePermissionsBoundary.html).
"""

from __future__ import annotations

from typing import Any

from moto.iam.models import iam_backends

from sandbox.aws.core.errors import AwsError
from sandbox.aws.core.registry import Context, guards, handles

from .entities import listed_role, listed_user, named
from .managed_policies import have_managed_policy


def boundary_of(entity: Any) -> str | None:
    """The ARN of the permissions boundary of moto's user or role."""
    arn: str | None = getattr(entity, "permissions_boundary_arn", None)
    return arn


def as_attached(arn: str | None) -> dict[str, str] | None:
    return {"PermissionsBoundaryType": "PermissionsBoundaryPolicy", "PermissionsBoundaryArn": arn} if arn else None


@guards("iam", "PutUserPermissionsBoundary", "PutRolePermissionsBoundary", "CreateUser", "CreateRole")
def refuse_missing_boundary(context: Context) -> None:
    arn = context.parameter("PermissionsBoundary")
    if arn is None:
        return
    have_managed_policy(context.account, arn)
    if arn not in iam_backends[context.account]["aws"].managed_policies:
        raise AwsError("NoSuchEntity", f"Scope ARN: {arn} does not exist or is not attachable.", 404)


def _bound(user: Any, arn: str | None) -> None:
    user.permissions_boundary_arn = arn
    user.permissions_boundary = as_attached(arn)  # what moto writes in GetUser


@handles("iam", "PutUserPermissionsBoundary", "DeleteUserPermissionsBoundary")
def set_user_permissions_boundary(context: Context) -> None:
    """PermissionsBoundary is absent in the call that deletes it."""
    _bound(
        iam_backends[context.account]["aws"].get_user(context.parameter("UserName")),
        context.parameter("PermissionsBoundary"),
    )


@handles("iam", "CreateUser")
def create_user(context: Context) -> dict[str, Any]:
    backend = iam_backends[context.account]["aws"]
    name, path = context.parameter("UserName"), context.parameter("Path") or "/"
    user = backend.create_user("us-east-1", name, path=path, tags=context.parameter("Tags"))
    _bound(user, context.parameter("PermissionsBoundary"))
    return {"User": described_user(user)}


@handles("iam", "GetUser")
def get_user(context: Context) -> dict[str, Any]:
    return {"User": described_user(named(context, "User"))}


def described_user(user: Any) -> dict[str, Any]:
    """With what lists leave out."""
    bound = {"PermissionsBoundary": as_attached(boundary_of(user)), "Tags": user.tags or None}
    return {**listed_user(user), **bound}


@handles("iam", "GetRole")
def get_role(context: Context) -> dict[str, Any]:
    role = named(context, "Role")
    bound = {"PermissionsBoundary": as_attached(boundary_of(role)), "Tags": role.tags or None}
    used = {"LastUsedDate": role.last_used, "Region": role.last_used_region}
    return {"Role": {**listed_role(role), **bound, "RoleLastUsed": used}}
