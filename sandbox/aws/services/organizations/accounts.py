"""Accounts: made in the background with a status, described, listed, moved, closed.

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
from sandbox.aws.services.iam import arrivals, service_linked_roles

from .access import SSO, constraint, given_tags, invalid, organization, page, require_all_features
from .passing import happens
from .store import Account, Creation, Organization, describe_account

_CLOSING_SECONDS = 60.0
_DAY = 86_400
_CLOSURE_DAYS, _POST_CLOSURE_DAYS = 30, 90
# API_CreateAccount.html: the email's pattern is checked after the request was taken, and fails it with INVALID_EMAIL.
_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@.]+")


@happens("car")
def creation_ends(world: World, found: Organization, creation_id: str, moment: float) -> None:
    creation = found.creations[creation_id]
    creation.completed, creation.failure = moment, _obstacle(world, found, creation)
    if creation.failure is not None:
        creation.state = "FAILED"
        return
    account = Account(world.new_account_id(), creation.name, creation.email, moment, role=creation.role)
    settle_in(world, account)
    found.tags[account.id] = dict(creation.tags)
    creation.state, creation.account = "SUCCEEDED", account.id


def _obstacle(world: World, found: Organization, creation: Creation) -> str | None:
    if not _EMAIL.fullmatch(creation.email):
        return "INVALID_EMAIL"
    if any(account.email.lower() == creation.email.lower() for account in found.accounts.values()):
        return "EMAIL_ALREADY_EXISTS"
    return "ACCOUNT_LIMIT_EXCEEDED" if len(found.accounts) >= world.quotas.accounts else None


@happens("account")
def closure_goes_on(world: World, found: Organization, account_id: str, moment: float) -> None:
    """PENDING_CLOSURE, then CLOSED, then gone."""
    account = found.accounts[account_id]
    if account.state == "PENDING_CLOSURE":
        account.state = "CLOSED"
        found.due[account_id] = moment + _POST_CLOSURE_DAYS * _DAY
    else:
        depart(world, account_id)


def depart(world: World, account_id: str) -> None:
    """Takes the account out of the organization, with all that it had as a member."""
    found = organization(world)
    world.delegated.pop(account_id, None)
    found.remove_account(account_id)
    service_linked_roles.clean_up(world, account_id)
    for forget in ON_DEPARTURE:
        forget(world, account_id)


def settle_in(world: World, account: Account) -> None:
    """Makes it a member, with the roles that it gets as one."""
    found = organization(world)
    found.add_account(account)
    if account.role and account.method == "CREATED":
        arrivals.put(world, account.id, arrivals.access_role(account.role, found.management))
    if SSO in world.trusted and world.role_in_every_account:
        service_linked_roles.create(world, account.id)


@handles("organizations", "CreateAccount")
def create_account(context: Context) -> dict[str, Any]:
    world, found = context.world, organization(context.world)
    role = context.parameter("RoleName") or "OrganizationAccountAccessRole"
    if role.startswith("AWSServiceRoleFor"):
        raise invalid("A role name can't begin with the reserved prefix AWSServiceRoleFor.", "INVALID_ROLE_NAME")
    most = world.quotas.account_creations
    if sum(id_.startswith("car-") for id_ in found.due) >= most:
        raise constraint(
            f"At most {most} accounts can be in progress of creation at a time.",
            "ACCOUNT_CREATION_RATE_LIMIT_EXCEEDED",
        )
    creation = Creation(
        id=f"car-{world.new_id(32)}",
        name=context.parameter("AccountName"),
        email=context.parameter("Email"),
        role=role,
        tags=given_tags(context),
        requested=world.now(),
    )
    found.creations[creation.id] = creation
    found.due[creation.id] = creation.requested + world.delays["create_account"]
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
    creation = organization(context.world).creations.get(context.parameter("CreateAccountRequestId"))
    if creation is None:
        raise AwsError(
            "CreateAccountStatusNotFoundException",
            "We can't find a create account request with the CreateAccountRequestId that you specified.",
        )
    return {"CreateAccountStatus": _status(creation)}


def account(context: Context, parameter: str = "AccountId") -> Account:
    """The account that a parameter names. Raises AccountNotFoundException."""
    found = organization(context.world).accounts.get(context.parameter(parameter))
    if found is None:
        raise AwsError("AccountNotFoundException", "You specified an account that doesn't exist.")
    return found


@handles("organizations", "DescribeAccount")
def describe(context: Context) -> dict[str, Any]:
    return {"Account": describe_account(organization(context.world), account(context))}


@handles("organizations", "ListAccounts")
def list_accounts(context: Context) -> dict[str, Any]:
    found = organization(context.world)
    return page(context, "Accounts", found.accounts_in_order, lambda each: describe_account(found, each))


@handles("organizations", "MoveAccount")
def move_account(context: Context) -> None:
    found, moved = organization(context.world), account(context)
    source, destination = context.parameter("SourceParentId"), context.parameter("DestinationParentId")
    if source not in found.units:
        raise AwsError(
            "SourceParentNotFoundException", "We can't find a source root or OU with the ParentId that you specified."
        )
    if destination not in found.units:
        raise AwsError(
            "DestinationParentNotFoundException",
            "We can't find the destination container (a root or OU) with the ParentId that you specified.",
        )
    if found.parents[moved.id] == destination:
        raise AwsError("DuplicateAccountException", "That account is already present in the specified destination.")
    if found.parents[moved.id] != source:
        # The error for an account that is elsewhere is not documented: assumed.
        raise AwsError("AccountNotFoundException", "The account isn't in the source parent that you specified.")
    found.place(moved.id, destination)


@handles("organizations", "CloseAccount")
def close_account(context: Context) -> None:
    world, found, closed = context.world, organization(context.world), account(context)
    require_all_features(world)
    if closed.id == found.management:
        raise constraint("You can't close the management account.", "CANNOT_CLOSE_MANAGEMENT_ACCOUNT")
    if closed.status == "SUSPENDED":
        raise AwsError("AccountAlreadyClosedException", "You attempted to close an account that is already closed.")
    if closed.state == "PENDING_CLOSURE":
        raise AwsError("ConflictException", "The account is being closed already.", status=409)
    now = world.now()
    found.closures = [moment for moment in found.closures if now - moment < _CLOSURE_DAYS * _DAY]
    if len(found.closures) >= world.quotas.closures(len(found.accounts) - 1):
        raise constraint(
            "You have exceeded the close account quota for the past 30 days.", "CLOSE_ACCOUNT_QUOTA_EXCEEDED"
        )
    found.closures.append(now)
    closed.state, found.due[closed.id] = "PENDING_CLOSURE", now + _CLOSING_SECONDS
