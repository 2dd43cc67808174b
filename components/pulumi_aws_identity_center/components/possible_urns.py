"""The URNs at which the engine looks for a resource's state: its own and its aliases', before it is registered.

Options don't tell the types above its parent's, so these are short URNs, without them. What aliases of its parents
tell, and an alias that is or has an Output, is missing.
"""

from __future__ import annotations

from typing import Any

import pulumi

from pulumi_aws_identity_center.domain.resource_types import STACK_TYPE, type_of

from .resource_options import parent_type


def short_urn(urn: str) -> str:
    head, project, types, name = urn.split("::", 3)
    return "::".join((head, project, "$".join(types.split("$")[-2:]), name))


def possible_urns(args: pulumi.ResourceTransformationArgs) -> list[str]:
    """Its own first, then those of its aliases."""
    aliases = [pulumi.Alias(), *(args.opts.aliases or ())]
    return [urn for alias in aliases if (urn := _urn_of_alias(args, alias))]


def _urn_of_alias(args: pulumi.ResourceTransformationArgs, alias: Any) -> str | None:
    """None for an alias that isn't known, or isn't a URN."""
    if isinstance(alias, str):
        return short_urn(alias) if type_of(alias) else None
    if not isinstance(alias, pulumi.Alias) or any(isinstance(part, pulumi.Output) for part in vars(alias).values()):
        return None
    parent = _parent_type_of_alias(args, alias)
    type_ = alias_part(alias.type_, args.type_)
    stack, project = alias_part(alias.stack, pulumi.get_stack()), alias_part(alias.project, pulumi.get_project())
    around = f"{parent}${type_}" if parent else type_
    return f"urn:pulumi:{stack}::{project}::{around}::{alias_part(alias.name, args.name)}"


def _parent_type_of_alias(args: pulumi.ResourceTransformationArgs, alias: pulumi.Alias) -> str:
    if isinstance(alias.parent, str):
        return type_of(alias.parent).removeprefix(STACK_TYPE)
    if alias.parent is None or isinstance(alias.parent, pulumi.Resource):
        return parent_type(pulumi.ResourceOptions(parent=alias.parent))
    return parent_type(args.opts)


def alias_part(value: Any, default: str) -> str:
    """A part of an alias. One that it doesn't name is an Ellipsis, which the SDK's types don't say."""
    return value if isinstance(value, str) else default
