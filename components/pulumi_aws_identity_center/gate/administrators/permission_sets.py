"""What each permission set carries before a plan and after it: its own policies, and what is attached to it. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping

from pulumi_aws_identity_center.domain.grants.permission_sets import ARN_KEYS, SET_TYPES
from pulumi_aws_identity_center.gate.change import Change, Resource, as_declared, known_text
from pulumi_aws_identity_center.gate.guards.planned import planned_properties
from pulumi_aws_identity_center.matrix.administration import Administration, administers
from pulumi_aws_identity_center.matrix.declared_permission_set import Part, declared_permission_set
from pulumi_aws_identity_center.matrix.permission_set import PermissionSet

from .grants import is_what_a_refresh_found, sides_of

_HAS_PARTS_ELSEWHERE = "aws:ssoadmin/permissionSet:PermissionSet"


class PermissionSets:
    """names: by ARN, or by address where only the update knows the ARN. changes: what changes a set, its operation by
    its address. before, after: what each has, by ARN."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}
        self.changes: dict[str, dict[str, str]] = defaultdict(dict)
        self._types: dict[str, str] = {}
        self.before: dict[str, list[Part]] = defaultdict(list)
        self.after: dict[str, list[Part]] = defaultdict(list)

    def add_change(self, change: Change) -> None:
        if is_what_a_refresh_found(change):
            return
        before, after = sides_of(change)
        arn = _first(_arn, before, after) or change.address
        if change.type in SET_TYPES:
            self._types[arn] = change.type
            self.names[arn] = self.names[change.address] = _first(_name, before, after) or arn
        if before is not None:
            self.before[arn].append((change.type, as_declared(before.properties())))
        if after is not None:
            properties = after.properties() if after is before else planned_properties(change)
            self.after[arn].append((change.type, as_declared(properties)))
        if before is not after:
            self.changes[arn][change.address] = change.op

    def whole(self, parts: Mapping[str, list[Part]], *, shows_unchanged: bool) -> Iterator[tuple[str, PermissionSet]]:
        """By name, those that the plan shows whole. parts: before, or after. shows_unchanged: whether the plan shows
        what stays as it is."""
        for arn, type_ in self._types.items():
            if arn not in parts:
                continue
            permission_set = declared_permission_set(self.names[arn], parts[arn])
            may_have_more = type_ == _HAS_PARTS_ELSEWHERE and not shows_unchanged
            if not may_have_more or certainly_administers(permission_set):
                yield self.names[arn], permission_set


def certainly_administers(permission_set: PermissionSet) -> bool:
    return any(administers(permission_set, what) for what in Administration)


def _first(tell: Callable[[Resource], str], before: Resource | None, after: Resource | None) -> str:
    """What the state before tells, or else the one after; "" where neither does."""
    return next(filter(None, map(tell, filter(None, (before, after)))), "")


def _arn(state: Resource) -> str:
    return next(filter(None, map(known_text, map(state.has, ARN_KEYS))), "")


def _name(state: Resource) -> str:
    return known_text(state.has("name"))
