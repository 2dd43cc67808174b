"""Roles that AWS itself puts into accounts: a service's, and the one by which the management account gets into an
account that it created.

An organization has thousands of accounts and a run looks into a few, so a role of an account that nobody has looked
into yet waits, and is made when moto makes that account's IAM.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from moto.iam.models import IAMBackend, iam_backends

from sandbox.aws.core.world import World, serving_now

from .managed_policies import have_managed_policy


@dataclass(frozen=True)
class Arrival:
    """principal: whom the role trusts, as a Principal element; service: that whose service-linked role it is."""

    name: str
    principal: tuple[str, str]
    policy_arn: str
    path: str = "/"
    description: str = ""
    service: str | None = None


def access_role(name: str, management: str) -> Arrival:
    """orgs_manage_accounts_access.html: an administrator's role that trusts the management account."""
    administrator = "arn:aws:iam::aws:policy/AdministratorAccess"
    return Arrival(name, ("AWS", f"arn:aws:iam::{management}:root"), administrator)


def put(world: World, account: str, arrival: Arrival) -> bool:
    """The account has the role from now on; whether that is new. One of that name stays as it is."""
    backend = _looked_into(account)
    if backend is not None:
        return _make(backend, arrival)
    waiting = world.arrivals.setdefault(account, {})
    is_new = arrival.name not in waiting
    waiting.setdefault(arrival.name, arrival)
    return is_new


def take(world: World, account: str, name: str) -> None:
    """The account has it no longer, whatever was attached to it."""
    world.arrivals.get(account, {}).pop(name, None)
    backend = _looked_into(account)
    if backend is None:
        return
    for role in [role for role in backend.get_roles() if role.name == name]:
        for policy in list(role.managed_policies.values()):
            policy.detach_from(role)
        del backend.roles[role.id]


def _looked_into(account: str) -> Any:
    """moto's IAM of the account, None where nobody has asked for it yet."""
    backends = iam_backends.get(account)
    return dict.get(backends, "aws") if backends is not None else None


def _make(backend: Any, arrival: Arrival) -> bool:
    if any(role.name == arrival.name for role in backend.get_roles()):
        return False
    kind, name = arrival.principal
    statement = {"Effect": "Allow", "Principal": {kind: name}, "Action": "sts:AssumeRole"}
    role = backend.create_role(
        arrival.name,
        json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
        arrival.path,
        permissions_boundary=None,
        description=arrival.description,
        tags=[],
        max_session_duration="3600",
        linked_service=arrival.service,
    )
    have_managed_policy(backend, arrival.policy_arn)
    backend.managed_policies[arrival.policy_arn].attach_to(role)
    return True


def _arrive(backend: Any) -> None:
    world = serving_now()
    if world is not None:
        for arrival in world.arrivals.pop(backend.account_id, {}).values():
            _make(backend, arrival)


# moto calls this when it has made an account's IAM, and leaves it empty.
IAMBackend.initialize_service_roles = _arrive
