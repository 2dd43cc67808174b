"""Who can stop the Sentinel in this account: a note beside who can lock everybody out.

Pure. Stopping the Sentinel locks nobody out, so this doesn't change the exit status. It finds the Sentinel by its
role's name; the other names follow from it (`domain/sentinel_arns.py`). It judges only calls that a principal may make
itself: escalations are in the report's own list. It doesn't list who can only silence the Sentinel (topic, queue,
alarms, logs).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi_aws_identity_center.domain.sentinel import HOME_REGIONS
from pulumi_aws_identity_center.names import SENTINEL_NAME

from .account import Account, Principal
from .permissions import Permissions

_FUNCTION = f"arn:{{partition}}:lambda:{{region}}:{{account}}:function:{SENTINEL_NAME}"
_ROLE = f"arn:{{partition}}:iam::{{account}}:role/{SENTINEL_NAME}"
_RULE = f"arn:{{partition}}:events:{{region}}:{{account}}:rule/{SENTINEL_NAME}-"
_LEDGER = f"arn:{{partition}}:ssm:{{region}}:{{account}}:parameter/{SENTINEL_NAME}/*"

_ON_FUNCTION = (
    *("lambda:DeleteFunction", "lambda:PutFunctionConcurrency", "lambda:RemovePermission"),
    *("lambda:UpdateFunctionCode", "lambda:UpdateFunctionConfiguration"),
)
_ON_ROLE = (
    *("iam:AttachRolePolicy", "iam:DeleteRolePolicy", "iam:PutRolePermissionsBoundary"),
    *("iam:PutRolePolicy", "iam:UpdateAssumeRolePolicy"),
)
_ON_RULES = ("events:DeleteRule", "events:DisableRule", "events:PutRule", "events:RemoveTargets")

STOPPING_ACTIONS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(_ON_FUNCTION, (_FUNCTION,)),
    **dict.fromkeys(_ON_ROLE, (_ROLE,)),
    # The events and the schedule each start the function.
    **dict.fromkeys(_ON_RULES, (f"{_RULE}events", f"{_RULE}schedule")),
    # Whoever writes it can use up the limit of enables an hour. A label (ssm:LabelParameterVersion) can't: it makes SSM
    # refuse the next version, and a run without a ledger turns trusted access on all the same.
    "ssm:PutParameter": (_LEDGER,),
}
"""For each action, the resources. Whoever may call it on all of them can keep the Sentinel from turning trusted access
on."""


def who_can_stop_sentinel(account: Account) -> list[dict[str, Any]] | None:
    """A row a principal, with the actions; None where the account has no Sentinel."""
    role = next(filter(_is_role, account.principals), None)
    if role is None:
        return None
    arns_by_action = {action: _fill_in(resources, role) for action, resources in STOPPING_ACTIONS.items()}
    rows: list[dict[str, Any]] = []
    for principal in account.principals:
        actions = _allowed_on_all(Permissions.of(principal, account), arns_by_action)
        if actions and principal is not role:
            rows.append({"arn": principal.arn, "kind": principal.kind, "actions": sorted(actions)})
    return rows


def _is_role(principal: Principal) -> bool:
    return principal.is_role and principal.arn.endswith(f":role/{SENTINEL_NAME}")


def _fill_in(resources: tuple[str, ...], role: Principal) -> list[str]:
    partition = role.arn.split(":")[1]
    region = HOME_REGIONS.get(partition, HOME_REGIONS["aws"])
    return [resource.format(partition=partition, region=region, account=role.account) for resource in resources]


def _allowed_on_all(permissions: Permissions, arns_by_action: Mapping[str, list[str]]) -> list[str]:
    def may_call(action: str) -> bool:
        return all(permissions.decide_on_shape(action, arn).can for arn in arns_by_action[action])

    return list(filter(may_call, arns_by_action))
