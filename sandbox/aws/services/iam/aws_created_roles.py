"""Roles that AWS itself creates in accounts: a service's, and the management account's role in an account that it
created.

An organization has thousands of accounts and a run uses few. A role is pending until a call needs its account's IAM,
and is created when moto creates that.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from moto.iam.models import IAMBackend, iam_backends

from sandbox.aws.core.world import World, serving_now

from .managed_policies import have_managed_policy


@dataclass(frozen=True)
class AwsCreatedRole:
    """principal: the trust policy's Principal element; service: of a service-linked role, its service."""

    name: str
    principal: tuple[str, str]
    policy_arn: str
    path: str = "/"
    description: str = ""
    service: str | None = None


def access_role(name: str, management: str) -> AwsCreatedRole:
    """orgs_manage_accounts_access.html: an administrator's role that trusts the management account."""
    administrator = "arn:aws:iam::aws:policy/AdministratorAccess"
    return AwsCreatedRole(name, ("AWS", f"arn:aws:iam::{management}:root"), administrator)


def create(world: World, account: str, role: AwsCreatedRole) -> bool:
    """Whether the role is new: an existing one of that name stays unchanged."""
    backend = _backend(account)
    if backend is not None:
        return _create_now(backend, role)
    pending = world.pending_aws_roles.setdefault(account, {})
    is_new = role.name not in pending
    pending.setdefault(role.name, role)
    return is_new


def delete(world: World, account: str, name: str) -> None:
    """Deletes the role, with whatever is attached to it."""
    world.pending_aws_roles.get(account, {}).pop(name, None)
    backend = _backend(account)
    if backend is None:
        return
    for role in [role for role in backend.get_roles() if role.name == name]:
        for policy in list(role.managed_policies.values()):
            policy.detach_from(role)
        del backend.roles[role.id]


def _backend(account: str) -> Any:
    """moto's IAM of the account; None if no call has needed it yet."""
    backends = iam_backends.get(account)
    return dict.get(backends, "aws") if backends is not None else None


def _create_now(backend: Any, aws_role: AwsCreatedRole) -> bool:
    if any(role.name == aws_role.name for role in backend.get_roles()):
        return False
    kind, name = aws_role.principal
    statement = {"Effect": "Allow", "Principal": {kind: name}, "Action": "sts:AssumeRole"}
    role = backend.create_role(
        aws_role.name,
        json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
        aws_role.path,
        permissions_boundary=None,
        description=aws_role.description,
        tags=[],
        max_session_duration="3600",
        linked_service=aws_role.service,
    )
    have_managed_policy(backend, aws_role.policy_arn)
    backend.managed_policies[aws_role.policy_arn].attach_to(role)
    return True


def _create_pending(backend: Any) -> None:
    world = serving_now()
    if world is not None:
        for role in world.pending_aws_roles.pop(backend.account_id, {}).values():
            _create_now(backend, role)


# moto calls this when it has created an account's IAM; its own does nothing.
IAMBackend.initialize_service_roles = _create_pending
