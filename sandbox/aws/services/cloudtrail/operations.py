"""CloudTrail: every call as the record that CloudTrail would keep of it.

Source: awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html,
cloudtrail-event-reference-user-identity.html; IAM/latest/UserGuide/cloudtrail-integration.html. A record is there at
once; AWS takes minutes. A call from another account is in the role's account too. Under which name errors are recorded
is as users show their records (assumed).
"""

from __future__ import annotations

import functools
from typing import Any

from botocore.parsers import create_parser

from sandbox.aws.authorization.principals import Principal, note_use
from sandbox.aws.core import models
from sandbox.aws.core.call_log import redacted
from sandbox.aws.core.wire import Call, Response, error_of
from sandbox.aws.core.world import World

from .trail import Event, add
from .trail_identity import as_seen_by_another, identity_of, iso


def keep(world: World, call: Call, principal: Principal, request_id: str, response: Response) -> None:
    """Adds the call to the trail, and to what is known of its key."""
    error = error_of(response)
    account = principal.account if call.access_key else _account_of_role(call)
    event = Event(world.new_uuid(), world.now(), call, principal, request_id, account, error)
    note_use(principal, call.access_key, event.source.partition(".")[0], event.region)
    if error is not None:
        add(world, event)
        return
    answer = response[2] if not event.read_only or call.operation == "AssumeRole" else None
    theirs = _other_account(call, principal)
    shared = world.new_uuid() if theirs else None
    add(world, event, answer=answer, shared=shared)
    if theirs:
        add(world, event, answer=answer, shared=shared, id=world.new_uuid(), account=theirs)


def _other_account(call: Call, principal: Principal) -> str | None:
    account = _account_of_role(call) if call.operation == "AssumeRole" else ""
    return account if account and account != principal.account else None


def _account_of_role(call: Call) -> str:
    """ "" for a call that names no role."""
    parts = str(call.parameters.get("RoleArn") or "").split(":")
    return parts[4] if len(parts) > 4 else ""


def record(event: Event) -> dict[str, Any]:
    """The event's record."""
    call, elements = event.call, _elements(event.call, event.answer)
    result: dict[str, Any] = {
        "eventVersion": "1.11",
        "userIdentity": _identity(event),
        "eventTime": iso(event.time),
        "eventSource": event.source,
        "eventName": call.operation,
        "awsRegion": event.region,
        "sourceIPAddress": event.invoked_by or "127.0.0.1",
        "userAgent": call.user_agent,
        "requestParameters": _lower(redacted(call.parameters)) or None,
        "responseElements": _lower(redacted(elements)) or None,
        "requestID": event.request_id,
        "eventID": event.id,
        "readOnly": event.read_only,
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": event.account,
        "eventCategory": "Management",
    }
    if event.error is not None:
        result["errorCode"], result["errorMessage"] = _error_name(call.service, event.error[0]), event.error[1]
    if call.parameters.get("RoleArn"):
        row = {"accountId": _account_of_role(call), "type": "AWS::IAM::Role", "ARN": str(call.parameters["RoleArn"])}
        result["resources"] = [row]
    return {**result, "sharedEventID": event.shared} if event.shared else result


def _identity(event: Event) -> dict[str, Any]:
    if event.call.access_key and event.account != event.principal.account and event.invoked_by is None:
        return as_seen_by_another(event.principal)
    return identity_of(event.principal, event.call.access_key, event.invoked_by)


@functools.cache
def _error_name(service: str, code: str) -> str:
    """The error's shape in the API model, where iam answers with a shorter code; AccessDenied has none."""
    if service not in ("iam", "sts"):
        return code
    shapes = models.service(service).error_shapes
    return next((str(shape.name) for shape in shapes if shape.metadata.get("error", {}).get("code") == code), code)


def _elements(call: Call, answer: bytes | None) -> dict[str, Any]:
    """What the call answered, of a call that changes something."""
    model = models.operation(call.service, call.operation) if call.service in models.MODELLED else None
    if answer is None or model is None or model.output_shape is None:
        return {}
    kind = "json" if call.json else "query"
    parsed = create_parser(kind).parse({"body": answer, "headers": {}, "status_code": 200}, model.output_shape)
    return {name: value for name, value in parsed.items() if name != "ResponseMetadata"}


def _lower(value: Any) -> Any:
    """Members' names with a small first letter, as CloudTrail has them."""
    if isinstance(value, dict):
        return {name[:1].lower() + name[1:]: _lower(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_lower(each) for each in value]
    return value if value is None or isinstance(value, (str, int, float)) else str(value)
