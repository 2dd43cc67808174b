"""What a rule is, and what it is given: plain data, so that a check is a plain function.

A check yields a sentence a problem. It never sees pulumi_policy's proxies; a value that a preview can't know is
`UNKNOWN`, and a check says what it makes of it: silence would be a pass.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pulumi_aws_identity_center.domain.resource_types import type_of


class _Unknown:
    def __repr__(self) -> str:
        return "a value that this preview can't know"


UNKNOWN: Any = _Unknown()


class Later(str):
    """A problem of a value that the preview can't know and that the update will.

    Shown in a preview as advisory, and the gate answers "undetermined": refusing it would refuse programs that are
    good. The update judges a single resource before it makes it, and a stack after all is made: of a stack's problems
    only for those that AWS refuses too.
    """


@dataclass(frozen=True)
class Declared:
    """One resource of the program. type: its token; props: its inputs (outputs too, for a stack check after an up)."""

    type: str
    name: str
    urn: str
    props: Mapping[str, Any]
    protect: bool = False
    ignore_changes: Sequence[str] = ()
    parent: str = ""
    provider_urn: str = ""
    provider: Mapping[str, Any] = field(default_factory=dict)
    """What its provider is configured with."""
    comes_from: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """For what is asked of a whole stack: by property, the URNs of the resources whose outputs are in it."""

    @property
    def parent_type(self) -> str:
        """The parent's token, "" for a resource without one."""
        return type_of(self.parent)


Config = Mapping[str, Any]


@dataclass(frozen=True)
class Stack:
    """A whole stack. project and name are "" where the engine doesn't say (policy analyze); config: its texts.

    organization: Pulumi's, in which the stack is; not AWS's.
    """

    project: str
    name: str
    resources: Sequence[Declared]
    config: Mapping[str, str] = field(default_factory=dict)
    organization: str = ""

    @property
    def urn(self) -> str:
        """The stack's own, for a problem that no one resource has; "" where nobody says which stack it is."""
        if not self.project or not self.name:
            return ""
        return f"urn:pulumi:{self.name}::{self.project}::pulumi:pulumi:Stack::{self.project}-{self.name}"


Check = Callable[[Declared, Config], Iterable[str]]
StackCheck = Callable[[Stack, Config], Iterable[tuple[str, Declared | None]]]
Fix = Callable[[Declared, Config], Mapping[str, Any] | None]


@dataclass(frozen=True)
class Rule:
    """One of check and check_stack. types: the tokens that check is called for, and no others.

    in_stack: for a rule with check: what one resource alone doesn't tell of. It is given the stack's resources of these
    types that hold an unknown, and those that their values come from; all of these types where asks_of_all (given the
    rule's configuration, and the types that the stack has) says so.
    fix: the properties that mend a resource, or None where it can't; only asked at the level remediate, which nobody
    gets without asking for it.
    config: JSON schemas of the rule's own configuration, by key; every rule also takes enforcementLevel.
    """

    id: str
    description: str
    types: frozenset[str] = frozenset()
    check: Check | None = None
    check_stack: StackCheck | None = None
    in_stack: StackCheck | None = None
    asks_of_all: Callable[[Config, Collection[str]], bool] | None = None
    fix: Fix | None = None
    config: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
