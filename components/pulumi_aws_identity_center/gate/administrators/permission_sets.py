"""What each permission set carries before a plan and after it: its own policies, and what is attached to it. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from pulumi_aws_identity_center.domain import declared
from pulumi_aws_identity_center.domain.grants.permission_sets import ARN_KEYS, PART_TYPES, SET_TYPES
from pulumi_aws_identity_center.domain.iam_carriers import flows
from pulumi_aws_identity_center.gate.change import Action, Change, Resource, as_declared, known_text
from pulumi_aws_identity_center.gate.guards.planned import planned_properties
from pulumi_aws_identity_center.gate.guards.policy_states import APPLIED
from pulumi_aws_identity_center.matrix.administration import Administration, administers
from pulumi_aws_identity_center.matrix.declared_permission_set import Part, declared_permission_set
from pulumi_aws_identity_center.matrix.permission_set import PermissionSet
from pulumi_aws_identity_center.matrix.preview_names import permission_set_urns

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
_LISTED = "managedPolicyArns"
_ATTACHMENTS: Final = PART_TYPES - _LISTS.keys()
# A set has one of each: what puts one overwrites another's, and a deletion takes whichever is there.
_ONE_ONLY: Final = {
    "aws:ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy": "inlinePolicy",
    "aws:ssoadmin/permissionsBoundaryAttachment:PermissionsBoundaryAttachment": "permissionsBoundary",
}
Attachment = tuple[str, Any]


@dataclass
class PlannedSet:
    """One permission set. name: "" where the plan doesn't show the set itself. is_whole: it has no parts elsewhere.

    before: its parts before the plan. standing: those that the plan leaves or sets. applied: the lists that it applies.
    detached: what it detaches, as resource type and managed policy. attached: likewise what it attaches anew, which
    fails in Pulumi if AWS has it. changes: what changes the set, the operation by address.
    """

    name: str = ""
    is_whole: bool = False
    is_deleted: bool = False
    before: list[Part] = field(default_factory=list)
    standing: list[Part] = field(default_factory=list)
    applied: list[Part] = field(default_factory=list)
    detached: list[Attachment] = field(default_factory=list)
    attached: list[Attachment] = field(default_factory=list)
    changes: dict[str, str] = field(default_factory=dict)

    def add_before(self, change: Change, before: Resource) -> None:
        part = (change.type, as_declared(before.properties()))
        self.before.append(part)
        if change.type in _LISTS:  # its policies stay attached, unless a list is applied
            self.standing.append(part)
        if change.type in _ATTACHMENTS and change.is_let_go and not change.stays_in_aws:
            self.detached.append(_attachment(part))

    def add_after(self, change: Change, after: Resource) -> None:
        properties = after.properties() if after is change.before else planned_properties(change)
        is_applied = change.type in _LISTS and change.action in APPLIED
        parts = self.applied if is_applied else self.standing
        parts.append((change.type, as_declared(properties)))
        attaches = change.action is Action.REPLACE or (change.action is Action.CREATE and change.creates_first)
        if change.type in _LISTS.values() and attaches:
            self.attached.append(_attachment(parts[-1]))

    @property
    def after(self) -> list[Part]:
        """An applied list removes every other attachment of its kind; of two lists, what both have remains. A deletion
        comes last, so what it detaches is gone from the lists and from other resources too."""
        if self.is_deleted:
            return []
        listed = {_LISTS[type_] for type_, _ in self.applied}
        gone = [attachment for attachment in self.detached if attachment not in self.attached]
        left = [part for part in self.standing if _LISTS.get(part[0], part[0]) not in listed]
        left = [_opened(part, gone) for part in left if part[0] in _ONE_ONLY or _attachment(part) not in gone]
        return [self._without_taken_off(part, gone) for part in (*left, *self.applied)]

    def _without_taken_off(self, part: Part, gone: list[Attachment]) -> Part:
        type_, properties = part
        if _LISTED not in properties:
            return part
        lists = [listed[_LISTED] for _, listed in (part, *self.applied) if _LISTED in listed]
        if not all(isinstance(listed, list) for listed in lists):
            return type_, {**properties, _LISTED: declared.UNKNOWN}
        detached = [policy for _, policy in gone]
        kept = [policy for policy in lists[0] if all(policy in listed for listed in lists) and policy not in detached]
        return type_, {**properties, _LISTED: kept}


class PermissionSets:
    """by_key: by ARN; also by the address of the set's own resource, where only the update knows the ARN."""

    def __init__(self) -> None:
        self.by_key: dict[str, PlannedSet] = defaultdict(PlannedSet)

    def add_change(self, change: Change) -> None:
        before, after = change.states_in_aws()
        if before is None and after is None:
            return
        arn = _arn(change, before, after)
        planned = self.by_key[arn]
        if change.type in SET_TYPES:
            self.by_key[change.address] = planned
            planned.name = _first_text((before, after), "name") or arn
            planned.is_whole = change.type != _HAS_PARTS_ELSEWHERE
            # A deletion comes last: also after an import of the same set under another name.
            planned.is_deleted = planned.is_deleted or (change.action is Action.DELETE and after is None)
        if before is not None:
            planned.add_before(change, before)
        if after is not None:
            # Of a part that is replaced, the new one may be another set's.
            is_moved = change.action is Action.REPLACE and change.type not in SET_TYPES
            moved_to = self.by_key[_arn(change, after)] if is_moved else planned
            moved_to.add_after(change, after)
        if before is not after and change.action is not Action.SAME:
            planned.changes[change.address] = change.op

    def name_of(self, permission_set: str) -> str:
        """Of a permission set by ARN, or of the one that AccessMatrix's assignments at this address are for."""
        for key in (permission_set, *permission_set_urns(permission_set)):
            if key in self.by_key and self.by_key[key].name:
                return self.by_key[key].name
        return permission_set

    def shown(self, *, after: bool, shows_unchanged: bool) -> dict[str, PermissionSet]:
        """By name, those that the plan shows whole. after: after it, or before. shows_unchanged: whether it shows what
        stays as it is."""
        shown: dict[str, PermissionSet] = {}
        # Another set with a deleted one's name takes its place.
        for planned in sorted(self.by_key.values(), key=lambda planned: not planned.is_deleted):
            parts = planned.after if after else planned.before
            permission_set = declared_permission_set(planned.name, parts)
            is_shown_whole = shows_unchanged or planned.is_whole or certainly_administers(permission_set)
            if is_shown_whole and (parts or planned.is_deleted):
                shown[planned.name] = permission_set
        return shown


def _attachment(part: Part) -> Attachment:
    """None for what a set has one of, whatever it says."""
    carried = () if part[0] in _ONE_ONLY else flows(*part, declared.UNKNOWN)
    return part[0], next((flow.value for flow in carried), None)


def _opened(part: Part, gone: list[Attachment]) -> Part:
    """UNKNOWN where a set has one, and another resource's goes: options and the tool decide which change comes last."""
    is_open = part[0] in _ONE_ONLY and _attachment(part) in gone
    return (part[0], {_ONE_ONLY[part[0]]: declared.UNKNOWN}) if is_open else part


def certainly_administers(permission_set: PermissionSet) -> bool:
    return any(administers(permission_set, what) for what in Administration)


def _arn(change: Change, *states: Resource | None) -> str:
    """Of the permission set that these states are, or belong to; the change's address where none tells it."""
    return _first_text(states, *ARN_KEYS) or change.address


def _first_text(states: Iterable[Resource | None], *names: str) -> str:
    """The first of these properties that a state tells; "" where none does."""
    texts = (known_text(state.has(name)) for state in states if state is not None for name in names)
    return next(filter(None, texts), "")
