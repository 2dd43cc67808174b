"""The URNs at which the engine looks for a resource's state: its own and its aliases', before it is registered.

What aliases of its parents tell, and an alias that is or has an Output, is missing.
"""

from __future__ import annotations

from typing import Any
from weakref import WeakKeyDictionary

import pulumi

from pulumi_aws_identity_center.domain.resource_types import STACK_TYPE, type_of

_types: WeakKeyDictionary[pulumi.Resource, str] = WeakKeyDictionary()


def note_types(args: pulumi.ResourceTransformationArgs) -> None:
    """A resource is declared. Its children's URNs have its types."""
    _types[args.resource] = f"{_types_above(args.opts.parent)}{args.type_}"


def _types_above(parent: pulumi.Resource | None) -> str:
    """What a URN has before the resource's own type. A transformation sees a resource only if it saw its parent."""
    if parent is None or parent is pulumi.runtime.get_root_resource():
        return ""
    return f"{_types.get(parent, parent.pulumi_resource_type)}$"


def possible_urns(args: pulumi.ResourceTransformationArgs) -> list[str]:
    """Its own first, then those of its aliases."""
    aliases = [pulumi.Alias(), *(args.opts.aliases or ())]
    return [urn for alias in aliases if (urn := _urn_of_alias(args, alias))]


def _urn_of_alias(args: pulumi.ResourceTransformationArgs, alias: Any) -> str | None:
    """None for an alias that isn't known, or isn't a URN."""
    if isinstance(alias, str):
        return alias if type_of(alias) else None
    if not isinstance(alias, pulumi.Alias) or any(isinstance(part, pulumi.Output) for part in vars(alias).values()):
        return None
    types = _types_above_alias(args, alias) + alias_part(alias.type_, args.type_)
    stack, project = alias_part(alias.stack, pulumi.get_stack()), alias_part(alias.project, pulumi.get_project())
    return f"urn:pulumi:{stack}::{project}::{types}::{alias_part(alias.name, args.name)}"


def _types_above_alias(args: pulumi.ResourceTransformationArgs, alias: pulumi.Alias) -> str:
    if isinstance(alias.parent, str):
        return "".join(f"{types}$" for types in alias.parent.split("::")[2:3] if types != STACK_TYPE)
    if alias.parent is None or isinstance(alias.parent, pulumi.Resource):
        return _types_above(alias.parent)
    return _types_above(args.opts.parent)


def alias_part(value: Any, default: str) -> str:
    """A part of an alias. One that it doesn't name is an Ellipsis, which the SDK's types don't say."""
    return value if isinstance(value, str) else default
