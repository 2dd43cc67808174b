"""Account assignments in sso-admin's API: one is sent, and AWS works on it until its status says how it ended.

AWS's lists of statuses tell the request ids only (API_ListAccountAssignmentCreationStatus.html); the reason of a
failure takes a Describe.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Literal, NamedTuple

from .provider_client import ProviderClient

Action = Literal["create", "delete"]
Status = Literal["IN_PROGRESS", "FAILED", "SUCCEEDED"]
PrincipalType = str


class Grant(NamedTuple):
    """Who has which permission set in which account."""

    account: str
    permission_set: str
    principal_type: PrincipalType
    principal_id: str


class Order(NamedTuple):
    """One assignment to make or delete."""

    action: Action
    instance: str
    grant: Grant


class _Operations(NamedTuple):
    """Names of one action's operations and of their parameters."""

    send: str
    answer: str
    list: str
    rows: str
    describe: str
    request: str


OPERATIONS: Mapping[Action, _Operations] = {
    "create": _Operations(
        "create_account_assignment",
        "AccountAssignmentCreationStatus",
        "list_account_assignment_creation_status",
        "AccountAssignmentsCreationStatus",
        "describe_account_assignment_creation_status",
        "AccountAssignmentCreationRequestId",
    ),
    "delete": _Operations(
        "delete_account_assignment",
        "AccountAssignmentDeletionStatus",
        "list_account_assignment_deletion_status",
        "AccountAssignmentsDeletionStatus",
        "describe_account_assignment_deletion_status",
        "AccountAssignmentDeletionRequestId",
    ),
}


def send_order(client: ProviderClient, order: Order) -> str:
    """The id of AWS's request. Raises CallFailed, and sends nothing twice."""
    operations, grant = OPERATIONS[order.action], order.grant
    answer = client.call_once(
        "sso-admin",
        operations.send,
        InstanceArn=order.instance,
        TargetId=grant.account,
        TargetType="AWS_ACCOUNT",
        PermissionSetArn=grant.permission_set,
        PrincipalType=grant.principal_type,
        PrincipalId=grant.principal_id,
    )
    request: str = answer[operations.answer]["RequestId"]
    return request


def list_requests(client: ProviderClient, action: Action, instances: Iterable[str], status: Status) -> set[str]:
    """The ids of the requests that have the status. Raises CallFailed."""
    operations = OPERATIONS[action]
    requests: set[str] = set()
    for instance in instances:
        rows = client.rows(
            "sso-admin",
            operations.list,
            operations.rows,
            InstanceArn=instance,
            Filter={"Status": status},
            MaxResults=100,
        )
        requests.update(row["RequestId"] for row in rows)
    return requests


# The assignment or its principal is gone already (terraform-provider-aws's reports). One policy that AWS can't find is
# no such reason.
_IS_GONE = re.compile(r"\b404 status error\b(?!.*\bpolicy\b)", re.IGNORECASE | re.DOTALL)


def read_failure(client: ProviderClient, order: Order, request: str) -> str | None:
    """Why a failed request failed; None if what it was to delete is gone. Raises CallFailed."""
    operations = OPERATIONS[order.action]
    parameters: dict[str, Any] = {"InstanceArn": order.instance, operations.request: request}
    status = client.call("sso-admin", operations.describe, **parameters)[operations.answer]
    reason: str = status.get("FailureReason") or "AWS gives no reason"
    if order.action == "delete" and _IS_GONE.search(reason):
        return None
    return reason
