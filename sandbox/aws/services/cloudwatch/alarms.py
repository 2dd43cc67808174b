"""CloudWatch's alarms: moto stores them and never evaluates them. Here each is evaluated for every minute of the
sandbox's clock, and its actions are published to topics.

Source: AmazonCloudWatch/latest/monitoring/alarm-evaluation.html. One metric an alarm, statistics only. Actions
other than SNS topics do nothing.
"""

from __future__ import annotations

import datetime
import json
import operator
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from moto.cloudwatch.models import cloudwatch_backends
from moto.sns.models import sns_backends
from moto.sqs.models import sqs_backends
from moto.utilities.arns import parse_arn

from sandbox.aws.authorization.service_principals import service_may
from sandbox.aws.core.agenda import Agenda
from sandbox.aws.core.world import World

SERVICE = "cloudwatch.amazonaws.com"
_EVERY_SECONDS = 60.0
_MOST_MINUTES = 1440
_Values = Callable[[float, float], Sequence[float]]  # those after one moment and up to another
_COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "GreaterThanOrEqualToThreshold": operator.ge,
    "GreaterThanThreshold": operator.gt,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}
_STATISTICS: dict[str, Callable[[Sequence[float]], float]] = {
    "Sum": sum,
    "Maximum": max,
    "Minimum": min,
    "Average": lambda values: sum(values) / len(values),
    "SampleCount": lambda values: float(len(values)),
}
# What a period without data counts as: breaching, not breaching, or nothing. "ignore" keeps the state.
_MISSING = {"breaching": True, "notBreaching": False}


@dataclass(frozen=True)
class Evaluation:
    """state: OK, ALARM or INSUFFICIENT_DATA."""

    state: str
    reason: str


class Alarms:
    """All alarms of a world, in every account and Region."""

    def __init__(self, world: World, agenda: Agenda) -> None:
        self._world, self._agenda = world, agenda
        self._lock = threading.Lock()
        self._evaluated_until: float | None = None
        self._since: dict[str, float] = {}  # alarm ARN → when it was first seen

    def watch(self) -> None:
        """Starts to evaluate if there is an alarm, and notes new ones."""
        with self._lock:
            for _, _, alarm in self._all():
                self._since.setdefault(alarm.alarm_arn, self._world.now())
            if self._evaluated_until is None and self._since:
                self._evaluated_until = self._world.now()
                self._agenda.at(self._evaluated_until + _EVERY_SECONDS, self._evaluate_all)

    def _evaluate_all(self) -> None:
        """For every minute since the last evaluation: the clock may have been moved over many."""
        assert self._evaluated_until is not None
        minutes = max(1, int((self._world.now() - self._evaluated_until) // _EVERY_SECONDS))
        moments = [self._evaluated_until + _EVERY_SECONDS * number for number in range(1, minutes + 1)][-_MOST_MINUTES:]
        for account, region, alarm in self._all():
            values = self._values(account, region, alarm)
            for moment in moments:
                self._evaluate_at(moment, account, region, alarm, values)
        with self._lock:
            self._evaluated_until = None
        self.watch()

    def _evaluate_at(self, moment: float, account: str, region: str, alarm: Any, values: _Values) -> None:
        """Evaluates the periods up to the moment. An alarm younger than these periods isn't evaluated yet (assumed)."""
        length, count = int(alarm.period), int(alarm.evaluation_periods)
        if moment - self._since.get(alarm.alarm_arn, moment) < length * count:
            return
        periods = [values(moment - length * (number + 1), moment - length * number) for number in range(count)]
        evaluation = evaluate(alarm, periods)
        if evaluation is not None and evaluation.state != alarm.state_value:
            self._change(account, region, alarm, evaluation)

    def _all(self) -> list[tuple[str, str, Any]]:
        """Account, Region and alarm."""
        return [
            (account, region, alarm)
            for account, backends in list(cloudwatch_backends.items())
            for region, backend in list(backends.items())
            for alarm in list(backend.alarms.values())
        ]

    def _values(self, account: str, region: str, alarm: Any) -> _Values:
        if alarm.namespace == "AWS/SQS":
            queue_length = _queue_length(account, region, alarm)
            return lambda _after, _until: queue_length
        points: list[tuple[float, float]] = []
        dimensions = {(dimension.name, dimension.value) for dimension in alarm.dimensions or ()}
        for datum in list(cloudwatch_backends[account][region].metric_data):
            if _is_of_metric(datum, alarm, dimensions):
                points.append((datum.timestamp.replace(tzinfo=datetime.UTC).timestamp(), float(datum.value)))
        return lambda after, until: [value for moment, value in points if after < moment <= until]

    def _change(self, account: str, region: str, alarm: Any, evaluation: Evaluation) -> None:
        before = alarm.state_value
        alarm.update_state(evaluation.reason, "{}", evaluation.state)
        if not alarm.actions_enabled:
            return
        actions = {
            "ALARM": alarm.alarm_actions,
            "OK": alarm.ok_actions,
            "INSUFFICIENT_DATA": alarm.insufficient_data_actions,
        }[evaluation.state]
        now = datetime.datetime.fromtimestamp(self._world.now(), datetime.UTC)
        message = {
            "AlarmName": alarm.name,
            "AlarmDescription": alarm.description,
            "AWSAccountId": account,
            "NewStateValue": evaluation.state,
            "NewStateReason": evaluation.reason,
            "StateChangeTime": now.strftime("%Y-%m-%dT%H:%M:%S.000+0000"),
            "Region": region,
            "AlarmArn": alarm.alarm_arn,
            "OldStateValue": before,
        }
        for arn in actions or ():
            _publish(arn, f'{evaluation.state}: "{alarm.name}"', json.dumps(message), alarm.alarm_arn, account)


def evaluate(alarm: Any, periods: Sequence[Sequence[float]]) -> Evaluation | None:
    """The state that follows from an alarm's periods; None if it stays unchanged."""
    treatment = alarm.treat_missing_data or "missing"
    verdicts = [_breaches(alarm, values, treatment) for values in periods]
    if treatment == "ignore" and all(verdict is None for verdict in verdicts):
        return None
    breaching = sum(verdict is True for verdict in verdicts)
    needed = int(alarm.datapoints_to_alarm or alarm.evaluation_periods)
    if breaching >= needed:
        return Evaluation(
            "ALARM", f"{breaching} of {len(periods)} periods were breaching the threshold {alarm.threshold}."
        )
    if all(verdict is None for verdict in verdicts):
        return Evaluation("INSUFFICIENT_DATA", f"{len(periods)} periods had no data.")
    return Evaluation("OK", f"{breaching} of {len(periods)} periods were breaching, of {needed} that make an alarm.")


def _breaches(alarm: Any, values: Sequence[float], treatment: str) -> bool | None:
    if not values:
        return _MISSING.get(treatment)
    return _COMPARISONS[alarm.comparison_operator](_STATISTICS[alarm.statistic](values), float(alarm.threshold))


def _is_of_metric(datum: Any, alarm: Any, dimensions: set[tuple[str, str]]) -> bool:
    return (
        datum.namespace == alarm.namespace
        and datum.name == alarm.metric_name
        and {(dimension.name, dimension.value) for dimension in datum.dimensions} == dimensions
    )


def _queue_length(account: str, region: str, alarm: Any) -> list[float]:
    """The number of messages in the queue now, as SQS publishes it each minute; empty if there is no queue."""
    names = {dimension.name: dimension.value for dimension in alarm.dimensions or ()}
    queue = sqs_backends[account][region].queues.get(names.get("QueueName", ""))
    return [float(queue.approximate_number_of_messages)] if queue is not None else []


def _publish(arn: str, subject: str, text: str, alarm_arn: str, account: str) -> None:
    place = parse_arn(arn)
    topic = sns_backends[place.account][place.region].topics.get(arn) if place.service == "sns" else None
    if topic is None or not service_may(SERVICE, "sns:Publish", arn, topic.policy, source=alarm_arn, account=account):
        return
    sns_backends[place.account][place.region].publish(text, arn=arn, subject=subject[:99])
