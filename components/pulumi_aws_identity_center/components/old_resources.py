"""Which resource of the state Pulumi continues with one that is registered, by its own URN or an alias.

As `getOldResource` and `generateAliases` of Pulumi's engine find it (pkg/resource/deploy/step_generator.go).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pulumi

from pulumi_aws_identity_center.domain.resource_types import STACK_TYPE, child_urn, name_of, type_of

from .possible_urns import alias_part


class OldResources:
    """The URNs of the state. Tell it of each resource in the order of registration: children inherit aliases."""

    def __init__(self, urns: Iterable[str]) -> None:
        self._urns = frozenset(urns)
        self._aliases: dict[str, str] = {}  # by the URN of the new resource, that of the old one

    def find(self, parent: str, args: pulumi.ResourceTransformArgs) -> str | None:
        """The URN of the state's resource; None for a new one. parent: its parent's URN, of the same stack."""
        own = child_urn(parent, args.type_, args.name)
        urns = [own, *(self._urn_of_alias(alias, parent, args) for alias in args.opts.aliases or ())]
        if parent in self._aliases:
            urns += [_inherited(urn, parent, self._aliases[parent]) for urn in urns]
        old = next((urn for urn in urns if urn in self._urns), None)
        if old not in (None, own):
            self._aliases[own] = str(old)
        return old

    def _urn_of_alias(self, alias: Any, parent: str, args: pulumi.ResourceTransformArgs) -> str:
        """Parts that the alias doesn't name are the resource's own."""
        if isinstance(alias, str):
            return alias
        stack, project, types, _ = parent.split("::", 3)
        if alias.parent is None:
            types = STACK_TYPE
        elif isinstance(alias.parent, str):
            types = self._aliases.get(alias.parent, alias.parent).split("::")[2]
        stack = f"urn:pulumi:{alias.stack}" if isinstance(alias.stack, str) else stack
        old_parent = "::".join([stack, alias_part(alias.project, project), types, ""])
        return child_urn(old_parent, alias_part(alias.type_, args.type_), alias_part(alias.name, args.name))


def _inherited(urn: str, parent: str, old_parent: str) -> str:
    """The URN of a child below its parent's old one. If its name begins with the parent's name, that changes too."""
    name = name_of(urn)
    if name.startswith(name_of(parent)):
        name = name_of(old_parent) + name.removeprefix(name_of(parent))
    stack, project, *_ = parent.split("::")
    return child_urn("::".join([stack, project, old_parent.split("::")[2], ""]), type_of(urn), name)
