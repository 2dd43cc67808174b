"""EventBridge delivers an event to the targets of the rules that match it.

If a permission is missing or the target doesn't exist, the event isn't retried: it goes to the target's dead letter
queue (eventbridge/latest/userguide/eb-rule-dlq.html). Targets: functions, queues, topics.
"""

from __future__ import annotations

import datetime
import json
import uuid
from collections.abc import Callable
from typing import Any

from moto.sns.models import sns_backends
from moto.sqs.models import sqs_backends
from moto.utilities.arns import parse_arn

from sandbox.aws.authorization.service_principals import service_may
from sandbox.aws.core.agenda import Agenda
from sandbox.aws.core.errors import AwsError
from sandbox.aws.core.registry import Context, guards, handles
from sandbox.aws.core.world import World
from sandbox.aws.services.cloudtrail.operations import record
from sandbox.aws.services.cloudtrail.trail import Event
from sandbox.aws.services.cloudtrail.trails import is_logged
from sandbox.aws.services.cloudwatch.metrics import add_metric
from sandbox.aws.services.functions.invocations import Functions

from .rules import Envelope, find_rule, has_rules, input_of, rules_matching, scheduled_rules, takes_reads
from .schedule import next_time

SERVICE = "events.amazonaws.com"


class Undeliverable(Exception):
    """A target can't get an event; code and message are those in the dead letter."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Delivery:
    """EventBridge's work beside requests."""

    def __init__(self, world: World, agenda: Agenda, functions: Functions) -> None:
        self._world, self._agenda, self._functions = world, agenda, functions
        self._armed: dict[str, str] = {}  # rule ARN → the schedule for which the agenda has an entry

    def recorded(self, event: Event) -> None:
        """After a call is recorded: if a trail logs it, it becomes an event."""
        if event.call.service == "events" and event.error is None:
            self.arm_schedules()
        if has_rules(event.account, event.region) and is_logged(self._world, event):
            self._agenda.at(self._world.now(), lambda: self._deliver_call(event))

    def _deliver_call(self, event: Event) -> None:
        detail = record(event)
        source = f"aws.{event.source.partition('.')[0]}"
        id_ = _derived_id(event.id)
        envelope = self._envelope(id_, event.account, event.region, source, "AWS API Call via CloudTrail", detail)
        for rule in rules_matching(event.account, event.region, envelope):
            if takes_reads(rule) or not event.read_only:
                self.send(rule, envelope)

    def arm_schedules(self) -> None:
        """Puts every schedule into the agenda that isn't there yet."""
        for rule in list(scheduled_rules()):
            if self._armed.get(rule.arn) != rule.scheduled_expression:
                self._armed[rule.arn] = rule.scheduled_expression
                self._arm(rule)

    def _arm(self, rule: Any) -> None:
        expression = rule.scheduled_expression
        due = next_time(expression, self._world.now())
        if due is not None:
            self._agenda.at(due, lambda: self._fire(rule.arn, rule.account_id, rule.region_name, rule.name, expression))

    def _fire(self, arn: str, account: str, region: str, name: str, expression: str) -> None:
        """A rule fires once, however many times came due while the clock was moved."""
        rule = find_rule(account, region, name)
        if rule is None or rule.scheduled_expression != expression:
            self._armed.pop(arn, None)
            return
        self._arm(rule)
        id_ = _derived_id(f"{arn} {self._world.now()}")
        self.send(rule, self._envelope(id_, account, region, "aws.events", "Scheduled Event", {}, [arn]))

    def _envelope(
        self, id_: str, account: str, region: str, source: str, kind: str, detail: Any, about: list[str] | None = None
    ) -> Envelope:
        now = datetime.datetime.fromtimestamp(self._world.now(), datetime.UTC)
        return {
            "version": "0",
            "id": id_,
            "detail-type": kind,
            "source": source,
            "account": account,
            "time": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "region": region,
            "resources": about or [],
            "detail": detail,
        }

    def put(self, account: str, region: str, entry: dict[str, Any]) -> str:
        """Sends a custom event of PutEvents; returns its id."""
        id_, detail = self._world.new_uuid(), json.loads(entry["Detail"])
        event = self._envelope(
            id_, account, region, entry["Source"], entry["DetailType"], detail, entry.get("Resources")
        )
        bus = str(entry.get("EventBusName") or "default").rpartition("/")[2]
        for rule in rules_matching(account, region, event, bus):
            self.send(rule, event)
        return str(event["id"])

    def send(self, rule: Any, event: Envelope) -> None:
        """Sends the event to each of the rule's targets."""
        dimensions = {"RuleName": rule.name}
        add_metric(self._world, rule.account_id, rule.region_name, "AWS/Events", "TriggeredRules", dimensions)
        for target in list(rule.targets):
            try:
                self._send_to_target(rule, target, input_of(target, event))
                metric = "Invocations"
            except Undeliverable as reason:
                metric = "FailedInvocations"
                self._keep_dead_letter(rule, target, event, reason)
            add_metric(self._world, rule.account_id, rule.region_name, "AWS/Events", metric, dimensions)

    def _send_to_target(self, rule: Any, target: dict[str, Any], text: str) -> None:
        _SENDERS[parse_arn(target["Arn"]).service](self, rule, target["Arn"], text)

    def to_function(self, rule: Any, arn: str, text: str) -> None:
        function = self._functions.find(arn)
        if function is None:
            raise Undeliverable("RESOURCE_NOT_FOUND", f"The function {arn} does not exist.")
        policy = json.dumps({"Version": "2012-10-17", "Statement": function.policy.statements})
        self._check(rule, "lambda:InvokeFunction", arn, policy)
        self._functions.invoke_later(function, text)

    def to_queue(self, rule: Any, arn: str, text: str) -> None:
        queue = queue_of(arn)
        if queue is None:
            raise Undeliverable("RESOURCE_NOT_FOUND", f"The queue {arn} does not exist.")
        self._check(rule, "sqs:SendMessage", arn, queue.policy)
        place = parse_arn(arn)
        sqs_backends[place.account][place.region].send_message(queue.name, text)

    def to_topic(self, rule: Any, arn: str, text: str) -> None:
        place = parse_arn(arn)
        backend = sns_backends[place.account][place.region]
        if arn not in backend.topics:
            raise Undeliverable("RESOURCE_NOT_FOUND", f"The topic {arn} does not exist.")
        self._check(rule, "sns:Publish", arn, backend.topics[arn].policy)
        backend.publish(text, arn=arn)

    def _check(self, rule: Any, action: str, arn: str, policy: str | None) -> None:
        if not service_may(SERVICE, action, arn, policy, source=rule.arn, account=rule.account_id):
            raise Undeliverable("NO_PERMISSIONS", f"{SERVICE} has no permission to {action} on {arn} for {rule.arn}.")

    def _keep_dead_letter(self, rule: Any, target: dict[str, Any], event: Envelope, reason: Undeliverable) -> None:
        arn = str((target.get("DeadLetterConfig") or {}).get("Arn") or "")
        queue = queue_of(arn) if arn else None
        if queue is None or not service_may(
            SERVICE, "sqs:SendMessage", arn, queue.policy, source=rule.arn, account=rule.account_id
        ):
            return
        facts = {
            "RULE_ARN": rule.arn,
            "TARGET_ARN": target["Arn"],
            "ERROR_CODE": reason.code,
            "ERROR_MESSAGE": str(reason),
        }
        place = parse_arn(arn)
        sqs_backends[place.account][place.region].send_message(queue.name, json.dumps(event), message_attributes(facts))


def _derived_id(origin: str) -> str:
    """An id that depends on the event's origin only: the world's random ids depend on the order of the calls."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, origin))


_SENDERS: dict[str, Callable[[Delivery, Any, str, str], None]] = {
    "lambda": Delivery.to_function,
    "sqs": Delivery.to_queue,
    "sns": Delivery.to_topic,
}


def queue_of(arn: str) -> Any | None:
    """moto's queue; None if there is none."""
    place = parse_arn(arn)
    return sqs_backends[place.account][place.region].queues.get(place.resource_id)


def message_attributes(facts: dict[str, str]) -> dict[str, Any]:
    """As SQS takes them."""
    return {name: {"DataType": "String", "StringValue": value} for name, value in facts.items()}


@guards("events", "PutTargets")
def refuse_foreign_targets(context: Context) -> None:
    for target in context.elements("Targets"):
        service = str(target.get("Arn", "")).split(":")[2:3]
        if service and service[0] not in _SENDERS:
            raise AwsError("SandboxNotImplemented", f"The sandbox delivers no events to {service[0]}.", 501)


@guards("events", "PutRule")
def check_schedule(context: Context) -> None:
    if context.parameter("ScheduleExpression"):
        next_time(str(context.parameter("ScheduleExpression")), context.world.now())


@handles("events", "PutEvents")
def put_events(context: Context) -> dict[str, Any]:
    """Nobody but AWS may speak for AWS (API_PutEventsResultEntry.html)."""
    answers = []
    for entry in context.elements("Entries"):
        if str(entry.get("Source", "")).startswith("aws."):
            message = "Not authorized for the source."
            answers.append({"ErrorCode": "NotAuthorizedForSourceException", "ErrorMessage": message})
        else:
            delivery: Delivery = context.world.background.delivery
            answers.append({"EventId": delivery.put(context.account, context.call.region, entry)})
    return {"FailedEntryCount": sum("ErrorCode" in answer for answer in answers), "Entries": answers}
