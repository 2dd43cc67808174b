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

    An input that is not given changes nothing if AWS fills it in, and takes the value away otherwise: that is what
    makes leaving out `awsServiceAccessPrincipals` remove every principal.
    """
    found: dict[str, Kind] = {}
    for name in sorted(names):
        old, new = state.get(name), inputs.get(name)
        if name == "tags" or (new is None and _stays(record, name, old)):
            continue
        if (name in record.documents and _same_document(old, new)) or same_archive(old, new):
            continue
        found.update(_between(name, old, new, name in record.sets))
    if record.tagged and (state.get("tagsAll") or {}) != (inputs.get("tagsAll") or {}):
        found["tagsAll"] = "update"
        if (state.get("tags") or {}) != (inputs.get("tags") or {}):
            found["tags"] = "update"
    return found


def _stays(record: ResourceType, name: str, old: Any) -> bool:
    """Whether an input that is no longer given changes nothing."""
    return name in record.computed or name == "region" or old in (None, [], {}, "", False)


def _same_document(old: Any, new: Any) -> bool:
    try:
        return bool(json.loads(old) == json.loads(new))
    except (TypeError, ValueError):
        return False


def _between(name: str, old: Any, new: Any, is_set: bool) -> dict[str, Kind]:
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
        return _between_lists(name, old, new, is_set)
    return {} if old == new else {name: "update"}


def _between_lists(name: str, old: list[Any], new: list[Any], is_set: bool) -> dict[str, Kind]:
    if not is_set:
        if old == new and not has_unknown(new):
            return {}
        return {name: "update" if old and new else "add" if new else "delete"}
    found: dict[str, Kind] = {}
    for index, element in enumerate(old):
        if element not in new:
            found[f"{name}[{index}]"] = "delete"
    for index, element in enumerate(new):
        if element not in old:
            path = f"{name}[{index}]"
            found[path] = "update" if path in found else "add"
    return found
