"""Organizations: what AWS refuses that moto grants, trusted access, and delegated administrators.

Accounts, OUs and policies are moto's, behind the guards below. Sources: the API reference pages of each operation
(docs.aws.amazon.com/organizations/latest/APIReference/API_<Operation>.html) and the user guide's
orgs_integrate_services.html and services-that-can-integrate-sso.html; what no page says is marked "assumed".
"""

from __future__ import annotations

import time
from typing import Any

from moto.organizations.models import organizations_backends

from sandbox.aws import service_linked_roles
from sandbox.aws.errors import AwsError
from sandbox.aws.registry import Context, guards, handles
from sandbox.aws.world import World

SSO = "sso.amazonaws.com"

# API reference: these can be called from any account of the organization, or from one that is in none.
_FROM_ANY_ACCOUNT = frozenset(
    {"DescribeOrganization", "CreateOrganization", "LeaveOrganization", "ListHandshakesForAccount"}
)
# "This operation can be called only from the organization's management account or by a member account that is a
# delegated administrator": the reads.
_DELEGATED_TOO = ("List", "Describe")

_NOT_IN_USE = "Your account is not a member of an organization."
_NO_PERMISSION = "You don't have permissions to access this resource."


def backend(world: World) -> Any:
    """moto's state of the management account's organization. Raises AWSOrganizationsNotInUseException if none."""
    found = organizations_backends[world.management]["aws"] if world.management else None
    if found is None or found.org is None:
        raise AwsError("AWSOrganizationsNotInUseException", _NOT_IN_USE)
    return found


def member_ids(world: World) -> list[str]:
    """Every account of the organization, the management account first; empty where there is none."""
    return [account.id for account in backend(world).accounts] if world.management else []


@guards("organizations", "*")
def is_allowed_from_here(context: Context) -> None:
    operation, world = context.call.operation, context.world
    if operation in _FROM_ANY_ACCOUNT and operation != "DescribeOrganization":
        return
    if context.account not in member_ids(world):
        raise AwsError("AWSOrganizationsNotInUseException", _NOT_IN_USE)
    if context.account == world.management or operation in _FROM_ANY_ACCOUNT:
        return
    if operation.startswith(_DELEGATED_TOO) and context.account in world.delegated:
        return
    raise AwsError("AccessDeniedException", _NO_PERMISSION)


@guards("organizations", "*")
def asks_the_management_accounts_organization(context: Context) -> None:
    """A delegated administrator's reads are answered from the one organization's state."""
    if context.world.management and context.call.operation != "CreateOrganization":
        context.routed_to(context.world.management)


@handles("organizations", "CreateOrganization")
def create_organization(context: Context) -> dict[str, Any]:
    world = context.world
    if context.account in member_ids(world):
        raise AwsError("AlreadyInOrganizationException", "The AWS account is already a member of an organization.")
    feature_set = context.parameter("FeatureSet") or "ALL"
    if feature_set not in ("ALL", "CONSOLIDATED_BILLING"):
        raise AwsError("InvalidInputException", "You specified an invalid value.", Reason="INVALID_ENUM")
    result: dict[str, Any] = organizations_backends[context.account]["aws"].create_organization(
        region="us-east-1", FeatureSet=feature_set
    )
    world.management = context.account
    return result


@handles("organizations", "DeleteOrganization")
def delete_organization(context: Context) -> None:
    if len(member_ids(context.world)) > 1:
        raise AwsError(
            "OrganizationNotEmptyException",
            "The organization isn't empty. To delete an organization, you must first remove all accounts except the "
            "management account.",
        )
    backend(context.world)._reset()
    context.world.management = None
    context.world.trusted.clear()
    context.world.delegated.clear()


def require_all_features(world: World) -> None:
    """orgs_integrate_services.html: trusted access needs all features. The error's code is assumed."""
    if backend(world).org.feature_set != "ALL":
        raise AwsError(
            "ConstraintViolationException",
            "The organization must have all features enabled to use trusted access.",
            Reason="ORGANIZATION_NOT_IN_ALL_FEATURES_MODE",
        )


def _service_principal(context: Context) -> str:
    principal = context.parameter("ServicePrincipal")
    if not isinstance(principal, str) or not 1 <= len(principal) <= 128 or "." not in principal:
        raise AwsError(
            "InvalidInputException",
            "You specified an unrecognized service principal.",
            Reason="UNRECOGNIZED_SERVICE_PRINCIPAL",
        )
    return principal


@handles("organizations", "EnableAWSServiceAccess")
def enable_aws_service_access(context: Context) -> None:
    require_all_features(context.world)
    principal = _service_principal(context)
    context.world.trusted.setdefault(principal, time.time())
    if principal == SSO:
        service_linked_roles.create_for_organization(context.world)


@handles("organizations", "DisableAWSServiceAccess")
def disable_aws_service_access(context: Context) -> None:
    require_all_features(context.world)
    context.world.trusted.pop(_service_principal(context), None)


@handles("organizations", "ListAWSServiceAccessForOrganization")
def list_aws_service_access(context: Context) -> dict[str, Any]:
    require_all_features(context.world)
    rows = [
        {"ServicePrincipal": principal, "DateEnabled": since}
        for principal, since in sorted(context.world.trusted.items())
    ]
    return page(context, "EnabledServicePrincipals", rows, 20)


def page(context: Context, key: str, rows: list[Any], limit: int) -> dict[str, Any]:
    """One page. MaxResults is at most `limit`; the token is the next row's number, refused if it is anything else."""
    size = min(int(context.parameter("MaxResults") or limit), limit)
    token = context.parameter("NextToken") or "0"
    if not str(token).isdigit():
        raise AwsError("InvalidInputException", "The token is not valid.", Reason="INVALID_NEXT_TOKEN")
    start = int(token)
    result: dict[str, Any] = {key: rows[start : start + size]}
    if start + size < len(rows):
        result["NextToken"] = str(start + size)
    return result


def _account(context: Context) -> Any:
    account_id = context.parameter("AccountId")
    for account in backend(context.world).accounts:
        if account.id == account_id:
            return account
    raise AwsError("AccountNotFoundException", "You specified an account that doesn't exist.")


@handles("organizations", "RegisterDelegatedAdministrator")
def register_delegated_administrator(context: Context) -> None:
    world, principal = context.world, _service_principal(context)
    account = _account(context)
    if account.id == world.management:
        raise AwsError(
            "ConstraintViolationException",
            "You cannot register master account/yourself as delegated administrator for your organization.",
            Reason="CANNOT_REGISTER_MASTER_AS_DELEGATED_ADMINISTRATOR",
        )
    if principal not in world.trusted:
        raise AwsError(
            "ConstraintViolationException",
            f"Trusted access for {principal} must be enabled before an administrator is registered for it.",
            Reason="SERVICE_ACCESS_NOT_ENABLED",
        )
    holders = [holder for holder, principals in world.delegated.items() if principal in principals]
    if account.id in holders:
        raise AwsError(
            "AccountAlreadyRegisteredException",
            "The provided account is already a delegated administrator for your organization.",
        )
    if principal == SSO and holders:
        # singlesignon/latest/userguide/delegated-admin.html: one at a time.
        raise AwsError(
            "ConstraintViolationException",
            "You have exceeded the allowed number of delegated administrators for the delegated service principal.",
            Reason="MAX_DELEGATED_ADMINISTRATORS_FOR_SERVICE_LIMIT_EXCEEDED",
        )
    world.delegated.setdefault(account.id, {})[principal] = time.time()


@handles("organizations", "DeregisterDelegatedAdministrator")
def deregister_delegated_administrator(context: Context) -> None:
    account, principal = _account(context), _service_principal(context)
    principals = context.world.delegated.get(account.id, {})
    if principal not in principals:
        raise AwsError(
            "AccountNotRegisteredException",
            "The provided account is not a registered delegated administrator for your organization.",
        )
    del principals[principal]
    if not principals:
        del context.world.delegated[account.id]


@handles("organizations", "ListDelegatedAdministrators")
def list_delegated_administrators(context: Context) -> dict[str, Any]:
    wanted = context.parameter("ServicePrincipal")
    accounts = {account.id: account for account in backend(context.world).accounts}
    rows = [
        {**accounts[account_id].describe(), "DelegationEnabledDate": min(principals.values())}
        for account_id, principals in sorted(context.world.delegated.items())
        if wanted is None or wanted in principals
    ]
    return page(context, "DelegatedAdministrators", rows, 20)


@handles("organizations", "ListDelegatedServicesForAccount")
def list_delegated_services(context: Context) -> dict[str, Any]:
    account = _account(context)
    principals = context.world.delegated.get(account.id)
    if principals is None:
        raise AwsError(
            "AccountNotRegisteredException",
            "The provided account is not a registered delegated administrator for your organization.",
        )
    rows = [{"ServicePrincipal": name, "DelegationEnabledDate": since} for name, since in sorted(principals.items())]
    return page(context, "DelegatedServices", rows, 20)


@guards("organizations", "RemoveAccountFromOrganization")
def is_no_delegated_administrator(context: Context) -> None:
    if context.parameter("AccountId") in context.world.delegated:
        raise AwsError(
            "ConstraintViolationException",
            "You cannot remove a delegated administrator from the organization. Deregister it first.",
            Reason="CANNOT_REMOVE_DELEGATED_ADMINISTRATOR_FROM_ORG",
        )
    if context.parameter("AccountId") == context.world.management:
        raise AwsError("MasterCannotLeaveOrganizationException", "The management account can't leave.")


@handles("organizations", "LeaveOrganization")
def leave_organization(context: Context) -> None:
    if context.account not in member_ids(context.world):
        raise AwsError("AWSOrganizationsNotInUseException", _NOT_IN_USE)
    if context.account == context.world.management:
        raise AwsError(
            "MasterCannotLeaveOrganizationException",
            "You can't remove a management account from an organization. Delete the organization instead.",
        )
    if context.account in context.world.delegated:
        raise AwsError(
            "ConstraintViolationException",
            "A delegated administrator can't leave the organization. Deregister it first.",
            Reason="CANNOT_REMOVE_DELEGATED_ADMINISTRATOR_FROM_ORG",
        )
    backend(context.world).remove_account_from_organization(AccountId=context.account)


@handles("organizations", "ListAccounts")
def list_accounts(context: Context) -> dict[str, Any]:
    return page(context, "Accounts", [account.describe() for account in backend(context.world).accounts], 20)
