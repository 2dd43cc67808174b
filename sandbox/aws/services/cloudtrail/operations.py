"""CloudTrail: the record of every call.

Source: awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html,
cloudtrail-event-reference-user-identity.html; IAM/latest/UserGuide/cloudtrail-integration.html. A record
appears at once; AWS takes minutes. A call from another account also appears in the role's account. The recorded error
names are as users show them (assumed).
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
    """Adds the call to the trail, and notes the use of its access key."""
    error = error_of(response)
    account = principal.account if call.access_key else _account_of_role(call)
    event = Event(world.new_uuid(), world.now(), call, principal, request_id, account, error)
    note_use(principal, call.access_key, event.source.partition(".")[0], event.region)
    if error is not None:
        add(world, event)
        return
    answer = response[2] if not event.read_only or call.operation == "AssumeRole" else None
    role_account = _other_role_account(call, principal)
    if role_account is None:
        add(world, event, answer=answer)
        return
    shared = world.new_uuid()
    add(world, event, answer=answer, shared=shared)
    add(world, event, answer=answer, shared=shared, id=world.new_uuid(), account=role_account)


def _other_role_account(call: Call, principal: Principal) -> str | None:
    """The account of the role that the call assumes, if it isn't the caller's."""
    if call.operation != "AssumeRole":
        return None
    account = _account_of_role(call)
    return account if account not in ("", principal.account) else None


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
        role = {"accountId": _account_of_role(call), "type": "AWS::IAM::Role", "ARN": str(call.parameters["RoleArn"])}
        result["resources"] = [role]
    if event.shared:
        result["sharedEventID"] = event.shared
    return result


def _identity(event: Event) -> dict[str, Any]:
    is_signed_by_caller = event.call.access_key and event.invoked_by is None
    if is_signed_by_caller and event.account != event.principal.account:
        return as_seen_by_another(event.principal)
    return identity_of(event.principal, event.call.access_key, event.invoked_by)


@functools.cache
def _error_name(service: str, code: str) -> str:
    """The error's shape in the API model, where iam answers with a shorter code; AccessDenied has none."""
    if service not in ("iam", "sts"):
        return code
    for shape in models.service(service).error_shapes:
        if shape.metadata.get("error", {}).get("code") == code:
            return str(shape.name)
    return code


def _elements(call: Call, answer: bytes | None) -> dict[str, Any]:
    """The answer's members. answer: None for a call that only reads."""
    if answer is None or call.service not in models.MODELLED:
        return {}
    model = models.operation(call.service, call.operation)
    if model is None or model.output_shape is None:
        return {}
    kind = "json" if call.json else "query"
    parsed = create_parser(kind).parse({"body": answer, "headers": {}, "status_code": 200}, model.output_shape)
    return {name: value for name, value in parsed.items() if name != "ResponseMetadata"}


def _lower(value: Any) -> Any:
    """Members' names with a lower-case first letter, as in CloudTrail's records."""
    if isinstance(value, dict):
        return {name[:1].lower() + name[1:]: _lower(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_lower(element) for element in value]
    return value if isinstance(value, (str, int, float, type(None))) else str(value)
