"""Who gains and who loses what by a Pulumi preview, from the steps of permission sets and account assignments. Pure.

Before is what AWS has (a state's outputs), after is what the program asks for (a state's inputs). What a stack doesn't
manage isn't in its preview, so it is in neither.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pulumi_aws_identity_center.names import PACKAGE

from .grants import Grant, Principal, in_order

Properties = Mapping[str, Any]

ASSIGNMENTS_TYPE = f"{PACKAGE}:index:AccountAssignments"
EXCLUSIVE_TYPE = f"{PACKAGE}:index:ExclusiveAssignments"
MATRIX_TYPE = f"{PACKAGE}:index:AccessMatrix"
PERMISSION_SET_TYPE = f"{PACKAGE}:index:PermissionSet"
AWS_ASSIGNMENT_TYPE = "aws:ssoadmin/accountAssignment:AccountAssignment"
_PERMISSION_SET_TYPES = (PERMISSION_SET_TYPE, "aws:ssoadmin/permissionSet:PermissionSet")
# Type → property with the id, property with the name: whatever the preview tells of names saves a call.
_NAMED = {
    "aws:identitystore/group:Group": ("groupId", "displayName"),
    "aws:identitystore/user:User": ("userId", "userName"),
    "aws:organizations/account:Account": ("id", "name"),
    **dict.fromkeys(_PERMISSION_SET_TYPES, ("arn", "name")),
}
TYPES = frozenset({ASSIGNMENTS_TYPE, EXCLUSIVE_TYPE, AWS_ASSIGNMENT_TYPE, *_NAMED})
UNKNOWN_SET = "(a permission set that only the update knows)"

_DELETES = frozenset({"delete", "discard", "delete-replaced", "discard-replaced"})
_IMPORTS = frozenset({"import", "import-replacement"})


@dataclass(frozen=True)
class ResourceStep:
    """One step of the engine. old, new: the resource in that state, by inputs and outputs; a value that the
    preview doesn't know is None. dependencies: property → URNs of what it comes from."""

    op: str
    urn: str
    type: str
    old: State | None
    new: State | None
    dependencies: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class State:
    inputs: Properties
    outputs: Properties
    retained: bool = False

    def has(self, name: str) -> Any:
        """As AWS has it; what AWS doesn't tell, as the program sets it."""
        value = self.outputs.get(name)
        return self.inputs.get(name) if value is None else value

    def sets(self, name: str) -> Any:
        """As the program sets it; what it doesn't set, as AWS has it."""
        value = self.inputs.get(name)
        return self.outputs.get(name) if value is None and name not in self.inputs else value


@dataclass(frozen=True)
class ChangedSet:
    """A permission set whose content changes for everybody who has it. parts: the changed inputs. content: its inputs
    after the change; None where other resources hold its policies."""

    name: str
    parts: tuple[str, ...]
    content: Properties | None = None


@dataclass(frozen=True)
class AccessChanges:
    """unknown: sentences about what the preview doesn't tell."""

    gains: tuple[Grant, ...]
    loses: tuple[Grant, ...]
    changed_sets: tuple[ChangedSet, ...] = ()
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Resource:
    """What all steps of one resource come to."""

    urn: str
    type: str
    before: State | None
    after: State | None
    dependencies: Mapping[str, Sequence[str]]


def find_access_changes(steps: Iterable[ResourceStep]) -> AccessChanges:
    resources = list(_resources(steps))
    names = _Names(resources)
    before: list[Grant] = []
    after: list[Grant] = []
    unknown: list[str] = []
    for resource in resources:
        if resource.type in (ASSIGNMENTS_TYPE, AWS_ASSIGNMENT_TYPE):
            before += _grants(resource, names, resource.before, State.has)
            after += _grants(resource, names, resource.after, State.sets)
            unknown += _what_is_unknown(resource, names)
        elif resource.type == EXCLUSIVE_TYPE:
            before += _grants_of_others(resource, names)
            unknown += _unknown_others(resource)
    kept = {grant.key for grant in before} & {grant.key for grant in after}
    return AccessChanges(
        gains=tuple(in_order(grant for grant in after if grant.key not in kept)),
        loses=tuple(in_order(grant for grant in before if grant.key not in kept)),
        changed_sets=tuple(_changed_sets(resources)),
        unknown=tuple(unknown),
    )


def _resources(steps: Iterable[ResourceStep]) -> Iterator[_Resource]:
    by_urn: dict[str, list[ResourceStep]] = {}
    for step in steps:
        if step.type in TYPES and step.op != "refresh":
            by_urn.setdefault(step.urn, []).append(step)
    for urn, own in by_urn.items():
        old = next((step.old for step in own if step.old is not None), None)
        new = next((step.new for step in reversed(own) if step.new is not None and step.op not in _DELETES), None)
        if old is None and any(step.op in _IMPORTS for step in own):
            old = new  # an import takes over what AWS has
        if new is None and old is not None and old.retained:
            new = old  # the engine lets go of it, and AWS keeps it
        dependencies = next((step.dependencies for step in own if step.dependencies), {})
        yield _Resource(urn, own[0].type, old, new, dependencies)


class _Names:
    """Of what the preview itself names."""

    def __init__(self, resources: Iterable[_Resource]) -> None:
        self.by_id: dict[str, str] = {}
        self._by_urn: dict[str, str] = {}
        for resource in resources:
            if resource.type in _NAMED:
                self._note(resource)

    def _note(self, resource: _Resource) -> None:
        id_property, name_property = _NAMED[resource.type]
        for state in (resource.before, resource.after):
            if state is not None and isinstance(name := state.sets(name_property), str):
                self._by_urn[resource.urn] = name
                if isinstance(id_ := state.has(id_property), str):
                    self.by_id[id_] = name

    def of(self, value: Any, name: str, resource: _Resource) -> str | None:
        """The name of what a property stands for: by its value, or by the resource that it comes from."""
        if isinstance(value, str):
            return self.by_id.get(value)
        sources = [self._by_urn[urn] for urn in resource.dependencies.get(name, ()) if urn in self._by_urn]
        return sources[0] if len(sources) == 1 else None

    def of_matrix(self, resource: _Resource) -> str | None:
        """The permission set of a resource that AccessMatrix declares, for a form that tells no dependencies."""
        return next((self._by_urn[urn] for urn in permission_set_urns(resource.urn) if urn in self._by_urn), None)


def permission_set_urns(urn: str) -> Iterator[str]:
    """Of the assignments that AccessMatrix declares: URNs of which one is their permission set's. The name of the
    assignments' resource begins with the name of the permission set's."""
    chain, _, name = urn.rpartition("::")
    if f"{MATRIX_TYPE}$" not in chain:
        return
    for end, character in enumerate(name):
        if character == "/":
            yield f"{chain.replace(ASSIGNMENTS_TYPE, PERMISSION_SET_TYPE)}::{name[:end]}"


def _grants(resource: _Resource, names: _Names, state: State | None, value_of: Any) -> Iterator[Grant]:
    if state is None:
        return
    principal = _principal(resource, names, state, value_of)
    arn = value_of(state, "permissionSetArn")
    permission_set = names.of(arn, "permissionSetArn", resource) or names.of_matrix(resource) or arn or UNKNOWN_SET
    for account in _accounts(resource, state, value_of):
        if isinstance(account, str):
            yield Grant(principal, permission_set, account, names.by_id.get(account))


def _grants_of_others(resource: _Resource, names: _Names) -> Iterator[Grant]:
    """What ExclusiveAssignments takes from those whom it doesn't list. For a resource that the preview creates it is in
    the new state, which only the form with events tells."""
    state = resource.before or resource.after
    if state is None or resource.after is None:
        return
    arn = state.has("permissionSetArn")
    permission_set = names.by_id.get(arn, arn)
    listed = resource.after.sets("principalIds") or ()
    for row in state.outputs.get("others") or ():
        if row["principalId"] not in listed:
            principal = Principal(row["principalType"], row["principalId"], row.get("principalName"))
            for account in row["accounts"]:
                yield Grant(principal, permission_set, account, names.by_id.get(account))


def _unknown_others(resource: _Resource) -> Iterator[str]:
    """Of a permission set that exists already, and of which this stack takes hold."""
    state = resource.after
    if resource.before is not None or state is None:
        return
    if state.sets("permissionSetArn") and "others" not in state.outputs:
        yield f"{resource.urn}: who loses the permission set is only in this preview's warning."


def _principal(resource: _Resource, names: _Names, state: State, value_of: Any) -> Principal:
    type_, id_ = value_of(state, "principalType"), value_of(state, "principalId")
    name = value_of(state, "principalName") or names.of(id_, "principalId", resource)
    return Principal(str(type_), id_ if isinstance(id_, str) else None, name if isinstance(name, str) else None)


def _accounts(resource: _Resource, state: State, value_of: Any) -> Sequence[Any]:
    if resource.type == AWS_ASSIGNMENT_TYPE:
        return [value_of(state, "targetId")]
    accounts = value_of(state, "accounts")
    return accounts if isinstance(accounts, list) else [None]


def _what_is_unknown(resource: _Resource, names: _Names) -> Iterator[str]:
    state = resource.after
    if state is None:
        return
    if any(not isinstance(account, str) for account in _accounts(resource, state, State.sets)):
        yield f"{resource.urn}: in which accounts is known only in the update."
    principal = _principal(resource, names, state, State.sets)
    if principal.id is None and principal.name is None:
        yield f"{resource.urn}: for whom is known only in the update."


def _changed_sets(resources: Iterable[_Resource]) -> Iterator[ChangedSet]:
    for resource in resources:
        before, after = resource.before, resource.after
        if resource.type not in _PERMISSION_SET_TYPES or before is None or after is None:
            continue
        keys = sorted({*before.inputs, *after.inputs} - {"__defaults", "instanceArn", "name", "tags", "tagsAll"})
        parts = tuple(key for key in keys if before.inputs.get(key) != after.inputs.get(key))
        if parts:
            content = after.inputs if resource.type == PERMISSION_SET_TYPE else None
            yield ChangedSet(str(after.sets("name")), parts, content)
