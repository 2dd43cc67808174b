"""`guard_stack()`: one line in any stack's program, and no resource of it can take trusted access away by a slip.

A resource transform, so it also reaches resources inside third-party and remote components and those with explicit
providers. It never edits anyone's list: a list that would take trusted access away is refused, with the fix.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import pulumi

from .constants import GUARDED_TYPES, ORGANIZATION_TYPE
from .organization_list import PROPERTY, problem_with_list


def guard_stack() -> None:
    """Protects and retains this stack's Organization, AwsServiceAccess and DelegatedAdministrator resources.

    Call it first in the program: it reaches the resources declared after it. Raises pulumi.RunError, through the
    engine, for an Organization whose list of principals lacks sso.amazonaws.com and does not ignore changes.
    """
    pulumi.runtime.register_resource_transform(_guard)


async def _guard(args: pulumi.ResourceTransformArgs) -> pulumi.ResourceTransformResult | None:
    if args.type_ not in GUARDED_TYPES:
        return None
    if args.type_ == ORGANIZATION_TYPE:
        problem = problem_with_list(await _settled(_props(args.props)), list(args.opts.ignore_changes or []))
        if problem is not None:
            raise pulumi.RunError(f"guard_stack() refuses {args.name}: {problem}")
    opts = dataclasses.replace(args.opts) if dataclasses.is_dataclass(args.opts) else args.opts
    opts.protect = True
    opts.retain_on_delete = True
    return pulumi.ResourceTransformResult(props=args.props, opts=opts)


async def _settled(props: Mapping[str, Any]) -> dict[str, Any]:
    """The properties with the list's Outputs resolved: a secret list is an Output here, and disables as any other.

    What a preview can't know stays unknown; the update asks again, when it is known and before anything is changed.
    """
    if PROPERTY not in props:
        return dict(props)
    listed = await pulumi.Output.from_input(props[PROPERTY]).future(with_unknowns=True)
    return {**props, PROPERTY: listed}


def _props(props: Mapping[str, Any] | Any) -> Mapping[str, Any]:
    return props if isinstance(props, Mapping) else {}
