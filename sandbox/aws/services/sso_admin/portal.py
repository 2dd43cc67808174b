"""A stand-in for signing in to the access portal: what a user reaches right now, or why nobody does.

Not an API of AWS's: a test asks it to see what people lose when trusted access goes off (the seed page: "Users can't
use AWS SSO to access accounts"), and that they have it again afterwards.
"""

from __future__ import annotations

from dataclasses import dataclass

from moto.iam.models import iam_backends

from sandbox.aws.core.world import World, serving
from sandbox.aws.services.identity_center import work
from sandbox.aws.services.identity_center.instance import Instance
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
    found = set()
    for principal in principals:
        for row in instance.by_principal.of(principal):
            permission_set = instance.permission_sets[row.permission_set]
            roles.bring_up_to_date(world, row.account)
            name = roles.role_name(permission_set, row.account)
            arn = next(role.arn for role in iam_backends[row.account]["aws"].roles.values() if role.name == name)
            found.add(Access(row.account, permission_set.name, arn))
    return found
