"""Accounts: created in the background with a status, described, listed, moved, closed.

Sources: API_CreateAccount.html, API_CloseAccount.html (250 or 20% of the members, up to 1,000, in 30 days; gone after
90), orgs_reference_limits.html. How long creating and closing takes is assumed (AWS: minutes); the world's clock
decides, so a test can move on to the end. That closed accounts are CLOSED in State and SUSPENDED in Status is assumed.
"""

from __future__ import annotations

import re
from typing import Any

from sandbox.aws.core.errors import AwsError
from sandbox.aws.core.registry import ON_DEPARTURE, Context, handles
from sandbox.aws.core.world import World
from sandbox.aws.services.iam import aws_created_roles, service_linked_roles

from .access import SSO, constraint, invalid, organization_of, page, require_all_features, tags_after
from .due_changes import when_due
from .store import Account, Creation, Organization, describe_account

_CLOSING_SECONDS = 60.0
_DAY = 86_400
_CLOSURE_DAYS, _POST_CLOSURE_DAYS = 30, 90
# API_CreateAccount.html: the email's pattern is checked after the request was taken, and fails it with INVALID_EMAIL.
_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@.]+")


@when_due("car")
def end_creation(world: World, organization: Organization, creation_id: str, moment: float) -> None:
    creation = organization.creations[creation_id]
    creation.completed, creation.failure = moment, _obstacle(world, organization, creation)
    if creation.failure is not None:
        creation.state = "FAILED"
        return
    account = Account(world.new_account_id(), creation.name, creation.email, moment, role=creation.role)
    settle_in(world, account)
    organization.tags[account.id] = dict(creation.tags)
    creation.state, creation.account = "SUCCEEDED", account.id


def _obstacle(world: World, organization: Organization, creation: Creation) -> str | None:
    if not _EMAIL.fullmatch(creation.email):
        return "INVALID_EMAIL"
    if any(account.email.lower() == creation.email.lower() for account in organization.accounts.values()):
        return "EMAIL_ALREADY_EXISTS"
    return "ACCOUNT_LIMIT_EXCEEDED" if len(organization.accounts) >= world.quotas.accounts else None


@when_due("account")
def continue_closure(world: World, organization: Organization, account_id: str, moment: float) -> None:
    """PENDING_CLOSURE, then CLOSED, then gone."""
    account = organization.accounts[account_id]
    if account.state == "PENDING_CLOSURE":
        account.state = "CLOSED"
        organization.due[account_id] = moment + _POST_CLOSURE_DAYS * _DAY
    else:
        depart(world, account_id)


def depart(world: World, account_id: str) -> None:
    """Takes the account out of the organization, with all that it had as a member."""
    organization = organization_of(world)
    world.delegated.pop(account_id, None)
    organization.remove_account(account_id)
    service_linked_roles.clean_up(world, account_id)
    for forget in ON_DEPARTURE:
        forget(world, account_id)


def settle_in(world: World, account: Account) -> None:
    """Makes it a member, with the roles that it gets as one."""
    organization = organization_of(world)
    organization.add_account(account)
    if account.role and account.method == "CREATED":
        aws_created_roles.create(
            world, account.id, aws_created_roles.access_role(account.role, organization.management)
        )
    if SSO in world.trusted and world.role_in_every_account:
        service_linked_roles.create(world, account.id)


@handles("organizations", "CreateAccount")
def create_account(context: Context) -> dict[str, Any]:
    world, organization = context.world, organization_of(context.world)
    role = context.parameter("RoleName") or "OrganizationAccountAccessRole"
    if role.startswith("AWSServiceRoleFor"):
        raise invalid("A role name can't begin with the reserved prefix AWSServiceRoleFor.", "INVALID_ROLE_NAME")
    most = world.quotas.account_creations
    if sum(id_.startswith("car-") for id_ in organization.due) >= most:
        raise constraint(
            f"At most {most} accounts can be in progress of creation at a time.",
            "ACCOUNT_CREATION_RATE_LIMIT_EXCEEDED",
        )
    creation = Creation(
        id=f"car-{world.new_id(32)}",
        name=context.parameter("AccountName"),
        email=context.parameter("Email"),
        role=role,
        tags=tags_after(context),
        requested=world.now(),
    )
    organization.creations[creation.id] = creation
    organization.due[creation.id] = creation.requested + world.delays["create_account"]
    return {"CreateAccountStatus": _status(creation)}


def _status(creation: Creation) -> dict[str, Any]:
    status = {
        "Id": creation.id,
        "AccountName": creation.name,
        "State": creation.state,
        "RequestedTimestamp": creation.requested,
        "CompletedTimestamp": creation.completed,
        "AccountId": creation.account,
        "FailureReason": creation.failure,
    }
    return {name: value for name, value in status.items() if value is not None}


@handles("organizations", "DescribeCreateAccountStatus")
def describe_create_account_status(context: Context) -> dict[str, Any]:
    creation = organization_of(context.world).creations.get(context.parameter("CreateAccountRequestId"))
    if creation is None:
        raise AwsError(
            "CreateAccountStatusNotFoundException",
            "We can't find a create account request with the CreateAccountRequestId that you specified.",
        )
    return {"CreateAccountStatus": _status(creation)}


def account(context: Context, parameter: str = "AccountId") -> Account:
    """The account that a parameter names. Raises AccountNotFoundException."""
    member = organization_of(context.world).accounts.get(context.parameter(parameter))
    if member is None:
        raise AwsError("AccountNotFoundException", "You specified an account that doesn't exist.")
    return member


@handles("organizations", "DescribeAccount")
def describe(context: Context) -> dict[str, Any]:
    return {"Account": describe_account(organization_of(context.world), account(context))}


@handles("organizations", "ListAccounts")
def list_accounts(context: Context) -> dict[str, Any]:
    organization = organization_of(context.world)
    return page(
        context, "Accounts", organization.accounts_in_order, lambda member: describe_account(organization, member)
    )


@handles("organizations", "MoveAccount")
def move_account(context: Context) -> None:
    organization, moved = organization_of(context.world), account(context)
    source, destination = context.parameter("SourceParentId"), context.parameter("DestinationParentId")
    if source not in organization.units:
        raise AwsError(
            "SourceParentNotFoundException", "We can't find a source root or OU with the ParentId that you specified."
        )
    if destination not in organization.units:
        raise AwsError(
            "DestinationParentNotFoundException",
            "We can't find the destination container (a root or OU) with the ParentId that you specified.",
        )
    if organization.parents[moved.id] == destination:
        raise AwsError("DuplicateAccountException", "That account is already present in the specified destination.")
    if organization.parents[moved.id] != source:
        # The error for an account that is elsewhere is not documented: assumed.
        raise AwsError("AccountNotFoundException", "The account isn't in the source parent that you specified.")
    organization.place(moved.id, destination)


@handles("organizations", "CloseAccount")
def close_account(context: Context) -> None:
    world, organization, closed = context.world, organization_of(context.world), account(context)
    require_all_features(world)
    if closed.id == organization.management:
        raise constraint("You can't close the management account.", "CANNOT_CLOSE_MANAGEMENT_ACCOUNT")
    if closed.status == "SUSPENDED":
        raise AwsError("AccountAlreadyClosedException", "You attempted to close an account that is already closed.")
    if closed.state == "PENDING_CLOSURE":
        raise AwsError("ConflictException", "The account is being closed already.", status=409)
    now = world.now()
    organization.closures = [moment for moment in organization.closures if now - moment < _CLOSURE_DAYS * _DAY]
    if len(organization.closures) >= world.quotas.closures(len(organization.accounts) - 1):
        raise constraint(
            "You have exceeded the close account quota for the past 30 days.", "CLOSE_ACCOUNT_QUOTA_EXCEEDED"
        )
    organization.closures.append(now)
    closed.state, organization.due[closed.id] = "PENDING_CLOSURE", now + _CLOSING_SECONDS
