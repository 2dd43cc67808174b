"""Finds a Sentinel: a rule and function that turn trusted access on again, whoever deployed them.

Organizations tells EventBridge of DisableAWSServiceAccess, in the management account and the Region where the service
is at home (organizations/latest/userguide/orgs_cloudtrail-integration.html). So a rule there that matches it and has a
function as its target is one; CloudWatch tells when that function ran.
"""

from __future__ import annotations

import datetime
import json
from dataclasses import replace
from typing import Any

from pulumi_aws_identity_center.aws.client import Account, ask
from pulumi_aws_identity_center.aws.results import Answer
from pulumi_aws_identity_center.domain.sentinel import HOME_REGIONS
from pulumi_aws_identity_center.names import DISABLE_ACTION, SSO_SERVICE_PRINCIPAL

from .facts import Row, Runs, Sentinel

DAYS = 14
_HOUR = 3600


def sentinels(account: Account, partition: str) -> Answer[list[Sentinel]]:
    """The rules that match; few, and each asked about by itself."""
    region = HOME_REGIONS.get(partition, HOME_REGIONS["aws"])
    rules = ask(lambda: _pages(account, region, "list_rules", "Rules"), "events:ListRules")
    if rules.value is None:
        return rules.as_error()
    matching = [rule for rule in rules.value if matches(rule.get("EventPattern") or "")]
    if not matching:
        return Answer([])
    scheduled = {rule["Name"]: str(rule.get("State", "")) for rule in rules.value if rule.get("ScheduleExpression")}
    trails = ask(lambda: _logging_trails(account, region), "cloudtrail:DescribeTrails, cloudtrail:GetTrailStatus")
    return Answer([replace(_sentinel(account, region, rule, scheduled), trails=trails) for rule in matching])


def matches(pattern: str) -> bool:
    """Whether an event pattern names the event that a disabling of Identity Center is."""
    try:
        event_pattern = json.loads(pattern)
    except ValueError:
        return False
    detail = event_pattern.get("detail") if isinstance(event_pattern, dict) else None
    if not isinstance(detail, dict):
        return False
    parameters = detail.get("requestParameters")
    service = parameters.get("servicePrincipal") if isinstance(parameters, dict) else None
    named = detail.get("eventName") or ()
    return DISABLE_ACTION.split(":")[1] in named and (service is None or SSO_SERVICE_PRINCIPAL in service)


def _sentinel(account: Account, region: str, rule: Row, scheduled: dict[str, str]) -> Sentinel:
    """scheduled: the state of every scheduled rule, by name."""
    name, state = rule["Name"], str(rule.get("State", ""))
    targets = ask(
        lambda: _pages(account, region, "list_targets_by_rule", "Targets", Rule=name), "events:ListTargetsByRule"
    )
    arns = [str(target.get("Arn", "")) for target in targets.value or ()]
    functions = [arn for arn in arns if ":lambda:" in arn and arn.count(":") >= 6]
    if not functions:
        return Sentinel(name, state, None, targets.as_error() if not targets.ok else Answer())
    function = functions[0].split(":")[6]
    runs = ask(lambda: _runs(account, region, function), "cloudwatch:GetMetricData")

    def schedules() -> dict[str, str]:
        names = _pages(account, region, "list_rule_names_by_target", "RuleNames", TargetArn=functions[0])
        return {rule_name: scheduled[rule_name] for rule_name in names if rule_name in scheduled}

    return Sentinel(name, state, function, runs, ask(schedules, "events:ListRuleNamesByTarget"))


def _logging_trails(account: Account, region: str) -> list[str]:
    """The trails whose logging is on there, those of every Region among them."""
    client = account.client("cloudtrail", region)
    trails = client.describe_trails(includeShadowTrails=True)["trailList"]
    return [trail["Name"] for trail in trails if client.get_trail_status(Name=trail["TrailARN"])["IsLogging"]]


def _pages(account: Account, region: str, operation: str, rows: str, **arguments: str) -> list[Any]:
    pages = account.client("events", region).get_paginator(operation).paginate(**arguments)
    return [row for page in pages for row in page[rows]]


def _runs(account: Account, region: str, function: str) -> Runs:
    """Of the last two weeks, by the hour."""
    now = datetime.datetime.now(datetime.UTC).replace(minute=0, second=0, microsecond=0)
    metrics = account.client("cloudwatch", region).get_metric_data(
        MetricDataQueries=[_query(metric, function) for metric in ("Invocations", "Errors")],
        StartTime=now - datetime.timedelta(days=DAYS),
        EndTime=now + datetime.timedelta(hours=1),
    )
    series: dict[str, dict[Any, float]] = {
        each["Id"]: dict(zip(each["Timestamps"], each["Values"], strict=True)) for each in metrics["MetricDataResults"]
    }
    ran = [moment for moment, count in series["invocations"].items() if count]
    last = max(ran, default=None)
    return Runs(last, failed=bool(last is not None and series["errors"].get(last)))


def _query(metric: str, function: str) -> Row:
    dimensions = [{"Name": "FunctionName", "Value": function}]
    named = {"Namespace": "AWS/Lambda", "MetricName": metric, "Dimensions": dimensions}
    return {"Id": metric.lower(), "MetricStat": {"Metric": named, "Period": _HOUR, "Stat": "Sum"}}
