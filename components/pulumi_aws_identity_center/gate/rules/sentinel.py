"""The Sentinel's parts: what turns trusted access on again, and what tells when it can't.

A part is known by its parent's type in Pulumi's URN. Losing one is unsafe as losing a guard is, retained or not: what
leaves the stack nobody repairs or updates any more.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from pulumi_aws_identity_center.gate.change import Action, Cause, Change, Resource
from pulumi_aws_identity_center.gate.finding import RESTORE, Finding, becomes_read, finding, lost_options
from pulumi_aws_identity_center.gate.service_principal import Guarded
from pulumi_aws_identity_center.names import SENTINEL_TYPE, SSO_SERVICE_PRINCIPAL

SENTINEL_PARENT: Final = f"{SENTINEL_TYPE}$"
_FUNCTION: Final = "aws:lambda/function:Function"
_RULE: Final = "aws:cloudwatch/eventRule:EventRule"


def judge(change: Change, guarded: Guarded) -> Iterator[Finding]:
    kind = change.type.rpartition(":")[2]
    if change.cause is Cause.REFRESH:
        if change.after is None:
            detail = f"The sentinel's {kind} is gone in AWS: it may no longer turn trusted access on again."
            yield finding("sentinel-gone", change, detail, "Run pulumi up with the Sentinel in the program.")
    elif change.action is Action.DELETE or becomes_read(change):
        what = "leave the stack, and nothing would watch it" if change.retained else "be deleted"
        detail = f"The sentinel's {kind} would {what}: nothing may turn trusted access on again by itself."
        yield finding("sentinel-removed", change, detail, RESTORE)
    else:
        yield from lost_options(change)
        yield from _weakened(change)


def _weakened(change: Change) -> Iterator[Finding]:
    before, after = change.before, change.after
    if before is None or after is None:
        return
    for reason in _reasons(change.type, after):
        if reason not in _reasons(change.type, before):
            remedy = "Leave it as it is, or (on purpose) open break-glass, which ends by itself: README."
            yield finding("sentinel-weakened", change, f"The sentinel would no longer work: {reason}.", remedy)


def _reasons(type_: str, state: Resource) -> list[str]:
    """Why the part as it is there doesn't turn Identity Center's trusted access on."""
    if type_ == _RULE:
        is_off = state.tells("state") == "DISABLED" or state.tells("isEnabled") is False
        return ["its rule is disabled"] if is_off else []
    if type_ != _FUNCTION:
        return []
    variables = _variables(state)
    reasons = {
        "its mode is alert, so it only tells": variables.get("MODE") == "alert",
        f"it doesn't guard {SSO_SERVICE_PRINCIPAL}": SSO_SERVICE_PRINCIPAL
        not in str(variables.get("SERVICE_PRINCIPALS", SSO_SERVICE_PRINCIPAL)).split(","),
        "no run of it is allowed (reservedConcurrentExecutions 0)": state.tells("reservedConcurrentExecutions") == 0,
    }
    return [reason for reason, holds in reasons.items() if holds]


def _variables(state: Resource) -> dict[str, Any]:
    environment = state.tells("environment")
    variables = environment.get("variables") if isinstance(environment, dict) else None
    return variables if isinstance(variables, dict) else {}
