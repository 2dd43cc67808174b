"""Who can stop the Sentinel in this account: a note beside who can lock everybody out.

Stopping it locks nobody out, so these are no lock-out ways and decide no exit status. Pure. It recognizes the Sentinel
by its role's name; the names of the other resources follow (`domain/sentinel_arns.py`). Only what a principal may call
itself is looked at: who can give themselves more is in the report's escalations. Who can only keep it from being heard
(its topic, its queue, its alarms, its logs) isn't listed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pulumi_aws_identity_center.domain.sentinel import HOME_REGIONS
from pulumi_aws_identity_center.names import SENTINEL_NAME

from .account import Account, Principal
from .permissions import Permissions


@dataclass(frozen=True)
class StoppingActions:
    """Any of the actions, on all of the resources, keeps the Sentinel from turning trusted access on."""

    actions: tuple[str, ...]
    resources: tuple[str, ...]


_FUNCTION = f"arn:{{partition}}:lambda:{{region}}:{{account}}:function:{SENTINEL_NAME}"
_ROLE = f"arn:{{partition}}:iam::{{account}}:role/{SENTINEL_NAME}"
_RULE = f"arn:{{partition}}:events:{{region}}:{{account}}:rule/{SENTINEL_NAME}-"
_LEDGER = f"arn:{{partition}}:ssm:{{region}}:{{account}}:parameter/{SENTINEL_NAME}/*"

STOPPING_ACTIONS = (
    StoppingActions(
        (
            "lambda:DeleteFunction",
            "lambda:PutFunctionConcurrency",
            "lambda:RemovePermission",
            "lambda:UpdateFunctionCode",
            "lambda:UpdateFunctionConfiguration",
        ),
        (_FUNCTION,),
    ),
    StoppingActions(
        (
            "iam:AttachRolePolicy",
            "iam:DeleteRolePolicy",
            "iam:PutRolePermissionsBoundary",
            "iam:PutRolePolicy",
            "iam:UpdateAssumeRolePolicy",
        ),
        (_ROLE,),
    ),
    # The events and the schedule each start the function.
    StoppingActions(
        ("events:DeleteRule", "events:DisableRule", "events:PutRule", "events:RemoveTargets"),
        (f"{_RULE}events", f"{_RULE}schedule"),
    ),
    # Whoever writes it can use up the limit of enables an hour.
    StoppingActions(("ssm:PutParameter",), (_LEDGER,)),
)


def who_can_stop_sentinel(account: Account) -> list[dict[str, Any]] | None:
    """A row a principal, with the actions; None where the account has no Sentinel."""
    role = next((principal for principal in account.principals if _is_role(principal)), None)
    if role is None:
        return None
    rows = [_row(principal, account, role) for principal in account.principals if principal is not role]
    return [row for row in rows if row["actions"]]


def _is_role(principal: Principal) -> bool:
    return principal.is_role and principal.arn.endswith(f":role/{SENTINEL_NAME}")


def _row(principal: Principal, account: Account, role: Principal) -> dict[str, Any]:
    permissions = Permissions.of(principal, account)
    actions: list[str] = []
    for stopping in STOPPING_ACTIONS:
        arns = [_fill_in(resource, role) for resource in stopping.resources]
        actions += [action for action in stopping.actions if _may_on_all(permissions, action, arns)]
    return {"arn": principal.arn, "kind": principal.kind, "actions": sorted(actions)}


def _fill_in(resource: str, role: Principal) -> str:
    partition = role.arn.split(":")[1]
    region = HOME_REGIONS.get(partition, HOME_REGIONS["aws"])
    return resource.format(partition=partition, region=region, account=role.account)


def _may_on_all(permissions: Permissions, action: str, arns: list[str]) -> bool:
    return all(permissions.decide_on_shape(action, arn).can for arn in arns)
