"""Alarms: their states by their metrics, and their notifications."""

from __future__ import annotations

import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from sandbox.aws.services.cloudwatch.alarms import evaluate
from tests.sandbox.aws.deployed import ACCOUNT
from tests.walk import walk

FAIL = "def handle(event, context): raise ValueError('no')"
EMBEDDED = """
import json
def handle(event, context):
    metrics = [{"Namespace": "Own", "Dimensions": [["Name"]], "Metrics": [{"Name": "Off"}]}]
    print(json.dumps({"_aws": {"Timestamp": 0, "CloudWatchMetrics": metrics}, "Name": "it", "Off": [1, 2]}))
    print(json.dumps({"_aws": "broken"}))
"""


def _alarm(aws: Any, name: str, metric: str, **more: Any) -> None:
    settings = {
        "Statistic": "Sum",
        "Period": 60,
        "EvaluationPeriods": 1,
        "Threshold": 0,
        "ComparisonOperator": "GreaterThanThreshold",
        "TreatMissingData": "notBreaching",
    }
    namespace, _, metric = metric.rpartition("/")
    aws.client("cloudwatch").put_metric_alarm(
        AlarmName=name, Namespace=namespace, MetricName=metric, **{**settings, **more}
    )


def _state(aws: Any, name: str) -> str:
    [alarm] = aws.client("cloudwatch").describe_alarms(AlarmNames=[name])["MetricAlarms"]
    return str(alarm["StateValue"])


def _pass(aws: Any, seconds: float = 60) -> None:
    aws.move_clock(seconds)
    assert aws.settle()


def test_an_alarm_notifies_its_topic_at_begin_and_end(
    aws: Callable, deploy: Callable, queue: Callable, messages: Callable
) -> None:
    cloud = aws()
    url = queue(cloud, "alerts")
    topic = cloud.client("sns").create_topic(Name="alerts")["TopicArn"]
    endpoint = f"arn:aws:sqs:us-east-1:{ACCOUNT}:alerts"
    cloud.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=endpoint)
    of_function = [{"Name": "FunctionName", "Value": "function"}]
    _alarm(cloud, "errors", "AWS/Lambda/Errors", Dimensions=of_function, AlarmActions=[topic], OKActions=[topic])
    deploy(cloud, FAIL).invoke()
    _pass(cloud)
    assert _state(cloud, "errors") == "ALARM"
    _pass(cloud)
    assert _state(cloud, "errors") == "OK"
    notifications = [
        (body["Subject"], json.loads(body["Message"])["NewStateValue"]) for body, _ in messages(cloud, url)
    ]
    assert notifications == [('ALARM: "errors"', "ALARM"), ('OK: "errors"', "OK")]


def test_a_schedule_that_stopped_is_an_alarm(aws: Callable) -> None:
    cloud = aws()
    _alarm(
        cloud,
        "silent",
        "AWS/Lambda/Invocations",
        ComparisonOperator="LessThanThreshold",
        Threshold=1,
        TreatMissingData="breaching",
    )
    _pass(cloud)
    assert _state(cloud, "silent") == "ALARM"


def test_a_queue_raises_its_alarm_until_it_is_empty(aws: Callable, queue: Callable, messages: Callable) -> None:
    cloud = aws()
    url = queue(cloud, "letters")
    of_queue = [{"Name": "QueueName", "Value": "letters"}]
    metric = "AWS/SQS/ApproximateNumberOfMessagesVisible"
    _alarm(cloud, "letters", metric, Statistic="Maximum", Dimensions=of_queue)
    cloud.client("sqs").send_message(QueueUrl=url, MessageBody="1")
    _pass(cloud)
    assert _state(cloud, "letters") == "ALARM"
    messages(cloud, url)
    _pass(cloud)
    assert _state(cloud, "letters") == "OK"


def test_a_metric_that_a_function_prints_is_one(aws: Callable, deploy: Callable) -> None:
    cloud = aws()
    _alarm(cloud, "own", "Own/Off", Dimensions=[{"Name": "Name", "Value": "it"}], Threshold=2.5)
    deploy(cloud, EMBEDDED).invoke()
    _pass(cloud)
    assert _state(cloud, "own") == "ALARM"


@walk(
    ("periods", "more", "state"),
    [
        ([[5.0]], {}, "ALARM"),
        ([[0.0]], {}, "OK"),
        ([[]], {}, "INSUFFICIENT_DATA"),
        ([[]], {"treat_missing_data": "breaching"}, "ALARM"),
        ([[]], {"treat_missing_data": "notBreaching"}, "OK"),
        ([[]], {"treat_missing_data": "ignore"}, None),
        ([[5.0], [0.0], [5.0]], {"evaluation_periods": 3, "datapoints_to_alarm": 2}, "ALARM"),
        ([[5.0], [0.0], [5.0]], {"evaluation_periods": 3}, "OK"),
        ([[1.0, 2.0]], {"statistic": "Average"}, "ALARM"),
        ([[1.0, 2.0]], {"statistic": "Minimum", "threshold": 1.0}, "OK"),
    ],
)
def test_periods_make_a_state(periods: list[list[float]], more: dict[str, Any], state: str | None) -> None:
    settings = {
        "comparison_operator": "GreaterThanThreshold",
        "statistic": "Sum",
        "threshold": 1.0,
        "evaluation_periods": 1,
        "datapoints_to_alarm": None,
        "treat_missing_data": None,
    }
    evaluation = evaluate(SimpleNamespace(**{**settings, **more}), periods)
    assert (evaluation and evaluation.state) == state
