"""What a rule is: a check of one resource, or of the whole stack, or both.

A check yields a `Violation` for each problem. A value that the preview can't know is `UNKNOWN`; a check says what it
makes of it, since silence would be a pass.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pulumi_aws_identity_center.domain.declared import Config, Declared, Schemas, Stack
from pulumi_aws_identity_center.domain.resource_types import bridged
from pulumi_aws_identity_center.domain.violation import Violation

Check = Callable[[Declared, Config, Stack], Iterable[Violation]]
"""The stack says which one it is; its resources aren't known yet when one resource is checked."""
StackCheck = Callable[[Stack, Config], Iterable[Violation]]
Fix = Callable[[Declared, Config, Stack], Mapping[str, Any] | None]
DOCS = "docs/policies.md"


@dataclass(frozen=True)
class Rule:
    """summary: the rule in one sentence without its end; the description adds where the docs are.

    types: the tokens of the resources that the check is called for. stack_types: those that the stack check needs; as
    `types` where left out. taken_over: types of which a resource may take over the state by an alias: the check is
    called for that resource too, whatever its own type.
    fix: the properties that mend a resource, or None where it can't; only used at the level remediate.
    config: JSON schemas of the rule's own configuration, by key; every rule also takes enforcementLevel.
    """

    id: str
    summary: str
    types: frozenset[str]
    check: Check | None = None
    check_stack: StackCheck | None = None
    stack_types: frozenset[str] = frozenset()
    taken_over: frozenset[str] = frozenset()
    fix: Fix | None = None
    config: Schemas = field(default_factory=dict)

    @property
    def shown_types(self) -> frozenset[str]:
        """The types of the stack's resources that the stack check sees."""
        return self.stack_types or self.types

    @property
    def description(self) -> str:
        """One sentence of at most 160 characters."""
        return f"{self.summary} ({self.docs})."

    @property
    def docs(self) -> str:
        return f"{DOCS}#{self.id}"


def with_bridged(types: Iterable[str]) -> frozenset[str]:
    """The types, and their tokens in a Terraform provider bridged by hand."""
    return frozenset(types) | {bridged(token) for token in types}
