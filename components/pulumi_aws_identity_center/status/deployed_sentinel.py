"""The questions about a sentinel: what turns trusted access on again by itself, whoever deployed it.

Organizations tells EventBridge of DisableAWSServiceAccess, in the management account and the Region where the service
is at home (organizations/latest/userguide/orgs_cloudtrail-integration.html). So a rule there that matches it and has a
function as its target is one; CloudWatch tells when that function ran.
"""

from __future__ import annotations

import datetime
import json
from typing import Any

from pulumi_aws_identity_center.aws.client import Account, ask
from pulumi_aws_identity_center.aws.results import Answer
from pulumi_aws_identity_center.names import DISABLE_ACTION, SSO_SERVICE_PRINCIPAL

from .facts import Row, Runs, Sentinel

_HOMES = {"aws": "us-east-1", "aws-cn": "cn-northwest-1", "aws-us-gov": "us-gov-west-1"}
DAYS = 14
_HOUR = 3600


def sentinels(account: Account, partition: str) -> Answer[list[Sentinel]]:
    """The rules that match; few, and each asked about by itself."""
    region = _HOMES.get(partition, _HOMES["aws"])

    def question() -> list[Row]:
        rules = _pages(account, region, "list_rules", "Rules")
        return [rule for rule in rules if matches(rule.get("EventPattern") or "")]

    rules = ask(question, "events:ListRules")
    return (
        Answer([_told(account, region, rule) for rule in rules.value]) if rules.value is not None else rules.as_error()
    )


def matches(pattern: str) -> bool:
    """Whether an event pattern names the event that a disabling of Identity Center is."""
    try:
        found = json.loads(pattern)
    except ValueError:
        return False
    detail = found.get("detail") if isinstance(found, dict) else None
    if not isinstance(detail, dict):
        return False
    parameters = detail.get("requestParameters")
    service = parameters.get("servicePrincipal") if isinstance(parameters, dict) else None
    named = detail.get("eventName") or ()
    return DISABLE_ACTION.split(":")[1] in named and (service is None or SSO_SERVICE_PRINCIPAL in service)


def _told(account: Account, region: str, rule: Row) -> Sentinel:
    name, state = rule["Name"], str(rule.get("State", ""))
    targets = ask(
        lambda: _pages(account, region, "list_targets_by_rule", "Targets", Rule=name), "events:ListTargetsByRule"
    )
    arns = [str(target.get("Arn", "")) for target in targets.value or ()]
    functions = [arn.split(":")[6] for arn in arns if ":lambda:" in arn and arn.count(":") >= 6]
    if not functions:
        return Sentinel(name, state, None, targets.as_error() if not targets.ok else Answer())
    return Sentinel(
        name, state, functions[0], ask(lambda: _runs(account, region, functions[0]), "cloudwatch:GetMetricData")
    )


def _pages(account: Account, region: str, operation: str, rows: str, **arguments: str) -> list[Row]:
    pages = account.client("events", region).get_paginator(operation).paginate(**arguments)
    return [row for page in pages for row in page[rows]]


def _runs(account: Account, region: str, function: str) -> Runs:
    """Of the last two weeks, by the hour."""
    now = datetime.datetime.now(datetime.UTC).replace(minute=0, second=0, microsecond=0)
    found = account.client("cloudwatch", region).get_metric_data(
        MetricDataQueries=[_query(metric, function) for metric in ("Invocations", "Errors")],
        StartTime=now - datetime.timedelta(days=DAYS),
        EndTime=now + datetime.timedelta(hours=1),
    )
    series: dict[str, dict[Any, float]] = {
        each["Id"]: dict(zip(each["Timestamps"], each["Values"], strict=True)) for each in found["MetricDataResults"]
    }
    ran = [moment for moment, count in series["invocations"].items() if count]
    last = max(ran, default=None)
    return Runs(last, failed=bool(last is not None and series["errors"].get(last)))


def _query(metric: str, function: str) -> Row:
    dimensions = [{"Name": "FunctionName", "Value": function}]
    named = {"Namespace": "AWS/Lambda", "MetricName": metric, "Dimensions": dimensions}
    return {"Id": metric.lower(), "MetricStat": {"Metric": named, "Period": _HOUR, "Stat": "Sum"}}
