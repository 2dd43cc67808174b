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

from pulumi_aws_identity_center.aws.client import Account
from pulumi_aws_identity_center.aws.results import NOT_ASKED, Answer
from pulumi_aws_identity_center.domain.sentinel import HOME_REGIONS
from pulumi_aws_identity_center.names import DISABLE_ACTION, SENTINEL_NAME, SSO_SERVICE_PRINCIPAL

from .facts import Row, Runs, Schedule, Sentinel

DAYS = 14
OWN_RULES = (f"{SENTINEL_NAME}-events", f"{SENTINEL_NAME}-schedule")


def sentinels(account: Account, partition: str) -> Answer[list[Sentinel]]:
    """This project's by its rules' names, as long as one of them can start it; otherwise each rule that matches."""
    region = HOME_REGIONS.get(partition, HOME_REGIONS["aws"])
    rules = account.event_rows("list_rules", "Rules", region)
    if rules.value is None:
        return rules.as_error()
    matching = [rule for rule in rules.value if matches(rule.get("EventPattern") or "")]
    starting = [*matching, *(rule for rule in rules.value if rule.get("ScheduleExpression"))]
    own = [rule for rule in starting if rule["Name"] in OWN_RULES]
    found = [_sentinel(account, region, rule, starting) for rule in own[:1] or matching]
    trails = account.logging_trails(region) if found else NOT_ASKED
    return Answer([replace(sentinel, trails=trails, region=region) for sentinel in found])


def matches(pattern: str) -> bool:
    """Whether an event pattern names the event that a disabling of Identity Center is."""
    try:
        event_pattern = json.loads(pattern)
    except (ValueError, RecursionError):
        return False
    detail = _object_in(event_pattern, "detail")
    services = _object_in(detail, "requestParameters").get("servicePrincipal")
    if services is not None and SSO_SERVICE_PRINCIPAL not in services:
        return False
    return DISABLE_ACTION.split(":")[1] in (detail.get("eventName") or ())


def _object_in(value: Any, key: str) -> dict[str, Any]:
    """An object's member that is an object; an empty one for anything else."""
    member = value.get(key) if isinstance(value, dict) else None
    return member if isinstance(member, dict) else {}


def _schedule(rule: Row) -> Schedule:
    return Schedule(rule["Name"], str(rule.get("State") or ""), str(rule["ScheduleExpression"]))


def _sentinel(account: Account, region: str, rule: Row, starting: list[Row]) -> Sentinel:
    """starting: every rule that matches or is scheduled."""
    name, state = rule["Name"], str(rule.get("State") or "")
    own_rules = OWN_RULES if name in OWN_RULES else ()
    # Its own function is in the rule's account: one of the same name elsewhere is another.
    arn = rule["Arn"].partition(":rule/")[0].replace(":events:", ":lambda:") + f":function:{SENTINEL_NAME}"
    if not own_rules:
        targets = account.event_rows("list_targets_by_rule", "Targets", region, Rule=name)
        arn = next((target["Arn"] for target in targets.value or () if _function(target["Arn"])), "")
        if not arn:
            return Sentinel(name, state, None, Answer() if targets.ok else targets.as_error())
    names = account.event_rows("list_rule_names_by_target", "RuleNames", region, TargetArn=arn)
    rules = {row["Name"]: row for row in starting if row["Name"] in (names.value or ())}
    schedules = [_schedule(row) for row in rules.values() if row.get("ScheduleExpression")]
    runs = _runs(account, region, _function(arn), schedules)
    if not names.ok:
        return Sentinel(name, state, _function(arn), runs, names.as_error())
    lost = tuple(own for own in own_rules if own not in rules)
    return Sentinel(name, state, _function(arn), runs, Answer(schedules), lost_rules=lost)


def _function(arn: str) -> str:
    """The name in a function's ARN; "" in any other."""
    return arn.partition(":function:")[2].partition(":")[0]


def _runs(account: Account, region: str, function: str, schedules: list[Schedule]) -> Answer[Runs]:
    """When the function ran, and when EventBridge triggered its schedules. Metrics: docs.aws.amazon.com/lambda/latest/
    dg/monitoring-metrics-types.html, eventbridge/latest/userguide/eb-monitoring.html."""
    of_function = ("AWS/Lambda", "FunctionName", function)
    queries = [_query("invocations", "Invocations", *of_function), _query("errors", "Errors", *of_function)]
    names = {f"trigger{number}": schedule.name for number, schedule in enumerate(schedules)}
    queries += [_query(id_, "TriggeredRules", "AWS/Events", "RuleName", name) for id_, name in names.items()]
    metrics = account.metrics(region, queries, datetime.timedelta(days=DAYS))
    if metrics.value is None:
        return metrics.as_error()
    hours: dict[str, set[datetime.datetime]] = {query["Id"]: set() for query in queries}
    for row in metrics.value:
        hours[row["Id"]] |= {hour for hour, count in zip(row["Timestamps"], row["Values"], strict=True) if count}
    last = max(hours["invocations"], default=None)
    first_triggers = {name: min(hours[id_]) for id_, name in names.items() if hours[id_]}
    return Answer(Runs(last, last in hours["errors"], first_triggers))


def _query(id_: str, metric: str, namespace: str, dimension: str, value: str) -> Row:
    dimensions = [{"Name": dimension, "Value": value}]
    named = {"Namespace": namespace, "MetricName": metric, "Dimensions": dimensions}
    return {"Id": id_, "MetricStat": {"Metric": named, "Period": 3600, "Stat": "Sum"}}
