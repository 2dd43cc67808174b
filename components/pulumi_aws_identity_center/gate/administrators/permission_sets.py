"""What each permission set carries before a plan and after it: its own policies, and what is attached to it. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from pulumi_aws_identity_center.domain.grants.permission_sets import ARN_KEYS, SET_TYPES
from pulumi_aws_identity_center.gate.change import Action, Change, Resource, as_declared, known_text
from pulumi_aws_identity_center.gate.guards.planned import planned_properties
from pulumi_aws_identity_center.gate.guards.policy_states import APPLIED
from pulumi_aws_identity_center.matrix.administration import Administration, administers
from pulumi_aws_identity_center.matrix.declared_permission_set import Part, declared_permission_set
from pulumi_aws_identity_center.matrix.permission_set import PermissionSet

from .grants import is_what_a_refresh_found, sides_of

_HAS_PARTS_ELSEWHERE = "aws:ssoadmin/permissionSet:PermissionSet"
# Lists that take off whatever else is attached whenever they are applied, and leave all as it is when they go: by type,
# what attaches it. registry.terraform.io/.../aws/docs/resources/ssoadmin_managed_policy_attachments_exclusive
_LISTS: Final = {
    "aws:ssoadmin/managedPolicyAttachmentsExclusive:ManagedPolicyAttachmentsExclusive": (
        "aws:ssoadmin/managedPolicyAttachment:ManagedPolicyAttachment"
    ),
    "aws:ssoadmin/customerManagedPolicyAttachmentsExclusive:CustomerManagedPolicyAttachmentsExclusive": (
        "aws:ssoadmin/customerManagedPolicyAttachment:CustomerManagedPolicyAttachment"
    ),
}
_LISTED: Final = "managedPolicyArns"


class PermissionSets:
    """names: by ARN, or by address where only the update knows the ARN. changes: what changes a set, its operation by
    its address. before, after: what each has, by ARN."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}
        self.changes: dict[str, dict[str, str]] = defaultdict(dict)
        self._types: dict[str, str] = {}
        self.before: dict[str, list[Part]] = defaultdict(list)
        self._after: dict[str, list[Part]] = defaultdict(list)
        self._left: dict[str, list[Part]] = defaultdict(list)  # lists that go
        self._taken_off: dict[str, set[str]] = defaultdict(set)  # types of attachments, by ARN of the set
        self._detached: dict[str, list[Any]] = defaultdict(list)  # managed policies, likewise

    @property
    def after(self) -> Mapping[str, list[Part]]:
        return {arn: [*self._remaining(arn, parts), *self._left_on(arn)] for arn, parts in self._after.items()}

    def _left_on(self, arn: str) -> Iterator[Part]:
        """What lists that go leave on a set, unless another list takes it off."""
        left = [part for part in self._left[arn] if _LISTS[part[0]] not in self._taken_off[arn]]
        return self._remaining(arn, left)

    def _remaining(self, arn: str, parts: list[Part]) -> Iterator[Part]:
        """Those that an applied list leaves, and of a list what no deletion detaches: deletions may come last."""
        for type_, properties in parts:
            listed = properties.get(_LISTED)
            if type_ in _LISTS and isinstance(listed, list):
                left = [policy for policy in listed if policy not in self._detached[arn]]
                yield type_, {**properties, _LISTED: left}
            elif type_ not in self._taken_off[arn]:
                yield type_, properties

    def add_change(self, change: Change) -> None:
        if is_what_a_refresh_found(change):
            return
        before, after = sides_of(change)
        is_list_that_goes = change.type in _LISTS and (after is None or change.is_let_go)
        arn = _first_text((before, after), *ARN_KEYS) or change.address
        if change.type in SET_TYPES:
            self._types[arn] = change.type
            self.names[arn] = self.names[change.address] = _first_text((before, after), "name") or arn
        if before is not None:
            part = (change.type, as_declared(before.properties()))
            self.before[arn].append(part)
            if is_list_that_goes:
                self._left[arn].append(part)
            if change.is_let_go and not change.stays_in_aws:
                self._detached[arn].append(before.has("managedPolicyArn"))
        if after is not None and not (is_list_that_goes and after is before):
            self._add_after(change, after, arn)
        if before is not after and change.action is not Action.SAME:
            self.changes[arn][change.address] = change.op

    def _add_after(self, change: Change, after: Resource, arn: str) -> None:
        """arn: of the set before the plan; another part of the same address may be another set's."""
        if change.action is Action.REPLACE and change.type not in SET_TYPES:
            arn = _first_text((after,), *ARN_KEYS) or change.address
        properties = after.properties() if after is change.before else planned_properties(change)
        self._after[arn].append((change.type, as_declared(properties)))
        if change.type in _LISTS and change.action in APPLIED:
            self._taken_off[arn].add(_LISTS[change.type])

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


def _first_text(states: Iterable[Resource | None], *names: str) -> str:
    """The first of these properties that a state tells; "" where none does."""
    texts = (known_text(state.has(name)) for state in states if state is not None for name in names)
    return next(filter(None, texts), "")
