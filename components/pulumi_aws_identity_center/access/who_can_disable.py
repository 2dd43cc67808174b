"""Who can lock everybody out, and who can give themselves that permission. Pure, over an `Account`.

A condition that a caller can meet (MFA, address, hour) is listed with the principal. A condition on any other unknown
value makes the principal undetermined, and so every principal that could become it. `finding.py` and `permissions.py`
evaluate one principal, `escalation/` the ways from one principal to another.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi_aws_identity_center.iam import LOCK_OUT_ACTIONS, LOCK_OUT_BY_KEY

from .account import Account, Principal
from .escalation.edges import ACTIONS
from .escalation.escalations import find_escalations
from .finding import Finding, capable
from .path_rows import groups_of, names_of, path_rows, without_empty
from .permissions import Permissions
from .who_can_stop_sentinel import STOPPING_ACTIONS, who_can_stop_sentinel

_ACTIONS = (*LOCK_OUT_ACTIONS, *LOCK_OUT_BY_KEY, *ACTIONS, *STOPPING_ACTIONS)
RELEVANT_ACTIONS = tuple(dict.fromkeys(map(str.lower, _ACTIONS)))

Row = dict[str, Any]
Report = dict[str, list[Row]]


def who_can_disable(account: Account) -> Report:
    """The report, as DESIGN.md has it: principals and undetermined; where there is a Sentinel, also who can stop it."""
    findings = [Finding(principal, Permissions.of(principal, account)) for principal in account.principals]
    for finding in findings:
        finding.decide_lock_out_actions(account.instance_key)
    find_escalations(findings, account)
    finding_by_arn = {finding.principal.arn: finding for finding in findings}
    report: Report = {
        "principals": [_row(finding, finding_by_arn) for finding in capable(findings)],
        "undetermined": _undetermined(findings, account),
    }
    stoppers = who_can_stop_sentinel(account)
    return report if stoppers is None else {**report, "sentinel": stoppers}


def unreadable(why: str, what: str = "who can") -> Row:
    """A row of `undetermined` that is about everybody."""
    return {"arn": "*", "kind": "account", "what": what, "detail": why}


def _row(finding: Finding, finding_by_arn: Mapping[str, Finding]) -> Row:
    principal = finding.principal
    optional = {
        "paths": path_rows(finding, finding_by_arn),
        "groups": groups_of(finding.through),
        "permission_set": permission_set(principal),
    }
    return {
        "arn": principal.arn,
        "kind": principal.kind,
        "actions": finding.actions,
        "escalation": sorted(finding.escalation, key=ACTIONS.index),
        "through": names_of(finding.through),
        "conditions": finding.conditions,
        **without_empty(optional),
    }


def permission_set(principal: Principal) -> str | None:
    """AWSReservedSSO_NAME_0123456789abcdef → NAME (singlesignon/latest/userguide/referencingpermissionsets.html)."""
    prefix = "AWSReservedSSO_"
    if not principal.is_role or not principal.name.startswith(prefix):
        return None
    return principal.name.removeprefix(prefix).rpartition("_")[0] or None


def _undetermined(findings: list[Finding], account: Account) -> list[Row]:
    rows = [unreadable(why, "the rest of the account") for why in (account.incomplete, account.lacks) if why]
    for finding in findings:
        rows += _doubts(finding)
    return rows


def _doubts(finding: Finding) -> list[Row]:
    principal = finding.principal
    doubts = dict(finding.doubts)
    if principal.problems and not doubts:
        doubts["its policies"] = "; ".join(dict.fromkeys(principal.problems))
    about = {"arn": principal.arn, "kind": principal.kind}
    return [{**about, "what": question, "detail": reason} for question, reason in doubts.items()]
