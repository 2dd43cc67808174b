"""EventBridge's rules as moto keeps them: which an event matches, which have a schedule, and what a target is sent."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from moto.events.models import EventPattern, events_backends

Envelope = dict[str, Any]

_DEFAULT_BUS = "default"


def rules_matching(account: str, region: str, event: Envelope, bus: str = _DEFAULT_BUS) -> list[Any]:
    """The enabled rules on a bus that have a pattern, and whose pattern the event matches."""
    return [
        rule
        for rule in _enabled(account, region, bus)
        if _has_pattern(rule) and rule.event_pattern.matches_event(event)
    ]


def has_rules(account: str, region: str) -> bool:
    """Whether the account ever had one there; makes nothing in looking."""
    return account in events_backends and region in events_backends[account]


def scheduled_rules() -> Iterator[Any]:
    """The enabled rules with a schedule, of all accounts and Regions."""
    for account, backends in list(events_backends.items()):
        for region in list(backends):
            for rule in _enabled(account, region, _DEFAULT_BUS):
                if rule.scheduled_expression:
                    yield rule


def find_rule(account: str, region: str, name: str) -> Any | None:
    """An enabled rule on the default bus."""
    return next((rule for rule in _enabled(account, region, _DEFAULT_BUS) if rule.name == name), None)


def _enabled(account: str, region: str, bus: str) -> list[Any]:
    event_bus = events_backends[account][region].event_buses.get(bus)
    return [rule for rule in list(event_bus.rules.values()) if rule.state.startswith("ENABLED")] if event_bus else []


def _has_pattern(rule: Any) -> bool:
    return isinstance(rule.event_pattern, EventPattern) and bool(rule.event_pattern.get_pattern())


def takes_reads(rule: Any) -> bool:
    """Whether the rule gets events of calls that change nothing (eb-service-event-cloudtrail.html)."""
    return bool(rule.state == "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS")


def input_of(target: dict[str, Any], event: Envelope) -> str:
    """What the target is sent: the event, a part of it, a text made from it, or a text of its own."""
    if target.get("Input") is not None:
        return str(target["Input"])
    if target.get("InputPath"):
        return json.dumps(_at(event, target["InputPath"]))
    transformer = target.get("InputTransformer")
    if transformer:
        return _fill(transformer["InputTemplate"], transformer.get("InputPathsMap") or {}, event)
    return json.dumps(event)


def _fill(template: str, paths: dict[str, str], event: Envelope) -> str:
    """A template with its <NAME>s replaced: within quotation marks by the text, elsewhere by the JSON
    (eb-transform-target-input.html)."""

    def replace(match: re.Match[str]) -> str:
        value = _at(event, paths[match[2]]) if match[2] in paths else None
        is_quoted = bool(match[1]) and isinstance(value, str)
        return f"{match[1]}{value if is_quoted else json.dumps(value)}"

    return re.sub(r'("?)<([\w.-]+)>', replace, template)


def _at(event: Envelope, path: str) -> Any:
    """A JSON path of names only, such as $.detail."""
    value: Any = event
    for name in path.removeprefix("$").split("."):
        value = value.get(name) if name and isinstance(value, dict) else value
    return value
