"""Who can lock everybody out, and who can give themselves that: pure, over what authorization_details read.

A condition on circumstances that a caller brings about (MFA, address, hour) is listed with the principal; one on
anything else that isn't known makes the principal undetermined, and so whoever could become that principal.
`finding.py` asks about one principal, `escalation.py` about ways around.
"""

from __future__ import annotations

from typing import Any

from ..constants import LOCK_OUT_ACTIONS
from .authorization_details import Account, Principal
from .escalation import ACTIONS, by_itself, by_others
from .finding import Finding, lock_outs, service_linked

RELEVANT_ACTIONS = tuple(action.lower() for action in (*LOCK_OUT_ACTIONS, *ACTIONS))


def who_can_disable(account: Account) -> dict[str, list[dict[str, Any]]]:
    """The report, as DESIGN.md has it: principals and undetermined."""
    findings = [Finding(principal) for principal in account.principals]
    for finding in findings:
        lock_outs(finding, account)
        if not service_linked(finding.principal):
            by_itself(finding, account)
    by_others(findings, account)
    return {
        "principals": [_row(finding) for finding in findings if finding.capable],
        "undetermined": [doubt for finding in findings for doubt in _doubts(finding)],
    }


def _row(finding: Finding) -> dict[str, Any]:
    me = finding.principal
    row = {
        "arn": me.arn,
        "kind": me.kind,
        "actions": finding.actions,
        "escalation": finding.escalation,
        "through": finding.through,
        "conditions": finding.conditions,
    }
    name = permission_set(me)
    return {**row, "permission_set": name} if name else row


def permission_set(principal: Principal) -> str | None:
    """AWSReservedSSO_NAME_0123456789abcdef → NAME (singlesignon/latest/userguide/using-service-linked-roles.html)."""
    if not principal.name.startswith("AWSReservedSSO_"):
        return None
    return principal.name.removeprefix("AWSReservedSSO_").rpartition("_")[0] or None


def _doubts(finding: Finding) -> list[dict[str, Any]]:
    me = finding.principal
    doubts = dict(finding.doubts)
    if me.problems and not doubts:
        doubts["its policies"] = "; ".join(dict.fromkeys(me.problems))
    return [{"arn": me.arn, "kind": me.kind, "what": what, "detail": why} for what, why in doubts.items()]
