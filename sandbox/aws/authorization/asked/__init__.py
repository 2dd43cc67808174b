"""What a call asks of IAM: for each action on each resource one `Ask`, all of which have to be allowed.

The file named after a service says it for that service; context.py has the condition keys of every request. Actions,
resource types and keys: docs.aws.amazon.com/service-authorization/latest/reference/ (list_awsorganizations,
list_awsiamidentitycenter, list_awsidentitystore, list_awsidentityandaccessmanagementiam, list_awssecuritytokenservice).
"""

from __future__ import annotations

from collections.abc import Callable

from sandbox.aws.authorization.principals import Principal
from sandbox.aws.core import models
from sandbox.aws.core.wire import Call
from sandbox.aws.core.world import World

from . import iam, identity_center, organizations, others, sts
from .ask import Ask

__all__ = ["Ask", "asks_of"]

_SERVICES: dict[str, Callable[[World, Call, Principal], list[Ask]]] = {
    "organizations": organizations.asks,
    "sso-admin": identity_center.asks_of_sso,
    "identitystore": identity_center.asks_of_identity_store,
    "iam": iam.asks,
    "sts": sts.asks,
}
assert _SERVICES.keys() == models.MODELLED


def asks_of(world: World, call: Call, principal: Principal) -> list[Ask]:
    """At least one; the operation's own action comes first."""
    return _SERVICES.get(call.service, others.asks)(world, call, principal)
