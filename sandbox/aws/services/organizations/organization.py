"""The organization itself: created, described, deleted, left; its root."""

from __future__ import annotations

from typing import Any

from sandbox.aws.core.errors import AwsError
from sandbox.aws.core.registry import Context, handles
from sandbox.aws.core.world import World

from .access import constraint, invalid, is_member, organization_of, page_of
from .accounts import depart
from .store import Account, Organization, new_organization

# An account made by CreateAccount can leave after four days: ConstraintViolationException's WAIT_PERIOD_ACTIVE.
_WAIT_SECONDS = 4 * 86_400


@handles("organizations", "CreateOrganization")
def create_organization(context: Context) -> dict[str, Any]:
    world = context.world
    if is_member(world, context.account):
        raise AwsError("AlreadyInOrganizationException", "The AWS account is already a member of an organization.")
    if world.organization is not None:
        raise AwsError(
            "SandboxNotImplemented",
            "The sandbox holds one organization at a time, and there is one already: start it with --seed "
            "no-organization to create one.",
            status=501,
        )
    feature_set = context.parameter("FeatureSet") or "ALL"
    if feature_set not in ("ALL", "CONSOLIDATED_BILLING"):
        raise invalid("You specified an invalid value.", "INVALID_ENUM")
    management = Account(context.account, "management", "management@example.com", world.now(), method="INVITED")
    world.organization = new_organization(f"o-{world.new_id(10)}", management, f"r-{world.new_id(4)}", feature_set)
    if feature_set == "ALL" and world.creating_enables_scps:
        world.organization.turn_on("SERVICE_CONTROL_POLICY")
    return {"Organization": _describe(world.organization)}


@handles("organizations", "DescribeOrganization")
def describe_organization(context: Context) -> dict[str, Any]:
    return {"Organization": _describe(organization_of(context.world))}


def _describe(organization: Organization) -> dict[str, Any]:
    management = organization.accounts[organization.management]
    # AvailablePolicyTypes is deprecated and says nothing of what is on (API_Organization.html): SCPs, in all features.
    types = [{"Type": "SERVICE_CONTROL_POLICY", "Status": "ENABLED"}] if organization.feature_set == "ALL" else []
    return {
        "Id": organization.id,
        "Arn": organization.arn("organization"),
        "FeatureSet": organization.feature_set,
        "MasterAccountArn": organization.arn("account", organization.management),
        "MasterAccountId": organization.management,
        "MasterAccountEmail": management.email,
        "AvailablePolicyTypes": types,
    }


@handles("organizations", "DeleteOrganization")
def delete_organization(context: Context) -> None:
    if len(organization_of(context.world).accounts) > 1:
        raise AwsError(
            "OrganizationNotEmptyException",
            "The organization isn't empty. To delete an organization, you must first remove all accounts except the "
            "management account.",
        )
    context.world.organization = None
    context.world.trusted.clear()


@handles("organizations", "ListRoots")
def list_roots(context: Context) -> dict[str, Any]:
    return page_of(context, "Roots", [describe_root(organization_of(context.world))])


def describe_root(organization: Organization) -> dict[str, Any]:
    return {
        "Id": organization.root.id,
        "Arn": organization.arn("root", organization.root.id),
        "Name": organization.root.name,
        "PolicyTypes": [{"Type": name, "Status": status} for name, status in organization.policy_types.items()],
    }


@handles("organizations", "LeaveOrganization")
def leave_organization(context: Context) -> None:
    _leave(context.world, context.account)


@handles("organizations", "RemoveAccountFromOrganization")
def remove_account_from_organization(context: Context) -> None:
    account_id = context.parameter("AccountId")
    if account_id not in organization_of(context.world).accounts:
        raise AwsError("AccountNotFoundException", "You specified an account that doesn't exist.")
    _leave(context.world, account_id)


def _leave(world: World, account_id: str) -> None:
    organization = organization_of(world)
    account = organization.accounts[account_id]
    if account_id == organization.management:
        raise AwsError(
            "MasterCannotLeaveOrganizationException",
            "You can't remove a management account from an organization. Delete the organization instead.",
        )
    if account_id in world.delegated:
        raise constraint(
            "You cannot remove a delegated administrator from the organization. Deregister it first.",
            "CANNOT_REMOVE_DELEGATED_ADMINISTRATOR_FROM_ORG",
        )
    if account.method == "CREATED" and world.now() - account.joined < _WAIT_SECONDS:
        raise constraint("You must wait until at least four days after the account was created.", "WAIT_PERIOD_ACTIVE")
    if not account.stands_alone:
        raise constraint(
            "The member account must be configured with a valid payment method, such as a credit card.",
            "MEMBER_ACCOUNT_PAYMENT_INSTRUMENT_REQUIRED",
        )
    depart(world, account_id)
