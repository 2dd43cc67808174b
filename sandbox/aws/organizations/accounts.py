"""Accounts: made in the background with a status, described, listed, moved, closed.

Sources: API_CreateAccount.html, API_CloseAccount.html, orgs_reference_limits.html. How long creating and closing
takes is assumed (AWS: minutes); the world's clock decides, so a test can move on to the end.
"""

from __future__ import annotations

import re
from typing import Any

from sandbox.aws import arrivals, service_linked_roles
from sandbox.aws.errors import AwsError
from sandbox.aws.organizations.access import SSO, constraint, invalid, organization, page
from sandbox.aws.organizations.store import Account, Creation, Organization, describe_account
from sandbox.aws.registry import Context, guards, handles
from sandbox.aws.world import World

_CLOSING_SECONDS = 60.0
_THIRTY_DAYS = 30 * 86_400
# API_CreateAccount.html: the email's pattern is checked after the request was taken, and fails it with INVALID_EMAIL.
_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@.]+")
_IN_PROGRESS_LIMIT = 5


@guards("organizations", "*")
def time_has_passed(context: Context) -> None:
    """Ends what the clock has brought to its end, before the operation sees it."""
    found = context.world.organization
    if found is None:
        return
    now = context.world.now()
    for creation in [each for each in found.creations.values() if each.state == "IN_PROGRESS" and each.due <= now]:
        _complete(context.world, found, creation)
    for account in found.accounts.values():
        if account.state == "PENDING_CLOSURE" and account.closing_until <= now:
            account.state = "SUSPENDED"


def _complete(world: World, found: Organization, creation: Creation) -> None:
    creation.completed = creation.due
    if not _EMAIL.fullmatch(creation.email):
        creation.state, creation.failure = "FAILED", "INVALID_EMAIL"
    elif any(account.email.lower() == creation.email.lower() for account in found.accounts.values()):
        creation.state, creation.failure = "FAILED", "EMAIL_ALREADY_EXISTS"
    elif len(found.accounts) >= world.account_quota:
        creation.state, creation.failure = "FAILED", "ACCOUNT_LIMIT_EXCEEDED"
    else:
        account = Account(world.new_account_id(), creation.name, creation.email, creation.due, role=creation.role)
        settle_in(world, account)
        found.tags[account.id] = dict(creation.tags)
        creation.state, creation.account = "SUCCEEDED", account.id


def settle_in(world: World, account: Account) -> None:
    """Makes it a member, with the roles that it gets as one."""
    found = organization(world)
    found.add_account(account)
    if account.role and account.method == "CREATED":
        arrivals.put(world, account.id, arrivals.access_role(account.role, found.management))
    if SSO in world.trusted:
        service_linked_roles.create(world, account.id)


@handles("organizations", "CreateAccount")
def create_account(context: Context) -> dict[str, Any]:
    world, found = context.world, organization(context.world)
    role = context.parameter("RoleName") or "OrganizationAccountAccessRole"
    if role.startswith("AWSServiceRoleFor"):
        raise invalid("A role name can't begin with the reserved prefix AWSServiceRoleFor.", "INVALID_ROLE_NAME")
    if sum(each.state == "IN_PROGRESS" for each in found.creations.values()) >= _IN_PROGRESS_LIMIT:
        raise constraint(
            f"At most {_IN_PROGRESS_LIMIT} accounts can be in progress of creation at a time.",
            "ACCOUNT_CREATION_RATE_LIMIT_EXCEEDED",
        )
    creation = Creation(
        id=f"car-{world.new_id(32)}",
        name=context.parameter("AccountName"),
        email=context.parameter("Email"),
        role=role,
        tags={tag["Key"]: tag["Value"] for tag in context.parameter("Tags") or []},
        requested=world.now(),
        due=world.now() + world.delays["create_account"],
    )
    found.creations[creation.id] = creation
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


@handles("organizations", "ListCreateAccountStatus")
def list_create_account_status(context: Context) -> dict[str, Any]:
    states = context.parameter("States") or ["IN_PROGRESS", "SUCCEEDED", "FAILED"]
    rows = [_status(each) for each in organization(context.world).creations.values() if each.state in states]
    return page(context, "CreateAccountStatuses", rows)


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
    result = page(context, "Accounts", list(found.accounts.values()))
    return {**result, "Accounts": [describe_account(found, each) for each in result["Accounts"]]}


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
    if closed.id == found.management:
        raise constraint("You can't close the management account.", "CANNOT_CLOSE_MANAGEMENT_ACCOUNT")
    if closed.state == "SUSPENDED":
        raise AwsError("AccountAlreadyClosedException", "You attempted to close an account that is already closed.")
    if closed.state == "PENDING_CLOSURE":
        raise AwsError("ConflictException", "The account is being closed already.", status=409)
    now = world.now()
    found.closures = [moment for moment in found.closures if now - moment < _THIRTY_DAYS]
    # orgs_manage_accounts_close.html: ten, or 10% of the accounts up to 1,000, in 30 days.
    if len(found.closures) >= min(1_000, max(10, len(found.accounts) // 10)):
        raise constraint(
            "You have exceeded the close account quota for the past 30 days.", "CLOSE_ACCOUNT_QUOTA_EXCEEDED"
        )
    found.closures.append(now)
    closed.state, closed.closing_until = "PENDING_CLOSURE", now + _CLOSING_SECONDS
