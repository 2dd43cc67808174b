"""A rule as one run of the pack has it: at its level, with its configuration, for the types that the engine names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pulumi.runtime.proto import analyzer_pb2
from pulumi_aws_identity_center.domain.declared import Declared, Stack
from pulumi_aws_identity_center.domain.resource_types import canonical, type_of
from pulumi_aws_identity_center.domain.violation import Level, Violation

from .rule import Rule, with_bridged


class ConfiguredRule:
    """Mandatory and without configuration until it is configured. stack_types: what its check of the stack needs."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self.stack_types = with_bridged(rule.shown_types)
        self._types = with_bridged(rule.types)
        self._level: Any = analyzer_pb2.MANDATORY
        self._config: Mapping[str, Any] = {}

    def configure(self, level: Any, config: Mapping[str, Any]) -> None:
        """level: the protocol's."""
        self._level, self._config = level, config

    @property
    def _is_active(self) -> bool:
        return bool(self._level != analyzer_pb2.DISABLED)

    # ---- one resource

    def checks(self, request: Any) -> bool:
        """Whether it checks the resource: for its type, or for that of one whose state it takes over."""
        if self.rule.check is None or not self._is_active:
            return False
        return request.type in self._types or self._guards_what_it_takes_over(request)

    def _guards_what_it_takes_over(self, request: Any) -> bool:
        if not self.rule.taken_over:
            return False
        types = {canonical(type_of(alias)) for alias in request.options.aliases}
        return not types.isdisjoint(self.rule.taken_over)

    def violations(self, resource: Declared, stack: Stack) -> Iterable[Violation]:
        return self.rule.check(resource, self._config, stack) if self.rule.check else ()

    # ---- the whole stack

    @property
    def checks_stack(self) -> bool:
        return self.rule.check_stack is not None and self._is_active

    def stack_violations(self, stack: Stack) -> Iterable[Violation]:
        """Shows the check those of the stack's resources that it looks at."""
        if self.rule.check_stack is None:
            return ()
        resources = [resource for resource in stack.resources if resource.type in self.rule.shown_types]
        return self.rule.check_stack(stack.having(resources), self._config)

    # ---- what comes of it

    def level_of(self, violation: Violation) -> Any:
        """As the protocol says it."""
        is_mandatory = violation.level is Level.MANDATORY and self._level != analyzer_pb2.ADVISORY
        return analyzer_pb2.MANDATORY if is_mandatory else analyzer_pb2.ADVISORY

    def remediates(self, type_: str) -> bool:
        return bool(self._level == analyzer_pb2.REMEDIATE) and type_ in self._types

    def changes(self, resource: Declared, stack: Stack) -> Mapping[str, Any]:
        """The properties that mend the resource; none where it can't, or needn't."""
        if self.rule.fix is None:
            return {}
        return self.rule.fix(resource, self._config, stack) or {}
