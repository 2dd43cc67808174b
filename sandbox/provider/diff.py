"""What changed between a resource's state and its new inputs, as the engine's detailed diff has it."""

from __future__ import annotations

import json
from typing import Any, Literal

from .archive import same_archive
from .record import Properties, ResourceType
from .values import UNKNOWN, has_unknown

Kind = Literal["add", "delete", "update"]


def changes(record: ResourceType, state: Properties, inputs: Properties, names: frozenset[str]) -> dict[str, Kind]:
    """Property path → kind of change; a list's elements each have a path of their own, as the bridged provider does.

    An input that the program leaves out changes nothing if AWS fills it in. Otherwise it removes the value: leaving out
    `awsServiceAccessPrincipals` removes every principal.
    """
    changed: dict[str, Kind] = {}
    for name in sorted(names - {"tags"}):
        old, new = state.get(name), inputs.get(name)
        if not _is_same(record, name, old, new):
            changed.update(_property_changes(name, old, new, name in record.sets))
    if record.tagged and _differs(state, inputs, "tagsAll"):
        changed["tagsAll"] = "update"
        if _differs(state, inputs, "tags"):
            changed["tags"] = "update"
    return changed


def _differs(state: Properties, inputs: Properties, name: str) -> bool:
    return bool((state.get(name) or {}) != (inputs.get(name) or {}))


def _is_same(record: ResourceType, name: str, old: Any, new: Any) -> bool:
    """Whether two values that are written differently are the same to AWS."""
    if new is None:
        return _keeps_old_value(record, name, old)
    if name in record.documents and _same_document(old, new):
        return True
    return same_archive(old, new)


def _keeps_old_value(record: ResourceType, name: str, old: Any) -> bool:
    """Whether leaving out an input changes nothing."""
    return name in record.computed or name == "region" or old in (None, [], {}, "", False)


def _same_document(old: Any, new: Any) -> bool:
    try:
        return bool(json.loads(old) == json.loads(new))
    except (TypeError, ValueError):
        return False


def _property_changes(name: str, old: Any, new: Any, is_set: bool) -> dict[str, Kind]:
    if new is UNKNOWN or old is UNKNOWN:
        return {name: "update"}
    if old is None and new is None:
        return {}
    # A whole property that comes or goes is one path, also of a list: pulumi-terraform-bridge, detailed_diff.go.
    if old is None:
        return {} if new == [] else {name: "add"}
    if new is None:
        return {name: "delete"}
    if isinstance(new, list) and isinstance(old, list):
        return _set_changes(name, old, new) if is_set else _list_change(name, old, new)
    return {} if old == new else {name: "update"}


def _list_change(name: str, old: list[Any], new: list[Any]) -> dict[str, Kind]:
    if old == new and not has_unknown(new):
        return {}
    if not new:
        return {name: "delete"}
    return {name: "update" if old else "add"}


def _set_changes(name: str, old: list[Any], new: list[Any]) -> dict[str, Kind]:
    """One change for each element that only one of the two lists has."""
    changed: dict[str, Kind] = {}
    for index, element in enumerate(old):
        if element not in new:
            changed[f"{name}[{index}]"] = "delete"
    for index, element in enumerate(new):
        if element not in old:
            path = f"{name}[{index}]"
            changed[path] = "update" if path in changed else "add"
    return changed
