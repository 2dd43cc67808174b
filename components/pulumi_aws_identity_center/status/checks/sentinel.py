"""The check on the Sentinel: it exists, it is enabled, and its last run succeeded."""

from __future__ import annotations

from pulumi_aws_identity_center.names import DISABLE_ACTION, SSO_SERVICE_PRINCIPAL
from pulumi_aws_identity_center.status.facts import Facts, Sentinel

from .check import Check, moment, untold

_ID = "sentinel"
_EVENT = DISABLE_ACTION.split(":")[1]
_COMMAND = "identity-center status || identity-center recover --yes"
_NO_TRAIL = "no CloudTrail trail logs in its Region, so no event arrives"
_MAKE_TRAIL = (
    "aws cloudtrail start-logging --name NAME  # or create-trail first: "
    "docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-create-a-trail-using-the-console-first-time.html"
)
_BY_HAND = f"{_COMMAND}  # on a schedule of your own"


def sentinel(facts: Facts) -> Check:
    """None at all is no fault, and that there is none is known: nobody has to have one."""
    if facts.is_member and facts.management:
        detail = "A sentinel is in the management account, and can't be seen from this one."
        remedy = "identity-center status  # with credentials of the management account"
        return Check(_ID, facts.management, "undetermined", detail, remedy, required=False)
    if not facts.sentinels.ok:
        return untold(_ID, SSO_SERVICE_PRINCIPAL, "whether there is a sentinel", facts.sentinels, required=False)
    checks = [_judge_deployed(deployed) for deployed in facts.sentinels.value or ()]
    if checks:
        # One that works is enough.
        return min(checks, key=lambda check: ("pass", "undetermined", "fail").index(check.result))
    detail = (
        f"None is deployed, and none has to be: no EventBridge rule acts on {_EVENT}, so nothing turns trusted access "
        f"on by itself; on a schedule of your own, `{_COMMAND}` does."
    )
    return Check(_ID, SSO_SERVICE_PRINCIPAL, "pass", detail)


def _judge_deployed(deployed: Sentinel) -> Check:
    rule = f"The rule {deployed.rule} acts on {_EVENT}"
    if not deployed.runs.ok:
        return untold(
            _ID, deployed.rule, f"when {deployed.function or 'its target'} last ran", deployed.runs, required=False
        )
    if deployed.function is None:
        detail = f"{rule}, and no function is its target: it may tell somebody, and turns nothing on."
        return Check(_ID, deployed.rule, "undetermined", detail, _BY_HAND, required=False)
    if not deployed.state.startswith("ENABLED"):
        detail = f"{rule} with {deployed.function}, and is {deployed.state or 'in no known state'}."
        return Check(_ID, deployed.rule, "fail", detail, f"aws events enable-rule --name {deployed.rule}")
    if (starting := _judge_what_starts_it(deployed, rule)) is not None:
        return starting
    runs = deployed.runs.value
    if runs is None or runs.last is None:
        detail = f"{rule} with {deployed.function}, which did not run in the last two weeks."
        return Check(_ID, deployed.rule, "pass", detail + _without_trail(deployed))
    last_run = f"{rule} with {deployed.function}, whose last run was in the hour from {moment(runs.last)}"
    if runs.failed:
        logs = f"aws logs tail /aws/lambda/{deployed.function}  # why it failed"
        return Check(_ID, deployed.rule, "fail", f"{last_run}, and failed.", logs)
    return Check(_ID, deployed.rule, "pass", f"{last_run}.{_without_trail(deployed)}")


def _judge_what_starts_it(deployed: Sentinel, rule: str) -> Check | None:
    """An event, which takes a trail, or a schedule: None if one of them starts it."""
    if not deployed.schedules.ok:
        return untold(_ID, deployed.rule, "whether a schedule starts it too", deployed.schedules, required=False)
    if not deployed.trails.ok:
        what = "whether a CloudTrail trail logs, without which no event arrives"
        return untold(_ID, deployed.rule, what, deployed.trails, required=False)
    schedules = deployed.schedules.value or {}
    stopped = [name for name, state in schedules.items() if not state.startswith("ENABLED")]
    if stopped:
        detail = f"{rule} with {deployed.function}, and its schedule {stopped[0]} is {schedules[stopped[0]]}."
        return Check(_ID, deployed.rule, "fail", detail, f"aws events enable-rule --name {stopped[0]}")
    if not schedules and not deployed.trails.value:
        detail = f"{rule} with {deployed.function}, and nothing starts it: {_NO_TRAIL}, and it has no schedule."
        return Check(_ID, deployed.rule, "fail", detail, _MAKE_TRAIL)
    return None


def _without_trail(deployed: Sentinel) -> str:
    return "" if deployed.trails.value else f" {_NO_TRAIL[0].upper()}{_NO_TRAIL[1:]}: only its schedule starts it."
