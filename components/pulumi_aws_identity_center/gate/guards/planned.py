"""A resource's properties as the plan makes them. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from pulumi_aws_identity_center.domain.grants.permission_sets import ARN_KEYS
from pulumi_aws_identity_center.domain.iam_carriers import COMPUTED
from pulumi_aws_identity_center.domain.ignore_changes import Ignored, how_ignored
from pulumi_aws_identity_center.gate.change import Action, Change, Properties, Resource

from .carriers import IDENTITY_KEYS


def planned_properties(change: Change) -> Properties:
    """What the program sets. What it doesn't set stays where the provider, the diff or ignoreChanges leaves it alone,
    and is taken away otherwise."""
    before, after = change.before, change.after
    if after is None:
        return {}
    planned = dict(after.inputs)
    is_changed_in_place = change.action in (Action.UPDATE, Action.SAME)
    if before is None or not is_changed_in_place:
        for key in after.outputs.keys() & ARN_KEYS:
            planned.setdefault(key, after.outputs[key])
        return planned
    had = before.properties()
    for name in had.keys() - planned.keys():
        if _stays(name, change, after):
            planned[name] = had[name]
    return planned


def _stays(name: str, change: Change, after: Resource) -> bool:
    """Whether AWS keeps a property that the program doesn't set any more."""
    is_left_alone = name in IDENTITY_KEYS or name in COMPUTED.get(change.type, ())
    if is_left_alone or change.action is Action.SAME:
        return True
    return how_ignored(name, after.ignores) is Ignored.ALL or _is_outside(change.paths, name)


def _is_outside(paths: Mapping[str, str], name: str) -> bool:
    """Whether the tool says what changes, and nothing of this property does."""
    inside = re.compile(rf"\W*{re.escape(name)}\b")
    return bool(paths) and not any(map(inside.match, paths))
