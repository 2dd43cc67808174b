"""Who gains and who loses what by a Pulumi preview, from the steps of permission sets and account assignments. Pure.

What a stack doesn't manage isn't in its preview, so it is neither gained nor lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .grants import Grant, Principal, in_order
from .preview_names import PreviewNames
from .resource_steps import (
    ASSIGNMENTS_TYPE,
    AWS_ASSIGNMENT_TYPE,
    EXCLUSIVE_TYPE,
    PART_TYPES,
    PERMISSION_SET_TYPE,
    PERMISSION_SET_TYPES,
    PlannedResource,
    Properties,
    ResourceStep,
    resources_of,
)

UNKNOWN_SET = "(a permission set that only the update knows)"
# Inputs of a permission set that are no part of what it allows.
_NO_PARTS = frozenset({"__defaults", "instanceArn", "name", "tags", "tagsAll"})


@dataclass(frozen=True)
class ChangedSet:
    """A permission set whose content changes for everybody who has it. parts: the changed inputs."""

    name: str
    parts: tuple[str, ...]


@dataclass(frozen=True)
class AccessChanges:
    """unknown: sentences about what the preview doesn't tell. contents: permission set's name → its inputs after the
    change, where no other resources hold its policies."""

    gains: tuple[Grant, ...]
    loses: tuple[Grant, ...]
    changed_sets: tuple[ChangedSet, ...] = ()
    unknown: tuple[str, ...] = ()
    contents: Mapping[str, Properties] = field(default_factory=dict)


def find_access_changes(steps: Iterable[ResourceStep]) -> AccessChanges:
    resources = list(resources_of(steps))
    names = PreviewNames(resources)
    access = _Access()
    for resource in resources:
        if resource.type in (ASSIGNMENTS_TYPE, AWS_ASSIGNMENT_TYPE):
            access.add_assignments(resource, names)
        elif resource.type == EXCLUSIVE_TYPE and resource.new is not None:
            access.before += _grants_of_others(resource, names)
            access.unknown += _unknown_others(resource)
        elif resource.type in PART_TYPES:
            access.unknown += _unknown_policies(resource)
    return AccessChanges(
        gains=_missing_in(access.before, access.after),
        loses=_missing_in(access.after, access.before),
        changed_sets=tuple(filter(None, map(_changed_set, resources))),
        unknown=tuple(access.unknown),
        contents={
            str(resource.after.get("name")): resource.new.inputs
            for resource in resources
            if resource.type == PERMISSION_SET_TYPE and resource.new is not None
        },
    )


@dataclass
class _Access:
    """What the resources give. unknown: sentences."""

    before: list[Grant] = field(default_factory=list)
    after: list[Grant] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)

    def add_assignments(self, resource: PlannedResource, names: PreviewNames) -> None:
        before = list(_grants(resource, resource.before, names))
        self.before += before
        self.after += _grants(resource, resource.after, names)
        if resource.keeps_old:
            self.after += before
        if resource.new is not None:
            self.unknown += _unknown_parts(resource, names)


def _missing_in(there: Iterable[Grant], grants: Iterable[Grant]) -> tuple[Grant, ...]:
    """The grants that are not there."""
    keys = {grant.key for grant in there}
    return tuple(in_order(grant for grant in grants if grant.key not in keys))


# --- who has it by account assignments ---


def _grants(resource: PlannedResource, properties: Properties, names: PreviewNames) -> Iterator[Grant]:
    principal = _principal(resource, properties, names)
    arn = properties.get("permissionSetArn")
    name = names.of_property(resource, "permissionSetArn", arn) or names.of_matrix(resource)
    for account in _accounts(resource, properties):
        if isinstance(account, str):
            yield Grant(principal, name or _known_text(arn) or UNKNOWN_SET, account, names.by_id.get(account))


def _principal(resource: PlannedResource, properties: Properties, names: PreviewNames) -> Principal:
    id_ = properties.get("principalId")
    name = properties.get("principalName") or names.of_property(resource, "principalId", id_)
    return Principal(str(properties.get("principalType")), _known_text(id_), _known_text(name))


def _known_text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _accounts(resource: PlannedResource, properties: Properties) -> Sequence[Any]:
    """None stands for what only the update knows."""
    if resource.type == AWS_ASSIGNMENT_TYPE:
        return [properties.get("targetId")]
    accounts = properties.get("accounts")
    return accounts if isinstance(accounts, list) else [None]


def _unknown_parts(resource: PlannedResource, names: PreviewNames) -> Iterator[str]:
    if _begins_to_own(resource.before, resource.after):
        yield f"{resource.urn}: where else it takes the permission set away is only in this preview's warning."
    if not all(isinstance(account, str) for account in _accounts(resource, resource.after)):
        yield f"{resource.urn}: in which accounts is known only in the update."
    principal = _principal(resource, resource.after, names)
    if principal.id is None and principal.name is None:
        yield f"{resource.urn}: for whom is known only in the update."


def _begins_to_own(before: Properties, after: Properties) -> bool:
    """Whether the update takes away what somebody else gave to this principal: the state doesn't tell that."""
    return before.get("owns") == "listed" and after.get("owns", "all") == "all"


# --- who has it and is not declared ---


def _grants_of_others(resource: PlannedResource, names: PreviewNames) -> Iterator[Grant]:
    """What those have whom ExclusiveAssignments didn't list. It takes that from them, but for what the program's
    AccountAssignments give to one who is listed from now on. For a resource that the preview creates it is in the new
    state, which only the form with events tells."""
    properties = resource.before or resource.after
    arn = str(properties.get("permissionSetArn"))
    for row in properties.get("others") or ():
        principal = Principal(row["principalType"], row["principalId"], row.get("principalName"))
        for account in row["accounts"]:
            yield Grant(principal, names.by_id.get(arn, arn), account, names.by_id.get(account))


def _unknown_others(resource: PlannedResource) -> Iterator[str]:
    """Of a permission set that exists already, and of which this stack takes hold."""
    if resource.old is not None:
        return
    if resource.after.get("permissionSetArn") and "others" not in resource.after:
        yield f"{resource.urn}: who loses the permission set is only in this preview's warning."


def _unknown_policies(resource: PlannedResource) -> Iterator[str]:
    """Of a permission set that exists already; a new one's ARN isn't known yet."""
    old, new = (state.inputs if state else {} for state in (resource.old, resource.new))
    if old != new and (old or new).get("permissionSetArn"):
        yield f"{resource.urn}: a permission set's policies change, and whether an administrator remains isn't judged."


# --- what they have ---


def _changed_set(resource: PlannedResource) -> ChangedSet | None:
    if resource.type not in PERMISSION_SET_TYPES or resource.old is None or resource.new is None:
        return None
    parts = _changed_parts(resource.old.inputs, resource.new.inputs)
    return ChangedSet(str(resource.new.in_program.get("name")), parts) if parts else None


def _changed_parts(old: Properties, new: Properties) -> tuple[str, ...]:
    not_removable = {"description"} - new.keys()  # AWS leaves it as it is
    keys = sorted({*old, *new} - _NO_PARTS - not_removable)
    return tuple(key for key in keys if old.get(key) != new.get(key))
