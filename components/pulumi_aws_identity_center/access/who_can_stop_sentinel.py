"""Who can stop the Sentinel in this account: a note beside who can lock everybody out.

Stopping it locks nobody out, so these are no lock-out ways and decide no exit status. Pure. It recognizes the Sentinel
by its role's name; the names of the other resources follow (`domain/sentinel_arns.py`). Only what a principal may call
itself is looked at: who can give themselves more is in the report's find_escalations.
"""

from __future__ import annotations

from typing import Any

from pulumi_aws_identity_center.domain.sentinel import HOME_REGIONS
from pulumi_aws_identity_center.names import SENTINEL_NAME

from .account import Account, Principal
from .permissions import Permissions

# Each of these alone keeps it from turning trusted access on: resource kind → actions.
STOPPING_ACTIONS = {
    "function": (
        "lambda:DeleteFunction",
        "lambda:PutFunctionConcurrency",
        "lambda:UpdateFunctionCode",
        "lambda:UpdateFunctionConfiguration",
    ),
    "role": (
        "iam:AttachRolePolicy",
        "iam:DeleteRolePolicy",
        "iam:PutRolePermissionsBoundary",
        "iam:PutRolePolicy",
        "iam:UpdateAssumeRolePolicy",
    ),
}


def who_can_stop_sentinel(account: Account) -> list[dict[str, Any]] | None:
    """A row a principal, with the actions; None where the account has no Sentinel."""
    role = next((principal for principal in account.principals if _is_role(principal)), None)
    if role is None:
        return None
    rows = [_row(principal, account, _arns(role.arn)) for principal in account.principals if principal is not role]
    return [row for row in rows if row["actions"]]


def _is_role(principal: Principal) -> bool:
    return principal.kind == "role" and principal.arn.endswith(f":role/{SENTINEL_NAME}")


def _arns(role: str) -> dict[str, str]:
    _, partition, _, _, account, _ = role.split(":", 5)
    region = HOME_REGIONS.get(partition, HOME_REGIONS["aws"])
    return {"role": role, "function": f"arn:{partition}:lambda:{region}:{account}:function:{SENTINEL_NAME}"}


def _row(principal: Principal, account: Account, arns: dict[str, str]) -> dict[str, Any]:
    permissions = Permissions.of(principal, account)
    actions = [
        action
        for kind, candidates in STOPPING_ACTIONS.items()
        for action in candidates
        if permissions.decide_on_shape(action, arns[kind]).can
    ]
    return {"arn": principal.arn, "kind": principal.kind, "actions": sorted(actions)}
