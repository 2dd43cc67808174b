"""CloudTrail's trails: which one, if any, logs an event. Without one EventBridge gets no event of an API call
(eventbridge/latest/userguide/eb-service-event-cloudtrail.html)."""

from __future__ import annotations

from typing import Any

from moto.cloudtrail.models import cloudtrail_backends

from sandbox.aws.core.world import World

from .trail import Event

# Calls on data, not on what there is: a trail logs them only if told to, and none here is.
_DATA = frozenset(
    {
        ("lambda", "Invoke"),
        ("sns", "Publish"),
        ("events", "PutEvents"),
        ("logs", "PutLogEvents"),
        ("logs", "CreateLogStream"),
        ("cloudwatch", "PutMetricData"),
    }
)


def is_logged(world: World, event: Event) -> bool:
    """Whether a trail with logging on takes this event, of the account's own or of its organization's."""
    if (event.call.service, event.call.operation) in _DATA or event.call.service == "sqs":
        return False
    return any(_takes(trail, event) for trail in _trails_of(world, event.account))


def _trails_of(world: World, account: str) -> list[Any]:
    own = _all_trails(account)
    if world.management in (None, account):
        return own
    return own + [trail for trail in _all_trails(str(world.management)) if trail.is_org_trail]


def _all_trails(account: str) -> list[Any]:
    return [trail for backend in list(cloudtrail_backends[account].values()) for trail in backend.trails.values()]


def _takes(trail: Any, event: Event) -> bool:
    if not trail.status.is_logging or not (trail.is_multi_region or trail.region_name == event.region):
        return False
    if event.is_global and not trail.include_global_service_events:
        return False
    return _has_management_events(trail, event.read_only)


def _has_management_events(trail: Any, read_only: bool) -> bool:
    """By default a trail takes all management events."""
    selectors = trail.event_selectors
    if selectors:
        wanted = ("All", "ReadOnly" if read_only else "WriteOnly")
        return any(
            row.get("IncludeManagementEvents", True) and row.get("ReadWriteType", "All") in wanted for row in selectors
        )
    advanced = trail.advanced_event_selectors
    return not advanced or any(_advanced_takes(row, read_only) for row in advanced)


def _advanced_takes(selector: dict[str, Any], read_only: bool) -> bool:
    fields = {row["Field"]: row.get("Equals", []) for row in selector["FieldSelectors"]}
    flag = str(read_only).lower()
    return "Management" in fields.get("eventCategory", []) and flag in fields.get("readOnly", [flag])
