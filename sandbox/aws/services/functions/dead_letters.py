"""Where an event goes that a function failed on to the last: its failure destination and its dead letter queue.

Source: lambda/latest/dg/invocation-async-retain-records.html. The function's own role has to be allowed to send it.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable
from typing import Any

from moto.sns.models import sns_backends
from moto.sqs.models import sqs_backends
from moto.utilities.arns import parse_arn

from sandbox.aws.core.errors import AwsError
from sandbox.aws.core.wire import Call
from sandbox.aws.core.world import World

from .execution_environment import Outcome
from .runtime_api import Invocation

Allow = Callable[[Call], None]


def send_failure(
    world: World,
    function: Any,
    invocation: Invocation,
    outcome: Outcome,
    condition: str,
    attempts: int,
    allow: Allow,
) -> None:
    """condition: RetriesExhausted or EventAgeExceeded. Raises AwsError if it can't be sent."""
    settings = function.event_invoke_config[0].config if function.event_invoke_config else {}
    destination = ((settings.get("DestinationConfig") or {}).get("OnFailure") or {}).get("Destination")
    letters = function.sandbox_settings.get("DeadLetterConfig", {}).get("TargetArn")
    if destination:
        _send(destination, json.dumps(_record(world, invocation, outcome, condition, attempts)), {}, allow)
    if letters:
        facts = {"RequestID": invocation.id, "ErrorCode": "200", "ErrorMessage": outcome.error[:1024]}
        _send(letters, invocation.payload, facts, allow)


def _record(world: World, invocation: Invocation, outcome: Outcome, condition: str, attempts: int) -> dict[str, Any]:
    now = datetime.datetime.fromtimestamp(world.now(), datetime.UTC)
    return {
        "version": "1.0",
        "timestamp": now.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "requestContext": {
            "requestId": invocation.id,
            "functionArn": f"{invocation.function_arn}:$LATEST",
            "condition": condition,
            "approximateInvokeCount": attempts,
        },
        "requestPayload": json.loads(invocation.payload or "null"),
        "responseContext": {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"},
        "responsePayload": json.loads(outcome.payload),
    }


def _send(arn: str, body: str, facts: dict[str, str], allow: Allow) -> None:
    """To a queue or a topic."""
    place = parse_arn(arn)
    attributes = {name: {"DataType": "String", "StringValue": value} for name, value in facts.items()}
    if place.service == "sqs":
        allow(Call("sqs", "SendMessage", place.region, "", {"QueueUrl": f"/{place.account}/{place.resource_id}"}, True))
        if place.resource_id not in sqs_backends[place.account][place.region].queues:
            raise AwsError("QueueDoesNotExist", f"The queue {arn} does not exist.")
        sqs_backends[place.account][place.region].send_message(place.resource_id, body, attributes)
    elif place.service == "sns":
        allow(Call("sns", "Publish", place.region, "", {"TopicArn": arn}, False))
        sns_backends[place.account][place.region].publish(body, arn=arn)
    else:
        raise AwsError("SandboxNotImplemented", f"The sandbox sends no failed events to {place.service}.", 501)
