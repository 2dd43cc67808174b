"""The check on the sentinel: is there one, is it enabled, and did its last run go well."""

from __future__ import annotations

from pulumi_aws_identity_center.names import DISABLE_ACTION, SSO_SERVICE_PRINCIPAL
from pulumi_aws_identity_center.status.facts import Facts, Sentinel

from .check import Check, moment, untold

_ID = "sentinel"
_EVENT = DISABLE_ACTION.split(":")[1]
_COMMAND = "identity-center status || identity-center recover --yes"
_BY_HAND = f"{_COMMAND}  # on a schedule of your own"


def sentinel(facts: Facts) -> Check:
    """None at all is no fault, and that there is none is known: nobody has to have one."""
    if facts.is_member and facts.management:
        detail = "A sentinel is in the management account, and can't be seen from this one."
        remedy = "identity-center status  # with credentials of the management account"
        return Check(_ID, facts.management, "undetermined", detail, remedy, required=False)
    if not facts.sentinels.ok:
        return untold(_ID, SSO_SERVICE_PRINCIPAL, "whether there is a sentinel", facts.sentinels, required=False)
    found = [_judged(each) for each in facts.sentinels.value or ()]
    if found:
        # One that works is enough.
        return min(found, key=lambda check: ("pass", "undetermined", "fail").index(check.result))
    detail = (
        f"None is deployed, and none has to be: no EventBridge rule acts on {_EVENT}, so nothing turns trusted access "
        f"on by itself; on a schedule of your own, `{_COMMAND}` does."
    )
    return Check(_ID, SSO_SERVICE_PRINCIPAL, "pass", detail)


def _judged(found: Sentinel) -> Check:
    rule = f"The rule {found.rule} acts on {_EVENT}"
    if not found.runs.ok:
        return untold(_ID, found.rule, f"when {found.function or 'its target'} last ran", found.runs, required=False)
    if found.function is None:
        detail = f"{rule}, and no function is its target: it may tell somebody, and turns nothing on."
        return Check(_ID, found.rule, "undetermined", detail, _BY_HAND, required=False)
    if not found.state.startswith("ENABLED"):
        detail = f"{rule} with {found.function}, and is {found.state or 'in no known state'}."
        return Check(_ID, found.rule, "fail", detail, f"aws events enable-rule --name {found.rule}")
    runs = found.runs.value
    if runs is None or runs.last is None:
        return Check(_ID, found.rule, "pass", f"{rule} with {found.function}, which did not run in the last two weeks.")
    told = f"{rule} with {found.function}, whose last run was in the hour from {moment(runs.last)}"
    if runs.failed:
        logs = f"aws logs tail /aws/lambda/{found.function}  # why it failed"
        return Check(_ID, found.rule, "fail", f"{told}, and failed.", logs)
    return Check(_ID, found.rule, "pass", f"{told}.")
