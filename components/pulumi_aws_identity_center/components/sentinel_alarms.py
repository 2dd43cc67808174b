"""The Sentinel's alarms: they notify a person when the function can't do its work."""

# No `from __future__ import annotations`: the SDK reads these annotations as types.
from typing import Any

import pulumi

from pulumi_aws_identity_center.domain import sentinel_documents as documents
from pulumi_aws_identity_center.domain.sentinel import SentinelSettings, alarm_period
from pulumi_aws_identity_center.names import SENTINEL_NAME

from . import sentinel_resources as aws
from .sentinel_parts import Site


def make_alarms(site: Site, settings: SentinelSettings, topic_arn: pulumi.Output[str]) -> None:
    """A run failed; no run for a while; an event that no run could handle. All tell the topic, when they end too."""
    function = {"FunctionName": SENTINEL_NAME}
    queue = {"QueueName": documents.dead_letter_queue_name()}
    _make_alarm(site, topic_arn, "errors", "A run of the sentinel failed", "AWS/Lambda", "Errors", function)
    _make_alarm(
        site,
        topic_arn,
        "silent",
        "The sentinel has stopped running: nothing turns trusted access on again",
        "AWS/Lambda",
        "Invocations",
        function,
        comparison_operator="LessThanThreshold",
        period=alarm_period(settings.schedule),
        treat_missing_data="breaching",
    )
    _make_alarm(
        site,
        topic_arn,
        "dead-letters",
        "The sentinel could not handle an event; the event is in its dead-letter queue",
        "AWS/SQS",
        "ApproximateNumberOfMessagesVisible",
        queue,
        statistic="Maximum",
    )


def _make_alarm(
    site: Site,
    topic_arn: pulumi.Output[str],
    label: str,
    description: str,
    namespace: str,
    metric: str,
    dimensions: dict[str, str],
    **differing: Any,
) -> None:
    inputs = {
        "name": f"{SENTINEL_NAME}-{label}",
        "alarm_description": description,
        "namespace": namespace,
        "metric_name": metric,
        "dimensions": dimensions,
        "statistic": "Sum",
        "comparison_operator": "GreaterThanOrEqualToThreshold",
        "threshold": 1,
        "period": 60,
        "evaluation_periods": 1,
        "treat_missing_data": "notBreaching",
        "alarm_actions": [topic_arn],
        "ok_actions": [topic_arn],
        "region": site.region,
    }
    aws.MetricAlarm(f"{site.name}-{label}-alarm", {**inputs, **differing}, site.options())
