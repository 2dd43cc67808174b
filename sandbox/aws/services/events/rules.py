"""EventBridge's rules as moto keeps them: those that an event matches, those with a schedule, and a target's input."""

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
    return [rule for rule in _enabled(account, region, bus) if _matches(rule, event)]


def has_rules(account: str, region: str) -> bool:
    """Whether the account ever had a rule there; moto would create a backend to answer that."""
    return account in events_backends and region in events_backends[account]


def scheduled_rules() -> Iterator[Any]:
    """The enabled rules with a schedule, of all accounts and Regions."""
    places = [(account, region) for account, backends in list(events_backends.items()) for region in list(backends)]
    for account, region in places:
        yield from (rule for rule in _enabled(account, region, _DEFAULT_BUS) if rule.scheduled_expression)


def find_rule(account: str, region: str, name: str) -> Any | None:
    """An enabled rule on the default bus."""
    return next((rule for rule in _enabled(account, region, _DEFAULT_BUS) if rule.name == name), None)


def _enabled(account: str, region: str, bus: str) -> list[Any]:
    event_bus = events_backends[account][region].event_buses.get(bus)
    rules = list(event_bus.rules.values()) if event_bus is not None else []
    return [rule for rule in rules if rule.state.startswith("ENABLED")]


def _matches(rule: Any, event: Envelope) -> bool:
    pattern = rule.event_pattern
    if not isinstance(pattern, EventPattern) or not pattern.get_pattern():
        return False
    return bool(pattern.matches_event(event))


def takes_reads(rule: Any) -> bool:
    """Whether the rule gets events of calls that change nothing (eb-service-event-cloudtrail.html)."""
    return bool(rule.state == "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS")


def input_of(target: dict[str, Any], event: Envelope) -> str:
    """The target's input: the event, a part of it, a template filled from it, or a constant text."""
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
