"""CloudTrail's trails: which one, if any, logs an event. Without one EventBridge gets no event of an API call
(eventbridge/latest/userguide/eb-service-event-cloudtrail.html)."""

from __future__ import annotations

from typing import Any

from moto.cloudtrail.models import cloudtrail_backends

from sandbox.aws.core.world import World

from .trail import Event

# Data events: a trail logs them only if its selectors say so, which the sandbox's trails don't.
_DATA_EVENTS = frozenset(
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
    """Whether a trail of the account, or of its organization, logs this event."""
    if (event.call.service, event.call.operation) in _DATA_EVENTS or event.call.service == "sqs":
        return False
    return any(_logs(trail, event) for trail in _trails(world, event.account))


def _trails(world: World, account: str) -> list[Any]:
    """The account's trails, and its organization's."""
    own_trails = _account_trails(account)
    if world.management in (None, account):
        return own_trails
    return own_trails + [trail for trail in _account_trails(str(world.management)) if trail.is_org_trail]


def _account_trails(account: str) -> list[Any]:
    return [trail for backend in list(cloudtrail_backends[account].values()) for trail in backend.trails.values()]


def _logs(trail: Any, event: Event) -> bool:
    has_region = trail.is_multi_region or trail.region_name == event.region
    if not trail.status.is_logging or not has_region:
        return False
    if event.is_global and not trail.include_global_service_events:
        return False
    return _selects_management_event(trail, event.read_only)


def _selects_management_event(trail: Any, read_only: bool) -> bool:
    """By default a trail logs all management events."""
    if trail.event_selectors:
        return any(_selects(selector, read_only) for selector in trail.event_selectors)
    if trail.advanced_event_selectors:
        return any(_advanced_selects(selector, read_only) for selector in trail.advanced_event_selectors)
    return True


def _selects(selector: dict[str, Any], read_only: bool) -> bool:
    types = ("All", "ReadOnly" if read_only else "WriteOnly")
    return selector.get("IncludeManagementEvents", True) and selector.get("ReadWriteType", "All") in types


def _advanced_selects(selector: dict[str, Any], read_only: bool) -> bool:
    fields = {field["Field"]: field.get("Equals", []) for field in selector["FieldSelectors"]}
    value = str(read_only).lower()
    return "Management" in fields.get("eventCategory", []) and value in fields.get("readOnly", [value])
