"""A resource's inputs: failures, automatic names, defaults and default tags; and inputs read back from AWS."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from typing import Any

from .record import Properties, ResourceType
from .schema import Schema
from .values import UNKNOWN

_QUOTED = re.compile(r'^\["([^"]*)"\]$')
# As in the bridged provider: the names of the inputs that the provider filled in, not the program.
_DEFAULTS = "__defaults"


def failures(token: str, type_schema: Schema, news: Properties) -> list[tuple[str, str]]:
    """Unknown inputs and missing ones, each with a reason."""
    problems = []
    for name in sorted(set(news) - type_schema.inputs - {_DEFAULTS}):
        problems.append((name, f"{token} has no input {name!r}; it has {', '.join(sorted(type_schema.inputs))}"))
    for name in sorted(type_schema.required):
        if news.get(name) is None:
            problems.append((name, f"Missing required argument: {name!r} must be set for {token}"))
    return problems


def completed(
    record: ResourceType | None,
    type_schema: Schema,
    news: Properties,
    olds: Properties,
    request: Any,
    default_tags: dict[str, str],
) -> Properties:
    """The inputs with an automatic name (the old one, if there is one), defaults and tags."""
    result = without_defaults_list(news)
    filled_in = []
    named = record.named if record is not None else _named_by_schema(type_schema)
    if named and result.get(named) is None:
        result[named] = _name(named, result, olds, request)
        filled_in.append(named)
    for name, value in record.defaults.items() if record is not None else ():
        if result.get(name) is None:
            result[name] = value
            filled_in.append(name)
    if "tagsAll" in type_schema.outputs and "tags" in type_schema.inputs:
        result["tagsAll"] = _all_tags(result, default_tags)
    result[_DEFAULTS] = filled_in
    return result


def _named_by_schema(type_schema: Schema) -> str | None:
    """The input that gets an automatic name, of a type without a record."""
    return "name" if "name" in type_schema.inputs - type_schema.required else None


def without_defaults_list(properties: Properties) -> Properties:
    return {name: value for name, value in properties.items() if name != _DEFAULTS}


def _name(named: str, news: Properties, olds: Properties, request: Any) -> str:
    if named in olds.get(_DEFAULTS, []) and olds.get(named):
        return str(olds[named])
    urn_name = request.urn.split("::")[-1]
    prefix = news.get("namePrefix") or f"{urn_name}-"
    seed = bytes(request.randomSeed) or request.urn.encode()
    return f"{prefix}{hashlib.sha256(seed).hexdigest()[:7]}"


def _all_tags(properties: Properties, default_tags: dict[str, str]) -> Any:
    tags = properties.get("tags")
    return UNKNOWN if tags is UNKNOWN else {**default_tags, **(tags or {})}


def ignored_properties(paths: Iterable[str], names: frozenset[str]) -> frozenset[str]:
    """The properties that ignoreChanges names as a whole: by name, as ["NAME"], or all, as *.

    The engine alone handles a path into a property, such as NAME[0]: it puts the old value there before it calls the
    provider, and the bridged provider finds no such attribute in a set (pulumi-terraform-bridge, IgnoreChanges).
    """
    plain = {_QUOTED.sub(r"\1", path) for path in paths}
    return names if "*" in plain else names & plain


def with_defaults(record: ResourceType, news: Properties, default_tags: dict[str, str]) -> Properties:
    """Defaults again, for a Diff after a refresh: its inputs were never checked."""
    present = {name: value for name, value in news.items() if value is not None}
    result = {**record.defaults, **present}
    if record.tagged:
        result["tagsAll"] = _all_tags(result, default_tags)
    return result


def is_named_by_program(record: ResourceType, news: Properties) -> bool:
    """Whether the program chose the name, so that the replacement can't exist beside the old resource.

    Without `__defaults` (inputs that were never checked) the provider can't tell, and the name counts as automatic.
    """
    return record.named is not None and _DEFAULTS in news and record.named not in news[_DEFAULTS]


def refreshed(inputs: Properties, state: Properties) -> Properties:
    """The inputs after a refresh: those of the program, with the values that the resource has now."""
    values = {name: state.get(name, value) for name, value in without_defaults_list(inputs).items()}
    present = {name: value for name, value in values.items() if value is not None}
    return {**present, _DEFAULTS: inputs.get(_DEFAULTS, [])}


def imported(record: ResourceType, state: Properties, names: frozenset[str]) -> Properties:
    """The inputs of an imported resource: each that has a value other than its default."""
    result: Properties = {}
    for name in sorted(names & set(state) - {"region", "returnOrganizationOnly"}):
        is_empty = state[name] in (None, "", [], {})
        if not is_empty and state[name] != record.defaults.get(name):
            result[name] = state[name]
    return {**result, _DEFAULTS: []}
