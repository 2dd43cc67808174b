"""The parts of a permission set, compared by what they mean. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from pulumi_aws_identity_center.aws.permission_set_changes import DEFAULT_DURATION
from pulumi_aws_identity_center.iam import read_json
from pulumi_aws_identity_center.matrix.permission_set import PARTS, seconds_of

from .resource_type import Properties

INPUTS = ("instanceArn", "name", *PARTS)


def comparable(properties: Properties) -> dict[str, Any]:
    """Parts by meaning: documents without regard to spelling, durations in seconds, defaults filled in."""
    set_parts = {name: value for name, value in only_parts(properties).items() if value not in _UNSET}
    parts = {"sessionDuration": DEFAULT_DURATION, **set_parts}
    return {name: _MEANINGS.get(name, _as_it_is)(value) for name, value in parts.items()}


# What is no list, text or duration, such as an unknown, stays as it is.


def _as_it_is(value: Any) -> Any:
    return value


def _in_one_order(policies: Any) -> Any:
    return sorted(policies, key=repr) if isinstance(policies, list) else policies


def _document(policy: Any) -> Any:
    if not isinstance(policy, str):
        return policy
    try:
        return read_json(policy)
    except ValueError:
        return policy


def _seconds(duration: Any) -> Any:
    seconds = seconds_of(duration)
    return duration if seconds is None else seconds


_UNSET: tuple[Any, ...] = (None, "", [], {})
_MEANINGS: Mapping[str, Callable[[Any], Any]] = {
    "sessionDuration": _seconds,
    "managedPolicies": _in_one_order,
    "customerManagedPolicies": _in_one_order,
    "inlinePolicy": _document,
}


def only_parts(properties: Properties, names: Collection[str] = PARTS) -> dict[str, Any]:
    return {name: properties[name] for name in names if name in properties}


def spelled_as(spelling: Properties, properties: Properties) -> dict[str, Any]:
    """The properties, each part in the other's spelling where that means the same."""
    own, other = comparable(properties), comparable(spelling)
    same = {name for name in PARTS if own.get(name) == other.get(name)}
    differing = {name: value for name, value in properties.items() if name not in same}
    return differing | only_parts(spelling, same)


def as_inputs(properties: Properties, inputs: Properties) -> dict[str, Any]:
    """The inputs that would make this, in the program's own spelling. inputs: the program's; empty for an import."""
    read = only_parts(properties, INPUTS)
    if inputs:
        return spelled_as(inputs, read)
    if read.get("sessionDuration") == DEFAULT_DURATION:
        del read["sessionDuration"]
    return read
