"""Who can lock everybody out, and who can give themselves that permission. Pure, over an `Account`.

A condition that a caller can meet (MFA, address, hour) is listed with the principal. A condition on any other unknown
value makes the principal undetermined, and so every principal that could become it. `finding.py` and `permissions.py`
evaluate one principal, `escalation/` the ways from one principal to another.
"""

from __future__ import annotations

from typing import Any

from pulumi_aws_identity_center.iam import LOCK_OUT_ACTIONS, LOCK_OUT_BY_KEY

from .account import Account, Principal
from .escalation.escalations import ACTIONS, find_escalations
from .escalation.identity_center import IDENTITY_CENTER_ACTIONS, take_identity_center_ways
from .finding import Finding
from .permissions import Power
from .who_can_stop_sentinel import STOPPING_ACTIONS, who_can_stop_sentinel

ESCALATION_ACTIONS = (*ACTIONS, *IDENTITY_CENTER_ACTIONS)
_STOPPING = tuple(action for actions in STOPPING_ACTIONS.values() for action in actions)
RELEVANT_ACTIONS = tuple(
    action.lower() for action in dict.fromkeys((*LOCK_OUT_ACTIONS, *LOCK_OUT_BY_KEY, *ESCALATION_ACTIONS, *_STOPPING))
)

Report = dict[str, list[dict[str, Any]]]


def who_can_disable(account: Account) -> Report:
    """The report, as DESIGN.md has it: principals and undetermined; where there is a Sentinel, also who can stop it."""
    findings = [Finding(principal, Power.of(principal, account)) for principal in account.principals]
    for finding in findings:
        finding.look(account.instance_key)
    take_identity_center_ways(findings)
    find_escalations(findings, account)
    if take_identity_center_ways(findings):
        # Permission sets' roles that became capable by IAM make others capable, and these again others.
        find_escalations(findings, account)
    missing = (account.incomplete, account.lacks)
    whole = [unreadable(why, "the rest of the account") for why in missing if why]
    report = {
        "principals": [_row(finding) for finding in findings if finding.capable],
        "undetermined": [*whole, *(doubt for finding in findings for doubt in _doubts(finding))],
    }
    stoppers = who_can_stop_sentinel(account)
    return report if stoppers is None else {**report, "sentinel": stoppers}


def unreadable(why: str, what: str = "who can") -> dict[str, Any]:
    """A row of `undetermined` that is about everybody."""
    return {"arn": "*", "kind": "account", "what": what, "detail": why}


def _row(finding: Finding) -> dict[str, Any]:
    me = finding.principal
    row = {
        "arn": me.arn,
        "kind": me.kind,
        "actions": finding.actions,
        "escalation": sorted(finding.escalation, key=ESCALATION_ACTIONS.index),
        "through": list(dict.fromkeys(held.name for held in finding.through)),
        "conditions": finding.conditions,
    }
    groups = list(dict.fromkeys(held.group for held in finding.through if held.group))
    name = permission_set(me)
    return {**row, **({"groups": groups} if groups else {}), **({"permission_set": name} if name else {})}


def permission_set(principal: Principal) -> str | None:
    """AWSReservedSSO_NAME_0123456789abcdef → NAME (singlesignon/latest/userguide/referencingpermissionsets.html)."""
    if principal.kind != "role" or not principal.name.startswith("AWSReservedSSO_"):
        return None
    return principal.name.removeprefix("AWSReservedSSO_").rpartition("_")[0] or None


def _doubts(finding: Finding) -> list[dict[str, Any]]:
    me = finding.principal
    doubts = dict(finding.doubts)
    if me.problems and not doubts:
        doubts["its policies"] = "; ".join(dict.fromkeys(me.problems))
    return [{"arn": me.arn, "kind": me.kind, "what": what, "detail": why} for what, why in doubts.items()]
