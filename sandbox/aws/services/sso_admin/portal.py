"""A stand-in for signing in to the access portal: what a user reaches right now, or why nobody does.

Not an API of AWS's: a test asks it to see what people lose when trusted access goes off (the seed page: "Users can't
use AWS SSO to access accounts"), and that they have it again afterwards.
"""

from __future__ import annotations

from dataclasses import dataclass

from moto.iam.models import iam_backends

from sandbox.aws.core.world import World, serving
from sandbox.aws.services.identity_center import work
from sandbox.aws.services.identity_center.instance import Instance, PermissionSet
from sandbox.aws.services.organizations import SSO

from . import roles


class SignInFailed(Exception):
    """Its text says why."""


@dataclass(frozen=True, order=True)
class Access:
    """A tile of the portal: a role that the user may take in an account."""

    account: str
    permission_set: str
    role_arn: str


def sign_in(world: World, user_name: str) -> list[Access]:
    """What this user of the organization's instance reaches. Raises SignInFailed."""
    with serving(world), world.lock:
        work.settle(world)
        instance = world.identity_center.instances.get(world.management or "")
        if instance is None or instance.status != "ACTIVE":
            raise SignInFailed("there is no ACTIVE organization instance of IAM Identity Center.")
        if SSO not in world.trusted:
            raise SignInFailed(f"IAM Identity Center can't access the organization: {SSO} has no trusted access.")
        user = instance.store.users.unique.get(("userName", user_name.lower()))
        if user is None:
            raise SignInFailed(f"there is no user {user_name!r}.")
        return sorted(_reached(world, instance, user))


def _reached(world: World, instance: Instance, user: str) -> set[Access]:
    principals = [("USER", user), *(("GROUP", row.group) for row in instance.store.by_user.of(user))]
    reached = set()
    for principal in principals:
        for row in instance.by_principal.of(principal):
            permission_set = instance.permission_sets[row.permission_set]
            arn = _reachable_role(world, instance, permission_set, row.account)
            if arn is not None:
                reached.add(Access(row.account, permission_set.name, arn))
    return reached


def _reachable_role(world: World, instance: Instance, permission_set: PermissionSet, account: str) -> str | None:
    """The role's ARN; None if the portal can't sign in to the account, since the SAML provider that its roles trust
    has been deleted there."""
    roles.apply_pending_roles(world, account)
    backend = iam_backends[account]["aws"]
    if roles.saml_provider_name(instance) not in backend.saml_providers:
        return None
    name = roles.role_name(permission_set, account)
    return next((str(role.arn) for role in backend.roles.values() if role.name == name), None)
