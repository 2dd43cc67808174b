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
    of_function = {"namespace": "AWS/Lambda", "dimensions": {"FunctionName": SENTINEL_NAME}}
    of_queue = {"namespace": "AWS/SQS", "dimensions": {"QueueName": documents.dead_letter_queue_name()}}
    alarms: dict[str, dict[str, Any]] = {
        "errors": {**of_function, "metric_name": "Errors", "alarm_description": "A run of the sentinel failed"},
        "silent": {
            **of_function,
            "metric_name": "Invocations",
            "alarm_description": "The sentinel has stopped running: nothing turns trusted access on again",
            "comparison_operator": "LessThanThreshold",
            "period": alarm_period(settings.schedule),
            "treat_missing_data": "breaching",
        },
        "dead-letters": {
            **of_queue,
            "metric_name": "ApproximateNumberOfMessagesVisible",
            "alarm_description": "The sentinel could not handle an event; the event is in its dead-letter queue",
            "statistic": "Maximum",
        },
    }
    common = {**_COMMON, "alarm_actions": [topic_arn], "ok_actions": [topic_arn]}
    for label, inputs in alarms.items():
        name = {"name": f"{SENTINEL_NAME}-{label}"}
        site.declare(aws.MetricAlarm, f"{label}-alarm", {**common, **name, **inputs})


_COMMON = {
    "statistic": "Sum",
    "comparison_operator": "GreaterThanOrEqualToThreshold",
    "threshold": 1,
    "period": 60,
    "evaluation_periods": 1,
    "treat_missing_data": "notBreaching",
}
