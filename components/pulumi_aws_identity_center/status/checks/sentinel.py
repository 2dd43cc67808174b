"""The check on the Sentinel: it exists, it is enabled, something starts it, it runs, and its last run succeeded."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from pulumi_aws_identity_center.aws.results import Answer
from pulumi_aws_identity_center.domain.sentinel import seconds_between_runs
from pulumi_aws_identity_center.names import DISABLE_ACTION, SSO_SERVICE_PRINCIPAL
from pulumi_aws_identity_center.status.facts import Facts, Runs, Schedule, Sentinel

from .check import Check, asked_by_member, undetermined

_ID = "sentinel"
_EVENT = DISABLE_ACTION.split(":")[1]
_NO_TRAIL = "no CloudTrail trail logs in its Region, so no event arrives"
_MAKE_TRAIL = (
    "aws cloudtrail start-logging --region REGION --name NAME  # or create-trail first: "
    "docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-create-a-trail-using-the-console-first-time.html"
)
# A schedule has stopped if it missed this many runs, as the Sentinel's own alarm has it. Metrics come minutes late.
_MISSED_RUNS, _METRICS_DELAY = 3, datetime.timedelta(minutes=15)
_HOUR = datetime.timedelta(hours=1)
_WHY_NO_RUN = (
    "aws lambda get-policy --region {region} --function-name {function} ; "
    "aws lambda get-function-concurrency --region {region} --function-name {function}"
    "  # it runs only if it is there, events.amazonaws.com may invoke it (`pulumi up --refresh` in its stack restores "
    "both), and its concurrency isn't 0 (remove that by `aws lambda delete-function-concurrency`)"
)
_SCHEDULE_ONLY = f"{_NO_TRAIL[0].upper()}{_NO_TRAIL[1:]}: only its schedule starts it."
_FROM_BEST = ("pass", "undetermined", "fail")
_NONE_DEPLOYED = Check(
    _ID, SSO_SERVICE_PRINCIPAL, "pass", f"No Sentinel (optional). No EventBridge rule acts on {_EVENT}."
)
_RESTORE = "pulumi up --refresh  # in the stack that has the Sentinel: restores its rules and their targets."
_BY_HAND = "identity-center status || identity-center recover --yes  # on a schedule of your own"


def sentinel(facts: Facts, now: datetime.datetime) -> Check:
    """None at all is no fault, and that there is none is known: nobody has to have one."""
    what = "whether there is a Sentinel"
    if facts.is_member:
        return undetermined(_ID, str(facts.management), what, asked_by_member(facts), required=False)
    if not facts.sentinels.ok:
        return undetermined(_ID, SSO_SERVICE_PRINCIPAL, what, facts.sentinels, required=False)
    checks = [_judge_deployed(deployed, now) for deployed in facts.sentinels.value or ()]
    # One that works is enough.
    return min(checks, key=lambda check: _FROM_BEST.index(check.result), default=_NONE_DEPLOYED)


def _judge_deployed(deployed: Sentinel, now: datetime.datetime) -> Check:
    """A fault that is known, whatever else isn't; else what isn't known; else the last run."""
    if deployed.lost_rules:
        rules = " and ".join(deployed.lost_rules)
        detail = f"{rules} can't start the Sentinel: the rule, its pattern or its target was changed."
        return Check(_ID, deployed.rule, "fail", detail, _RESTORE)
    if deployed.function is None and deployed.runs.ok:
        detail = f"The rule {deployed.rule} acts on {_EVENT}, and no function is its target: it turns nothing on."
        return Check(_ID, deployed.rule, "undetermined", detail, _BY_HAND, required=False)
    known_fault = _what_starts_it(deployed) or _what_it_did(deployed, now) if deployed.function else None
    return known_fault or _unknown(deployed) or _works(deployed)


def _fault(deployed: Sentinel, what: str, remedy: str) -> Check:
    """what: a sentence about the function."""
    return Check(_ID, deployed.rule, "fail", f"{_rule_starts_function(deployed)} {what}", remedy)


def _enable(rule: str, region: str) -> str:
    return f"aws events enable-rule --region {region} --name {rule}"


def _rule_starts_function(deployed: Sentinel) -> str:
    return f"The rule {deployed.rule} starts {deployed.function} on {_EVENT}."


def _what_starts_it(deployed: Sentinel) -> Check | None:
    """A fault of its rule, its schedules or the trails: an event, which takes a trail, or a schedule starts it."""
    if not deployed.state.startswith("ENABLED"):
        state = deployed.state or "in no known state"
        return _fault(deployed, f"It is {state}.", _enable(deployed.rule, deployed.region))
    for schedule in deployed.schedules.value or ():
        if not schedule.is_enabled:
            what = f"Its schedule {schedule.name} is {schedule.state}."
            return _fault(deployed, what, _enable(schedule.name, deployed.region))
    if deployed.schedules.value == [] and deployed.trails.value == []:
        return _fault(deployed, f"Nothing starts it now: {_NO_TRAIL}, and it has no schedule.", _MAKE_TRAIL)
    return None


def _what_it_did(deployed: Sentinel, now: datetime.datetime) -> Check | None:
    """A fault of its runs."""
    runs = deployed.runs.value or Runs(None, failed=False)
    stopped = _stopped_schedule(deployed, runs, now)
    if stopped is not None:
        why = _WHY_NO_RUN.format(function=deployed.function, region=deployed.region)
        what = f"{_last_run(runs)}, though its schedule {stopped.name} is {stopped.expression}."
        return _fault(deployed, what, why)
    if runs.failed:
        logs = f"aws logs tail /aws/lambda/{deployed.function} --region {deployed.region}  # why it failed"
        return _fault(deployed, f"{_last_run(runs)}, and a run in that hour failed.", logs)
    return None


def _unknown(deployed: Sentinel) -> Check | None:
    questions: Mapping[str, Answer[Any]] = {
        f"when {deployed.function or 'its target'} last ran": deployed.runs,
        "whether a schedule starts it too": deployed.schedules,
        "whether a CloudTrail trail logs, without which no event arrives": deployed.trails,
    }
    for what, answer in questions.items():
        if not answer.ok:
            return undetermined(_ID, deployed.rule, what, answer, required=False)
    return None


def _works(deployed: Sentinel) -> Check:
    only = "" if deployed.trails.value else f" {_SCHEDULE_ONLY}"
    last_run = _last_run(deployed.runs.value or Runs(None, failed=False))
    return Check(_ID, deployed.rule, "pass", f"{last_run}.{only} {_rule_starts_function(deployed)}")


def _last_run(runs: Runs) -> str:
    """The beginning of a sentence about the function."""
    if runs.last is None:
        return "CloudWatch shows no run in the last two weeks"
    hour = runs.last.astimezone(datetime.UTC)
    return f"It last ran {hour:%Y-%m-%d} between {hour:%H:%M} and {hour + _HOUR:%H:%M} UTC"


def _stopped_schedule(deployed: Sentinel, runs: Runs, now: datetime.datetime) -> Schedule | None:
    """One that should have run the function several times since its last run, or since EventBridge first triggered
    it. One of which neither is known may be new."""
    for schedule in deployed.schedules.value or ():
        since = runs.last or runs.first_triggers.get(schedule.name, now)
        if _is_overdue(schedule, since, now):
            return schedule
    return None


def _is_overdue(schedule: Schedule, since: datetime.datetime, now: datetime.datetime) -> bool:
    """since: the hour of the last run. Its last minute is the latest that the run can have been."""
    seconds = seconds_between_runs(schedule.expression)
    if not seconds:  # of a cron, nobody knows
        return False
    return now > since + _HOUR + _MISSED_RUNS * datetime.timedelta(seconds=seconds) + _METRICS_DELAY
