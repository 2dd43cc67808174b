"""An account that is no longer in the organization: the seed page says that its metadata and resources, such as the
service-linked role, are cleaned up."""

from __future__ import annotations

from sandbox.aws.core.registry import ON_DEPARTURE
from sandbox.aws.core.world import World

from . import roles


def forget_account(world: World, account: str) -> None:
    """Removes the account's assignments, provisions and their roles; `service_linked_roles.py` removes the other role.
    An account instance stays: it does not depend on the organization."""
    instance = world.identity_center.instances.get(world.management or "")
    if instance is not None:
        for provision in instance.provisions_by_account.of(account):
            for row in instance.by_set_and_account.of((provision.permission_set, account)):
                instance.drop_assignment(row)
            instance.drop_provision(provision)
            roles.request_removal(world, instance.permission_sets[provision.permission_set], account)
        roles.apply_pending_roles(world, account)


ON_DEPARTURE.append(forget_account)
