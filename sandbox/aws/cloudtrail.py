"""CloudTrail: every call as the record that CloudTrail would keep of it, and LookupEvents over them.

Source: awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html. What a call answered
(responseElements) is left out, and a record is there at once; AWS takes minutes.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sandbox.aws.calllog import redacted
from sandbox.aws.organizations import page
from sandbox.aws.principals import Principal
from sandbox.aws.registry import Context, handles
from sandbox.aws.wire import Call
from sandbox.aws.world import HOME_REGION, World

KEPT = 50_000
_SOURCES = {"sso-admin": "sso"}
_GLOBAL = frozenset({"organizations", "iam"})
_READS = ("Get", "List", "Describe", "Lookup", "Search", "Simulate", "Is")


@dataclass(frozen=True)
class Event:
    """One call, as little as its record can be made from."""

    id: str
    time: float
    call: Call
    principal: Principal
    error: tuple[str, str] | None

    @property
    def source(self) -> str:
        return f"{_SOURCES.get(self.call.service, self.call.service)}.amazonaws.com"

    @property
    def read_only(self) -> bool:
        return self.call.operation.startswith(_READS)


def keep(world: World, call: Call, principal: Principal, error: tuple[str, str] | None) -> None:
    """Adds the call to the trail; the oldest goes when it is full."""
    bits = f"{world.source.random.getrandbits(128):032x}"
    id_ = "-".join((bits[:8], bits[8:12], bits[12:16], bits[16:20], bits[20:]))
    if len(world.trail) >= KEPT:
        del world.trail[: KEPT // 10]
    world.trail.append(Event(id_, world.now(), call, principal, error))


def record(event: Event) -> dict[str, Any]:
    """The event's record."""
    call = event.call
    result: dict[str, Any] = {
        "eventVersion": "1.09",
        "userIdentity": _identity(event.principal, call.access_key),
        "eventTime": _iso(event.time),
        "eventSource": event.source,
        "eventName": call.operation,
        "awsRegion": HOME_REGION if call.service in _GLOBAL else call.region,
        "sourceIPAddress": "127.0.0.1",
        "userAgent": call.user_agent,
        "requestParameters": _lower(redacted(call.parameters)) or None,
        "responseElements": None,
        "requestID": event.id,
        "eventID": event.id,
        "readOnly": event.read_only,
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": event.principal.account,
        "eventCategory": "Management",
    }
    if event.error is not None:
        result["errorCode"], result["errorMessage"] = event.error
    return result


def _identity(principal: Principal, access_key: str) -> dict[str, Any]:
    identity: dict[str, Any] = {
        "type": "AssumedRole" if ":assumed-role/" in principal.arn else "IAMUser",
        "principalId": principal.user_id,
        "arn": principal.arn,
        "accountId": principal.account,
        "accessKeyId": access_key,
    }
    name = principal.arn.split("/")[1]
    if identity["type"] == "IAMUser":
        identity["userName"] = principal.arn.rpartition("/")[2]
    else:
        identity["sessionContext"] = {
            "sessionIssuer": {
                "type": "Role",
                "principalId": principal.user_id.partition(":")[0],
                "arn": f"arn:aws:iam::{principal.account}:role/{name}",
                "accountId": principal.account,
                "userName": name,
            },
        }
    return identity


def _iso(moment: float) -> str:
    return datetime.datetime.fromtimestamp(moment, datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _lower(value: Any) -> Any:
    """Members' names with a small first letter, as CloudTrail has them."""
    if isinstance(value, dict):
        return {name[:1].lower() + name[1:]: _lower(each) for name, each in value.items()}
    return [_lower(each) for each in value] if isinstance(value, list) else value


@handles("cloudtrail", "LookupEvents")
def lookup_events(context: Context) -> dict[str, Any]:
    """The caller's account's events in its Region, the newest first, 50 a page."""
    rows = [event for event in reversed(context.world.trail) if _is_asked_for(context, event)]
    found = page(context, "Events", rows, 50)
    return {**found, "Events": [_shape(event) for event in found["Events"]]}


def _is_asked_for(context: Context, event: Event) -> bool:
    region = HOME_REGION if event.call.service in _GLOBAL else event.call.region
    start, end = context.parameter("StartTime"), context.parameter("EndTime")
    return (
        event.principal.account == context.account
        and region == context.call.region
        and (start is None or event.time >= start)
        and (end is None or event.time <= end)
        and all(_has(event, *each) for each in _attributes(context))
    )


def _attributes(context: Context) -> Iterator[tuple[str, str]]:
    for attribute in context.parameter("LookupAttributes") or []:
        yield attribute["AttributeKey"], attribute["AttributeValue"]


def _has(event: Event, key: str, value: str) -> bool:
    own = {
        "EventId": event.id,
        "EventName": event.call.operation,
        "EventSource": event.source,
        "ReadOnly": str(event.read_only).lower(),
        "Username": event.principal.arn.rpartition("/")[2],
        "AccessKeyId": event.call.access_key,
    }
    return own.get(key) == value


def _shape(event: Event) -> dict[str, Any]:
    return {
        "EventId": event.id,
        "EventName": event.call.operation,
        "ReadOnly": str(event.read_only).lower(),
        "AccessKeyId": event.call.access_key,
        "EventTime": event.time,
        "EventSource": event.source,
        "Username": event.principal.arn.rpartition("/")[2],
        "Resources": [],
        "CloudTrailEvent": json.dumps(record(event), default=str),
    }
