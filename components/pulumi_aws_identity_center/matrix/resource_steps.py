"""The resources of a Pulumi preview that have to do with access, each with what it is before and after. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from pulumi_aws_identity_center.domain.iam_carriers import FLOWS
from pulumi_aws_identity_center.names import PACKAGE

Properties = Mapping[str, Any]

ASSIGNMENTS_TYPE = f"{PACKAGE}:index:AccountAssignments"
EXCLUSIVE_TYPE = f"{PACKAGE}:index:ExclusiveAssignments"
MATRIX_TYPE = f"{PACKAGE}:index:AccessMatrix"
PERMISSION_SET_TYPE = f"{PACKAGE}:index:PermissionSet"
AWS_ASSIGNMENT_TYPE = "aws:ssoadmin/accountAssignment:AccountAssignment"
PERMISSION_SET_TYPES = (PERMISSION_SET_TYPE, "aws:ssoadmin/permissionSet:PermissionSet")
# Type → property with the id, property with the name: whatever the preview tells of names saves a call.
NAMED = {
    "aws:identitystore/group:Group": ("groupId", "displayName"),
    "aws:identitystore/user:User": ("userId", "userName"),
    "aws:organizations/account:Account": ("id", "name"),
    **dict.fromkeys(PERMISSION_SET_TYPES, ("arn", "name")),
}
PART_TYPES = frozenset(type_ for type_ in FLOWS if type_.startswith("aws:ssoadmin/"))
"""What attaches a policy or a boundary to a permission set."""
TYPES = frozenset({ASSIGNMENTS_TYPE, EXCLUSIVE_TYPE, AWS_ASSIGNMENT_TYPE, *NAMED, *PART_TYPES})

_DELETES = frozenset({"delete", "discard", "delete-replaced", "discard-replaced"})
_REPLACES = frozenset({"replace", "create-replacement", "import-replacement", "read-replacement"})
_IMPORTS = frozenset({"import", "import-replacement"})


@dataclass(frozen=True)
class State:
    """A resource in one state of the stack. A value that the preview doesn't know is None."""

    inputs: Properties
    outputs: Properties
    retained: bool = False

    @cached_property
    def in_aws(self) -> Properties:
        """As AWS has it; what AWS doesn't tell, as the program sets it."""
        known_outputs = {name: value for name, value in self.outputs.items() if value is not None}
        return {**self.inputs, **known_outputs}

    @cached_property
    def in_program(self) -> Properties:
        """As the program sets it; what it doesn't set, as AWS has it."""
        return {**self.outputs, **self.inputs}


@dataclass(frozen=True)
class ResourceStep:
    """One step of the engine. dependencies: property → URNs of what it comes from."""

    op: str
    urn: str
    type: str
    old: State | None
    new: State | None
    dependencies: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class PlannedResource:
    """What all steps of one resource come to. keeps_old: the engine lets go of the old one, and AWS keeps it."""

    urn: str
    type: str
    old: State | None
    new: State | None
    dependencies: Mapping[str, Sequence[str]]
    keeps_old: bool = False

    @property
    def before(self) -> Properties:
        """Empty if it is not there yet."""
        return self.old.in_aws if self.old else {}

    @property
    def after(self) -> Properties:
        """Empty if it is not there any more."""
        return self.new.in_program if self.new else {}


def resources_of(steps: Iterable[ResourceStep]) -> Iterator[PlannedResource]:
    by_urn: dict[str, list[ResourceStep]] = {}
    for step in steps:
        if step.type in TYPES and step.op != "refresh":
            by_urn.setdefault(step.urn, []).append(step)
    return map(_planned, by_urn.values())


def _planned(steps: Sequence[ResourceStep]) -> PlannedResource:
    """steps: those of one resource."""
    ops = {step.op for step in steps}
    old = _first(step.old for step in steps)
    new = _first(step.new for step in reversed(steps) if step.op not in _DELETES)
    if ops & _IMPORTS:
        old = old or new  # AWS has it already
    is_let_go = not ops.isdisjoint(_DELETES | _REPLACES)
    return PlannedResource(
        urn=steps[0].urn,
        type=steps[0].type,
        old=old,
        new=new,
        dependencies=_first(step.dependencies for step in steps) or {},
        keeps_old=is_let_go and old is not None and old.retained,
    )


def _first(values: Iterable[Any]) -> Any:
    """The first that is there."""
    return next(filter(None, values), None)
