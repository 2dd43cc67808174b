"""The sentinel: which rules are one, and what its state and its last run come to."""

from __future__ import annotations

import dataclasses
import datetime
import json
from collections.abc import Callable
from typing import Any

import pytest
from pulumi_aws_identity_center.aws.client import Account
from pulumi_aws_identity_center.aws.results import Answer
from pulumi_aws_identity_center.status.checks.sentinel import sentinel
from pulumi_aws_identity_center.status.deployed_sentinel import matches, sentinels
from pulumi_aws_identity_center.status.facts import Facts, Runs, Schedule, Sentinel

from sandbox.aws import EmbeddedAws
from tests.walk import walk

EVENT: dict[str, Any] = {"source": ["aws.organizations"], "detail": {"eventName": ["DisableAWSServiceAccess"]}}
LAST = datetime.datetime(2026, 1, 2, 3, tzinfo=datetime.UTC)
TRAIL: Answer[list[str]] = Answer(["organization"])
CLOCK = Answer([Schedule("clock", "ENABLED", "rate(1 minute)")])
NOW = LAST + datetime.timedelta(minutes=65)
HOURLY = "rate(1 hour)"
DENIED: Answer[Any] = Answer(kind="denied", action="cloudwatch:GetMetricData")


@walk(
    ("pattern", "is_one"),
    [
        (json.dumps(EVENT), True),
        (json.dumps({"detail": {"eventName": ["EnableAWSServiceAccess", "DisableAWSServiceAccess"]}}), True),
        (
            json.dumps(
                {"detail": {**EVENT["detail"], "requestParameters": {"servicePrincipal": ["sso.amazonaws.com"]}}}
            ),
            True,
        ),
        (
            json.dumps(
                {"detail": {**EVENT["detail"], "requestParameters": {"servicePrincipal": ["ram.amazonaws.com"]}}}
            ),
            False,
        ),
        (json.dumps({"detail": {"eventName": ["LeaveOrganization"]}}), False),
        (json.dumps({"source": ["aws.organizations"]}), False),
        ("[]", False),
        ("", False),
        ("{", False),
        ("[" * 100_000, False),
    ],
)
def test_a_sentinel_is_a_rule_on_the_disabling_event(pattern: str, is_one: bool) -> None:
    assert matches(pattern) is is_one


@walk(
    ("found", "result", "required", "said"),
    [
        (
            Sentinel("r", "ENABLED", "f", Answer(Runs(LAST, False)), Answer([]), TRAIL),
            "pass",
            True,
            "It last ran 2026-01-02 between 03:00 and 04:00 UTC.",
        ),
        (
            Sentinel("r", "ENABLED", "f", Answer(Runs(None, False)), CLOCK, TRAIL),
            "pass",
            True,
            "CloudWatch shows no run in the last two weeks.",
        ),
        (
            Sentinel("r", "ENABLED", "f", Answer(Runs(LAST, True)), CLOCK, TRAIL),
            "fail",
            True,
            "a run in that hour failed",
        ),
        (
            Sentinel("r", "ENABLED", "f", Answer(Runs(LAST, False)), CLOCK, Answer([])),
            "pass",
            True,
            "No CloudTrail trail logs in its Region, so no event arrives: only its schedule starts it.",
        ),
        (
            Sentinel("r", "ENABLED", "f", Answer(Runs(None, False)), CLOCK, Answer([])),
            "pass",
            True,
            "two weeks. No CloudTrail trail logs in its Region",
        ),
        (
            Sentinel("r", "ENABLED", "f", Answer(Runs(LAST, False)), Answer([]), Answer([])),
            "fail",
            True,
            "Nothing starts it now",
        ),
        (
            Sentinel(
                "r",
                "ENABLED",
                "f",
                Answer(Runs(LAST, False)),
                Answer([Schedule("clock", "DISABLED", "rate(1 minute)")]),
                TRAIL,
            ),
            "fail",
            True,
            "Its schedule clock is DISABLED",
        ),
        (Sentinel("r", "ENABLED", "f", Answer(Runs(LAST, False)), CLOCK, DENIED), "undetermined", False, "trail logs"),
        (Sentinel("r", "ENABLED", "f", Answer(Runs(LAST, False)), DENIED, TRAIL), "undetermined", False, "a schedule"),
        (Sentinel("r", "DISABLED", "f", Answer(Runs(LAST, False))), "fail", True, "is DISABLED"),
        (Sentinel("r", "ENABLED", None, Answer()), "undetermined", False, "turns nothing on"),
        (Sentinel("r", "ENABLED", "f", DENIED), "undetermined", False, "access was denied"),
        (Sentinel("r", "ENABLED", "f", DENIED, lost_rules=("r",)), "fail", True, "r can't start the Sentinel"),
        (Sentinel("r", "DISABLED", "f", DENIED), "fail", True, "is DISABLED"),
        (Sentinel("r", "DISABLED", None, DENIED), "undetermined", False, "when its target last ran"),
        (Sentinel("r", "ENABLED", "f", Answer(Runs(LAST, True)), DENIED, DENIED), "fail", True, "that hour failed"),
        (Sentinel("r", "ENABLED", "f", DENIED, Answer([]), Answer([])), "fail", True, "Nothing starts it now"),
        (
            Sentinel("r", "ENABLED", "f", DENIED, Answer([Schedule("clock", "DISABLED", HOURLY)]), DENIED),
            "fail",
            True,
            "Its schedule clock is DISABLED",
        ),
    ],
)
def test_its_state_and_its_last_run_are_judged(
    good: Facts, found: Sentinel, result: str, required: bool, said: str
) -> None:
    found = dataclasses.replace(found, region="cn-northwest-1")
    check = sentinel(dataclasses.replace(good, sentinels=Answer([found])), NOW)
    assert (check.subject, check.result, check.required) == ("r", result, required)
    assert said in check.detail
    if check.remedy.startswith("aws "):
        assert f"--region {'REGION' if 'cloudtrail' in check.remedy else 'cn-northwest-1'} " in f"{check.remedy} "
    assert (check.remedy == "") == (result == "pass")


@walk(
    ("expression", "hours_ago", "result"),
    [
        ("rate(1 minute)", 1, "pass"),
        ("rate(1 minute)", 2, "fail"),
        ("rate(1 hour)", 4, "pass"),
        ("rate(1 hour)", 5, "fail"),
        ("rate(7 days)", 24 * 13, "pass"),
        ("cron(0 0 1 * ? *)", 24 * 13, "pass"),
    ],
)
@walk("has_run", [True, False])
def test_a_schedule_that_missed_several_runs_has_stopped(
    good: Facts, expression: str, hours_ago: int, result: str, has_run: bool
) -> None:
    since = NOW - datetime.timedelta(hours=hours_ago)
    runs = Runs(since, failed=False) if has_run else Runs(None, failed=False, first_triggers={"clock": since})
    schedules = Answer([Schedule("clock", "ENABLED", expression)])
    deployed = Sentinel("r", "ENABLED", "f", Answer(runs), schedules, TRAIL)
    check = sentinel(dataclasses.replace(good, sentinels=Answer([deployed])), NOW)
    assert check.result == result
    if result == "fail":
        assert f"though its schedule clock is {expression}." in check.detail
        assert check.remedy.startswith("aws lambda get-policy --region us-east-1 --function-name f ;")


def test_of_two_one_that_works_is_enough_wherever_it_is(good: Facts) -> None:
    broken = Sentinel("broken", "DISABLED", "f", Answer(Runs(None, False)), CLOCK, TRAIL)
    works = Sentinel("works", "ENABLED", "f", Answer(Runs(None, False)), CLOCK, TRAIL)
    for both in ([broken, works], [works, broken]):
        assert sentinel(dataclasses.replace(good, sentinels=Answer(both)), NOW).subject == "works"


def test_from_another_account_it_is_told_as_not_seen(good: Facts) -> None:
    caller = Answer({"Account": "222233334444", "Arn": "arn:aws:iam::222233334444:user/bob"})
    check = sentinel(dataclasses.replace(good, caller=caller), NOW)
    assert (check.subject, check.result, check.required) == ("111122223333", "undetermined", False)
    check = sentinel(dataclasses.replace(good, sentinels=DENIED), NOW)
    assert (check.result, check.required) == ("undetermined", False)


def test_its_function_and_last_run_are_found(aws_account: Callable[..., Account]) -> None:
    account = aws_account()
    events, metrics = account.client("events", "us-east-1"), account.client("cloudwatch", "us-east-1")
    assert sentinels(account, "aws") == Answer([])
    events.put_rule(Name="tells", EventPattern=json.dumps(EVENT))
    events.put_rule(Name="other", EventPattern=json.dumps({"source": ["aws.ec2"]}))
    (sentinel,) = sentinels(account, "aws").value or []
    assert (sentinel.rule, sentinel.state, sentinel.function) == ("tells", "ENABLED", None)
    arn = "arn:aws:lambda:us-east-1:111122223333:function:turn-on"
    events.put_targets(Rule="tells", Targets=[{"Id": "0", "Arn": "arn:aws:sns:us-east-1:111122223333:t"}])
    events.put_targets(Rule="tells", Targets=[{"Id": "1", "Arn": arn}])
    assert _only(account) == ("turn-on", Runs(None, failed=False))
    long_ago = datetime.datetime.now(datetime.UTC) - datetime.timedelta(hours=30)
    lately = long_ago + datetime.timedelta(hours=28)
    for metric, moment in (("Invocations", long_ago), ("Errors", long_ago), ("Invocations", lately)):
        _count(metrics, metric, moment)
    _count(metrics, "Errors", lately, 0)  # as Lambda sends it for a run without an error
    function, runs = _only(account)
    assert runs.last is not None
    assert runs.last <= lately < runs.last + datetime.timedelta(hours=1)
    assert (function, runs.failed) == ("turn-on", False)
    _count(metrics, "Errors", lately)
    assert _only(account)[1].failed


def _only(account: Account) -> tuple[str | None, Runs]:
    (sentinel,) = sentinels(account, "aws").value or []
    assert sentinel.runs.value is not None
    return sentinel.function, sentinel.runs.value


def _count(metrics: Any, metric: str, moment: datetime.datetime, count: int = 1) -> None:
    dimensions = [{"Name": "FunctionName", "Value": "turn-on"}]
    row = {"MetricName": metric, "Dimensions": dimensions, "Value": count, "Timestamp": moment}
    metrics.put_metric_data(Namespace="AWS/Lambda", MetricData=[row])


def test_in_china_it_is_looked_for_in_its_home_region(aws_account: Callable[..., Account]) -> None:
    account = aws_account()
    events = account.client("events", "cn-northwest-1")
    events.put_rule(Name="tells", EventPattern=json.dumps(EVENT))
    assert [found.region for found in sentinels(account, "aws-cn").value or []] == ["cn-northwest-1"]


def test_what_starts_it_is_found(aws_account: Callable[..., Account]) -> None:
    account = aws_account()
    events, cloudtrail = account.client("events", "us-east-1"), account.client("cloudtrail", "us-east-1")
    target = [{"Id": "1", "Arn": "arn:aws:lambda:us-east-1:111122223333:function:turn-on"}]
    events.put_rule(Name="tells", EventPattern=json.dumps(EVENT))
    events.put_targets(Rule="tells", Targets=target)
    events.put_rule(Name="clock", ScheduleExpression="rate(1 minute)", State="DISABLED")
    events.put_targets(Rule="clock", Targets=target)
    events.put_rule(Name="another", ScheduleExpression="rate(1 minute)")
    account.client("s3", "us-east-1").create_bucket(Bucket="a-trails-bucket")
    cloudtrail.create_trail(Name="a-trail", S3BucketName="a-trails-bucket", IsMultiRegionTrail=True)
    (sentinel,) = sentinels(account, "aws").value or []
    assert sentinel.schedules.value == [Schedule("clock", "DISABLED", "rate(1 minute)")]
    assert "a-trail" not in (sentinel.trails.value or [])
    cloudtrail.start_logging(Name="a-trail")
    (sentinel,) = sentinels(account, "aws").value or []
    assert "a-trail" in (sentinel.trails.value or [])


OWN = "arn:aws:lambda:us-east-1:111122223333:function:identity-center-sentinel"
# What is left of this project's two rules: the pattern of one, and which of them have the function as their target.
LEFT: dict[str, tuple[dict[str, Any], set[str], set[str]]] = {
    "both": (EVENT, {"events", "schedule"}, set()),
    "both rules, one target": (EVENT, {"events"}, {"schedule"}),
    "both rules, the other target": (EVENT, {"schedule"}, {"events"}),
    "both rules without a target": (EVENT, set(), {"events", "schedule"}),
    "another pattern": ({"source": ["aws.ec2"]}, {"events", "schedule"}, {"events"}),
}


@pytest.mark.parametrize("case", LEFT)
@pytest.mark.parametrize("beside", [False, True])
def test_what_its_own_rules_lost_is_a_fault(aws_account: Callable[..., Account], case: str, beside: bool) -> None:
    """Also beside a rule of somebody else's that works."""
    pattern, targets, lost = LEFT[case]
    account = aws_account()
    events = account.client("events", "us-east-1")
    events.put_rule(Name="identity-center-sentinel-events", EventPattern=json.dumps(pattern))
    events.put_rule(Name="identity-center-sentinel-schedule", ScheduleExpression="rate(1 minute)")
    for label in targets:
        events.put_targets(Rule=f"identity-center-sentinel-{label}", Targets=[{"Id": "1", "Arn": OWN}])
    if beside:
        events.put_rule(Name="a-notifier", EventPattern=json.dumps(EVENT))
        events.put_targets(Rule="a-notifier", Targets=[{"Id": "1", "Arn": f"{OWN}s-notifier"}])
    (deployed,) = sentinels(account, "aws").value or []
    assert deployed.lost_rules == tuple(f"identity-center-sentinel-{label}" for label in sorted(lost))
    facts = Facts("us-east-1", sentinels=Answer([deployed]))
    assert sentinel(facts, NOW).result == ("fail" if lost else "pass")


@pytest.mark.parametrize("others", [("a-notifier",), ("a-notifier", "identity-center-sentinel")])
def test_its_rules_start_its_own_function(aws_account: Callable[..., Account], others: tuple[str, ...]) -> None:
    """Not if they start another one in its place; another one beside it is no fault."""
    account = aws_account()
    events = account.client("events", "us-east-1")
    events.put_rule(Name="identity-center-sentinel-events", EventPattern=json.dumps(EVENT))
    events.put_rule(Name="identity-center-sentinel-schedule", ScheduleExpression="rate(1 minute)")
    elsewhere = OWN.replace("111122223333", "444455556666")
    targets = [{"Id": str(id_), "Arn": f"{OWN.rpartition(':')[0]}:{name}"} for id_, name in enumerate(others)]
    targets.insert(0, {"Id": "of-another-account", "Arn": elsewhere})
    events.put_targets(Rule="identity-center-sentinel-events", Targets=targets)
    events.put_targets(Rule="identity-center-sentinel-schedule", Targets=targets)
    check = sentinel(Facts("us-east-1", sentinels=sentinels(account, "aws")), NOW)
    assert check.result == ("pass" if "identity-center-sentinel" in others else "fail")


def test_one_of_its_rules_alone_is_not_enough(aws_account: Callable[..., Account]) -> None:
    account = aws_account()
    events = account.client("events", "us-east-1")
    events.put_rule(Name="identity-center-sentinel-schedule", ScheduleExpression="rate(1 minute)")
    events.put_targets(Rule="identity-center-sentinel-schedule", Targets=[{"Id": "1", "Arn": OWN}])
    (deployed,) = sentinels(account, "aws").value or []
    assert deployed.lost_rules == ("identity-center-sentinel-events",)


def test_a_schedule_that_starts_nothing_is_found(aws_account: Callable[..., Account]) -> None:
    account = aws_account()
    events, metrics = account.client("events", "us-east-1"), account.client("cloudwatch", "us-east-1")
    target = [{"Id": "1", "Arn": "arn:aws:lambda:us-east-1:111122223333:function:turn-on"}]
    for rule in ({"Name": "tells", "EventPattern": json.dumps(EVENT)}, {"Name": "clock", "ScheduleExpression": HOURLY}):
        events.put_rule(**rule)
        events.put_targets(Rule=rule["Name"], Targets=target)
    assert _only(account)[1].first_triggers == {}
    now = datetime.datetime.now(datetime.UTC)
    for hours in (9, 8):
        moment = now - datetime.timedelta(hours=hours)
        row = {"MetricName": "TriggeredRules", "Dimensions": [{"Name": "RuleName", "Value": "clock"}], "Value": 1.0}
        metrics.put_metric_data(Namespace="AWS/Events", MetricData=[{**row, "Timestamp": moment}])
    first = _only(account)[1].first_triggers["clock"]
    assert first <= now - datetime.timedelta(hours=9) < first + datetime.timedelta(hours=1)


def test_rules_that_are_denied_are_not_lost(bare_environment: pytest.MonkeyPatch) -> None:
    with EmbeddedAws("sso-enabled", faults=["*:ListRuleNamesByTarget:AccessDeniedException"]) as cloud:
        for name, value in cloud.environment().items():
            bare_environment.setenv(name, value)
        account = Account()
        account.client("events").put_rule(Name="identity-center-sentinel-events", EventPattern=json.dumps(EVENT))
        account.client("events").put_targets(Rule="identity-center-sentinel-events", Targets=[{"Id": "1", "Arn": OWN}])
        (deployed,) = sentinels(account, "aws").value or []
    assert (deployed.lost_rules, deployed.schedules.kind) == ((), "denied")


@pytest.mark.parametrize("call", ["events:ListTargetsByRule", "cloudwatch:GetMetricData"])
def test_what_is_denied_about_it_is_told(bare_environment: pytest.MonkeyPatch, call: str) -> None:
    with EmbeddedAws("sso-enabled", faults=[f"*:{call.split(':')[1]}:AccessDeniedException"]) as cloud:
        for name, value in cloud.environment().items():
            bare_environment.setenv(name, value)
        account = Account()
        events = account.client("events")
        events.put_rule(Name="r", EventPattern=json.dumps(EVENT))
        events.put_targets(Rule="r", Targets=[{"Id": "1", "Arn": "arn:aws:lambda:us-east-1:111122223333:function:f"}])
        (sentinel,) = sentinels(account, "aws").value or []
    assert (sentinel.runs.kind, sentinel.runs.action) == ("denied", call)
