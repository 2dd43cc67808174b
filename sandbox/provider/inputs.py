"""What becomes of a resource's inputs: failures, automatic names, defaults, default tags, and inputs read back."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from typing import Any

from .record import Properties, ResourceType
from .schema import Schema
from .values import UNKNOWN

_QUOTED = re.compile(r'^\["([^"]*)"\]$')
_META = "__defaults"  # as the bridged provider: the inputs that the provider, not the program, gave


def failures(token: str, found: Schema, news: Properties) -> list[tuple[str, str]]:
    """Unknown inputs and missing ones, each with a reason."""
    problems = []
    for name in sorted(set(news) - found.inputs - {_META}):
        problems.append((name, f"{token} has no input {name!r}; it has {', '.join(sorted(found.inputs))}"))
    for name in sorted(found.required):
        if news.get(name) is None:
            problems.append((name, f"Missing required argument: {name!r} must be set for {token}"))
    return problems


def completed(
    record: ResourceType | None,
    found: Schema,
    news: Properties,
    olds: Properties,
    request: Any,
    default_tags: dict[str, str],
) -> Properties:
    """The inputs with an automatic name (the old one, if there is one), defaults and tags."""
    result = {name: value for name, value in news.items() if name != _META}
    named = record.named if record else ("name" if "name" in found.inputs and "name" not in found.required else None)
    defaulted = []
    if named and result.get(named) is None:
        result[named] = _name(named, result, olds, request)
        defaulted.append(named)
    if record is not None:
        for name, value in record.defaults.items():
            if result.get(name) is None:
                result[name] = value
                defaulted.append(name)
    if "tagsAll" in found.outputs and "tags" in found.inputs:
        result["tagsAll"] = _all_tags(result, default_tags)
    result[_META] = defaulted
    return result


def _name(named: str, news: Properties, olds: Properties, request: Any) -> str:
    if named in olds.get(_META, []) and olds.get(named):
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

    A path into a property, such as NAME[0], is the engine's alone: it has put the old value there before the provider
    is asked, and the bridged provider finds no such attribute in a set (pulumi-terraform-bridge, IgnoreChanges).
    """
    plain = {_QUOTED.sub(r"\1", path) for path in paths}
    return names if "*" in plain else names & plain


def with_defaults(record: ResourceType, news: Properties, default_tags: dict[str, str]) -> Properties:
    """Defaults again, for a Diff after a refresh: its inputs were never checked."""
    result = {**record.defaults, **{name: value for name, value in news.items() if value is not None}}
    if record.tagged:
        result["tagsAll"] = _all_tags(result, default_tags)
    return result


def is_named_by_program(record: ResourceType, news: Properties) -> bool:
    """Whether the name is the program's, so that a replacement can't be there beside the old one.

    Without `__defaults` (inputs that were never checked) nobody can tell, and the name counts as automatic.
    """
    return record.named is not None and _META in news and record.named not in news[_META]


def as_read(
    record: ResourceType, given: Properties, state: Properties, names: frozenset[str], *, importing: bool
) -> Properties:
    """The inputs that a resource has now: a refresh keeps those that were given, an import takes all that say more
    than a default."""
    if not importing:
        kept = {name: state.get(name, value) for name, value in given.items() if name != _META}
        return {**{name: value for name, value in kept.items() if value is not None}, _META: given.get(_META, [])}
    skipped = {"region", "returnOrganizationOnly"}
    found = {
        name: state[name]
        for name in sorted(names & set(state) - skipped)
        if state[name] not in (None, "", [], {}) and state[name] != record.defaults.get(name)
    }
    return {**found, _META: []}
