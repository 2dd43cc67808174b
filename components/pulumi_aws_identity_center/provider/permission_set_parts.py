"""The parts of a permission set, compared by what they mean. Pure."""

from __future__ import annotations

import contextlib
import json
import re
from typing import Any

from pulumi_aws_identity_center.aws.permission_set_changes import DEFAULT_DURATION
from pulumi_aws_identity_center.matrix.permission_set import PARTS

from .resource_type import Properties

INPUTS = ("instanceArn", "name", *PARTS)
_DURATION = re.compile(r"P(?:(\d+)D)?T?(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?")
_SECONDS = (86_400, 3_600, 60, 1)


def comparable(properties: Properties) -> dict[str, Any]:
    """Parts by meaning: documents without regard to spelling, durations in seconds, defaults filled in."""
    parts: dict[str, Any] = {name: properties[name] for name in PARTS if properties.get(name) not in (None, "", [], {})}
    parts["sessionDuration"] = _seconds(parts.get("sessionDuration", DEFAULT_DURATION))
    for name in ("managedPolicies", "customerManagedPolicies"):
        if isinstance(parts.get(name), list):
            parts[name] = sorted(parts[name], key=repr)
    if isinstance(parts.get("inlinePolicy"), str):
        with contextlib.suppress(ValueError):
            parts["inlinePolicy"] = json.loads(parts["inlinePolicy"])
    return parts


def _seconds(duration: Any) -> Any:
    """What is no duration, such as an unknown, stays as it is."""
    match = _DURATION.fullmatch(duration) if isinstance(duration, str) else None
    if match is None:
        return duration
    return sum(int(number) * seconds for number, seconds in zip(match.groups("0"), _SECONDS, strict=True))


def only_parts(properties: Properties) -> dict[str, Any]:
    return {name: value for name, value in properties.items() if name in PARTS}


def spelled_as(spelling: Properties, properties: Properties) -> dict[str, Any]:
    """The properties, each part in the other's spelling where that means the same."""
    own, other = comparable(properties), comparable(spelling)
    same = {name for name in PARTS if own.get(name) == other.get(name)}
    different = {name: value for name, value in properties.items() if name not in same}
    return different | {name: spelling[name] for name in same if name in spelling}


def as_inputs(properties: Properties, inputs: Properties) -> dict[str, Any]:
    """The inputs that would make this, in the program's own spelling. inputs: the program's; empty for an import."""
    read = {name: properties[name] for name in INPUTS if name in properties}
    if inputs:
        return spelled_as(inputs, read)
    if read.get("sessionDuration") == DEFAULT_DURATION:
        del read["sessionDuration"]
    return read
