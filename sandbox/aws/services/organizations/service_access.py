"""Trusted access and delegated administrators.

Sources: API_EnableAWSServiceAccess.html and its kin; orgs_integrate_services.html;
services-that-can-integrate-sso.html; singlesignon/latest/userguide/delegated-admin.html. AWS doesn't
publish the full list of service principals. A principal is recognized if moto lists it, or if it has the name of a
service that SDKs know before `.amazonaws.com` (assumed; `any_service_principal` accepts all). Assumed: the Reason of
the refusal of a second administrator of Identity Center, and that disabling is possible while there is one.
"""

from __future__ import annotations

import functools
from typing import Any

from moto.organizations.models import FakeServiceAccess

from sandbox.aws.core import models
from sandbox.aws.core.errors import AwsError
from sandbox.aws.core.registry import Context, handles
from sandbox.aws.core.world import World
from sandbox.aws.services.iam import service_linked_roles

from .access import SSO, constraint, invalid, organization_of, page_of, require_all_features
from .accounts import account
from .store import Organization, describe_account

# The policy type that needs trusted access: SERVICE_ACCESS_NOT_ENABLED, POLICY_TYPE_ENABLED_FOR_THIS_SERVICE.
POLICY_SERVICES = {"SECURITYHUB_POLICY": "securityhub.amazonaws.com"}
_NOT_REGISTERED = "The provided account is not a registered delegated administrator for your organization."


@functools.cache
def is_recognized(principal: str) -> bool:
    """Whether one of its labels is a service, as in member.org.stacksets.cloudformation.amazonaws.com."""
    if principal in FakeServiceAccess.TRUSTED_SERVICES:
        return True
    labels = set(principal.removesuffix(".amazonaws.com").split("."))
    return principal.endswith(".amazonaws.com") and bool(labels & models.endpoint_names())


def _service_principal(context: Context) -> str:
    principal: str = context.parameter("ServicePrincipal")
    if not is_recognized(principal) and not context.world.any_service_principal:
        raise invalid("You specified an unrecognized service principal.", "UNRECOGNIZED_SERVICE_PRINCIPAL")
    return principal


@handles("organizations", "EnableAWSServiceAccess")
def enable_aws_service_access(context: Context) -> None:
    """Enabling it a second time changes nothing, not even the date (assumed)."""
    require_all_features(context.world)
    principal = _service_principal(context)
    context.world.trusted.setdefault(principal, context.world.now())
    if principal == SSO and context.world.enabling_creates_role:
        service_linked_roles.create_for_organization(context.world)


@handles("organizations", "DisableAWSServiceAccess")
def disable_aws_service_access(context: Context) -> None:
    require_all_features(context.world)
    principal = _service_principal(context)
    if context.world.refuse_disabling_while_delegated and _delegated_administrators(context.world, principal):
        raise constraint(
            "You must deregister the delegated administrators of the service before you disable its access.",
            "DELEGATED_ADMINISTRATOR_EXISTS_FOR_THIS_SERVICE",
        )
    for policy_type in organization_of(context.world).policy_types:
        if POLICY_SERVICES.get(policy_type) == principal:
            raise constraint(f"Disable the policy type {policy_type} first.", "POLICY_TYPE_ENABLED_FOR_THIS_SERVICE")
    context.world.trusted.pop(principal, None)


@handles("organizations", "ListAWSServiceAccessForOrganization")
def list_aws_service_access(context: Context) -> dict[str, Any]:
    require_all_features(context.world)
    rows = [
        {"ServicePrincipal": principal, "DateEnabled": since}
        for principal, since in sorted(context.world.trusted.items())
    ]
    return page_of(context, "EnabledServicePrincipals", rows)


def _delegated_administrators(world: World, principal: str) -> list[str]:
    return [account_id for account_id, principals in world.delegated.items() if principal in principals]


@handles("organizations", "RegisterDelegatedAdministrator")
def register_delegated_administrator(context: Context) -> None:
    world, principal, chosen = context.world, _service_principal(context), account(context)
    if chosen.id == world.management:
        raise constraint(
            "You cannot register master account/yourself as delegated administrator for your organization.",
            "CANNOT_REGISTER_MASTER_AS_DELEGATED_ADMINISTRATOR",
        )
    if chosen.state != "ACTIVE":
        raise constraint(
            "You cannot register a suspended account as a delegated administrator.",
            "CANNOT_REGISTER_SUSPENDED_ACCOUNT_AS_DELEGATED_ADMINISTRATOR",
        )
    if principal not in world.trusted:
        raise constraint(
            f"Trusted access for {principal} must be enabled before an administrator is registered for it.",
            "SERVICE_ACCESS_NOT_ENABLED",
        )
    administrators = _delegated_administrators(world, principal)
    if chosen.id in administrators:
        raise AwsError(
            "AccountAlreadyRegisteredException",
            "The provided account is already a delegated administrator for your organization.",
        )
    if principal == SSO and administrators:
        # delegated-admin.html: one at a time.
        raise constraint(
            "You have exceeded the allowed number of delegated administrators for the delegated service principal.",
            "MAX_DELEGATED_ADMINISTRATORS_FOR_SERVICE_LIMIT_EXCEEDED",
        )
    world.delegated.setdefault(chosen.id, {})[principal] = world.now()


@handles("organizations", "DeregisterDelegatedAdministrator")
def deregister_delegated_administrator(context: Context) -> None:
    chosen, principal = account(context), _service_principal(context)
    principals = context.world.delegated.get(chosen.id, {})
    if principal not in principals:
        raise AwsError("AccountNotRegisteredException", _NOT_REGISTERED)
    del principals[principal]
    if not principals:
        del context.world.delegated[chosen.id]


@handles("organizations", "ListDelegatedAdministrators")
def list_delegated_administrators(context: Context) -> dict[str, Any]:
    organization = organization_of(context.world)
    require_all_features(context.world)
    service = _service_principal(context) if context.parameter("ServicePrincipal") is not None else None
    rows = []
    for account_id, principals in sorted(context.world.delegated.items()):
        if service is None or service in principals:
            shape = _without_paths(organization, account_id)
            rows.append({**shape, "DelegationEnabledDate": min(principals.values())})
    return page_of(context, "DelegatedAdministrators", rows)


def _without_paths(organization: Organization, account_id: str) -> dict[str, Any]:
    shape = describe_account(organization, organization.accounts[account_id])
    return {name: value for name, value in shape.items() if name != "Paths"}
