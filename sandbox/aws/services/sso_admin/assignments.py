"""Account assignments. Asynchronous: a request is IN_PROGRESS, then SUCCEEDED or FAILED.

Sources: API_CreateAccountAssignment (it provisions the set), API_DeleteAccountAssignment,
API_ListAccountAssignmentsForPrincipal; limits.html (15 outstanding). How long it takes, and the wording of failures
that no page gives, are assumed.
"""

from __future__ import annotations

from typing import Any

from sandbox.aws.core.errors import AwsError
from sandbox.aws.core.pages import page
from sandbox.aws.core.registry import Context
from sandbox.aws.core.rows import Merged
from sandbox.aws.core.world import World
from sandbox.aws.services.identity_center import work
from sandbox.aws.services.identity_center.instance import Assignment, Instance, Kind, Request

from . import provisioning, roles
from .access import administered, in_reach, operation, permission_set, refuse_management_account
from .requests import known_request, list_requests

_MEMBERS = ("TargetId", "TargetType", "PermissionSetArn", "PrincipalType", "PrincipalId")
_PRINCIPALS = {"USER": "users", "GROUP": "groups"}


def _known_principal(instance: Instance, kind: str, principal: str) -> None:
    if principal not in getattr(instance.store, _PRINCIPALS[kind]).rows:
        raise AwsError("ResourceNotFoundException", f"{kind} with id {principal} was not found in the identity store.")


def require_account_in_reach(context: Context, instance: Instance, account: str) -> None:
    """An organization's instance reaches its accounts, an account instance its own."""
    if not in_reach(context.world, instance, account):
        raise AwsError("ResourceNotFoundException", f"Account {account} is not in reach of the instance.")


def _start(context: Context, kind: Kind) -> dict[str, Any]:
    instance = administered(context)
    permission_set(context, instance, change=True)
    about = {name: context.parameter(name) for name in _MEMBERS}
    refuse_management_account(context, instance, about["TargetId"])
    require_account_in_reach(context, instance, about["TargetId"])
    if kind == "create":
        _known_principal(instance, about["PrincipalType"], about["PrincipalId"])
    return work.start(context.world, instance, kind, about).describe()


@operation(
    "CreateAccountAssignment",
    basis="documented",
    note="API_CreateAccountAssignment; limits.html; delegated-admin.html. One that exists succeeds again (assumed)",
)
def create_account_assignment(context: Context) -> dict[str, Any]:
    return {"AccountAssignmentCreationStatus": _start(context, "create")}


@operation(
    "DeleteAccountAssignment",
    basis="documented",
    note="API_DeleteAccountAssignment. With the last assignment in an account the role goes: "
    "github.com/hashicorp/terraform-provider-aws/issues/33337; one that isn't there fails later, "
    "and one in a closed account as an assignment there does (assumed)",
)
def delete_account_assignment(context: Context) -> dict[str, Any]:
    return {"AccountAssignmentDeletionStatus": _start(context, "delete")}


def _key(about: dict[str, Any]) -> tuple[str, str, str, str]:
    return about["TargetId"], about["PermissionSetArn"], about["PrincipalType"], about["PrincipalId"]


@work.works_on("create")
def create(world: World, instance: Instance, request: Request) -> str | None:
    account, arn, kind, principal = key = _key(request.about)
    if arn not in instance.permission_sets:
        return "Received a 404 status error: Permission set not found."
    if key in instance.assignments:
        return None
    if (arn, account) not in instance.provisions:
        failure = provisioning.provision(world, instance, instance.permission_sets[arn], account)
        if failure is not None:
            return failure
    number = world.identity_center.next_number()
    instance.add_assignment(Assignment(number, account, arn, kind, principal))
    return None


@work.works_on("delete")
def delete(world: World, instance: Instance, request: Request) -> str | None:
    account, arn, _, _ = key = _key(request.about)
    row = instance.assignments.get(key)
    if row is None:
        return "Received a 404 status error: Assignment not found."
    _, _, kind, principal = key
    if kind == "USER" and principal not in instance.store.users.rows:
        # Reports of tools that sync users by SCIM; of groups none is known.
        return "Received a 404 status error: User not found."
    if roles.is_closed(world, account):
        return provisioning.out_of_reach(account)
    instance.drop_assignment(row)
    if not len(instance.by_set_and_account.of((arn, account))):
        provisioning.deprovision(world, instance, arn, account)
    return None


# --- status ---


@operation("DescribeAccountAssignmentCreationStatus")
def describe_creation_status(context: Context) -> dict[str, Any]:
    request_id = context.parameter("AccountAssignmentCreationRequestId")
    return {"AccountAssignmentCreationStatus": known_request(administered(context), "create", request_id).describe()}


@operation("DescribeAccountAssignmentDeletionStatus")
def describe_deletion_status(context: Context) -> dict[str, Any]:
    request_id = context.parameter("AccountAssignmentDeletionRequestId")
    return {"AccountAssignmentDeletionStatus": known_request(administered(context), "delete", request_id).describe()}


@operation("ListAccountAssignmentCreationStatus", basis="assumed", note="that statuses are kept for good")
def list_creation_status(context: Context) -> dict[str, Any]:
    return list_requests(context, "AccountAssignmentsCreationStatus", "create")


@operation("ListAccountAssignmentDeletionStatus", basis="assumed", note="that statuses are kept for good")
def list_deletion_status(context: Context) -> dict[str, Any]:
    return list_requests(context, "AccountAssignmentsDeletionStatus", "delete")


# --- lists ---


@operation("ListAccountAssignments")
def list_account_assignments(context: Context) -> dict[str, Any]:
    instance, account = administered(context), context.parameter("AccountId")
    row = permission_set(context, instance)
    require_account_in_reach(context, instance, account)
    rows = instance.by_set_and_account.of((row.arn, account))
    return page(context, "AccountAssignments", rows, Assignment.describe)


def assignees(context: Context, instance: Instance, kind: str, principal: str) -> list[tuple[str, str]]:
    """The principal, and (`principal_lists_follow_groups`) its groups: their assignments count as the principal's."""
    groups = instance.store.by_user.of(principal) if context.world.principal_lists_follow_groups else ()
    return [(kind, principal), *(("GROUP", row.group) for row in groups)]


@operation(
    "ListAccountAssignmentsForPrincipal",
    basis="documented",
    note="API_ListAccountAssignmentsForPrincipal: not for account instances. The delegated administrator may (assumed)",
)
def list_account_assignments_for_principal(context: Context) -> dict[str, Any]:
    instance = administered(context)
    if instance.owner != context.world.management:
        raise AwsError("ValidationException", "This operation is not valid for account instances.")
    kind, principal = context.parameter("PrincipalType"), context.parameter("PrincipalId")
    _known_principal(instance, kind, principal)
    account = (context.parameter("Filter") or {}).get("AccountId")
    principals = assignees(context, instance, kind, principal)
    if account:
        rows = [instance.by_principal_and_account.of((*assignee, account)) for assignee in principals]
    else:
        rows = [instance.by_principal.of(assignee) for assignee in principals]
    return page(context, "AccountAssignments", Merged(*rows), Assignment.describe)
