"""The permissions that a call requires: one `RequiredPermission` for each action on each resource.

The file named after a service says it for that service; request_context.py has the condition keys of every request.
Actions, resource types and keys: docs.aws.amazon.com/service-authorization/latest/reference/ (list_awsorganizations,
list_awsiamidentitycenter, list_awsidentitystore, list_awsidentityandaccessmanagementiam, list_awssecuritytokenservice).
"""

from __future__ import annotations

from collections.abc import Callable

from sandbox.aws.authorization.principals import Principal
from sandbox.aws.core import models
from sandbox.aws.core.wire import Call
from sandbox.aws.core.world import World

from . import iam, identity_center, moto_services, organizations, sts
from .required_permission import RequiredPermission

__all__ = ["RequiredPermission", "permissions_required_by"]

_SERVICES: dict[str, Callable[[World, Call, Principal], list[RequiredPermission]]] = {
    "organizations": organizations.permissions,
    "sso-admin": identity_center.sso_permissions,
    "identitystore": identity_center.identity_store_permissions,
    "iam": iam.permissions,
    "sts": sts.permissions,
}
assert _SERVICES.keys() == models.MODELLED


def permissions_required_by(call: Call, world: World, principal: Principal) -> list[RequiredPermission]:
    """At least one, and IAM has to allow all; the operation's own action comes first."""
    return _SERVICES.get(call.service, moto_services.permissions)(world, call, principal)
