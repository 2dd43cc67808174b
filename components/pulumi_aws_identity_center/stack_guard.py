"""`guard_stack()`: one line in any stack's program, and no resource of it can take trusted access away by a slip.

A resource transform, so it also reaches resources inside third-party and remote components and those with explicit
providers. It never edits anyone's list: a list that would take trusted access away is refused, with the fix.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import pulumi

from .constants import GUARDED_TYPES, ORGANIZATION_TYPE, PACKAGE
from .organization_list import PROPERTY, problem_with_list

_TRUSTED_ACCESS = f"{PACKAGE}:index:TrustedAccess"


def guard_stack() -> None:
    """Protects and retains this stack's Organization, AwsServiceAccess and DelegatedAdministrator resources.

    Call it first in the program: it reaches the resources declared after it. Raises pulumi.RunError, through the
    engine, for an Organization whose list of principals lacks sso.amazonaws.com and does not ignore changes. A
    TrustedAccess whose break-glass is open stays as it asks to be.
    """
    pulumi.runtime.register_resource_transform(StackGuard())


class StackGuard:
    """The transform. It remembers which TrustedAccess are open: the engine shows it each component before its child."""

    def __init__(self) -> None:
        self._open: set[str] = set()

    async def __call__(self, args: pulumi.ResourceTransformArgs) -> pulumi.ResourceTransformResult | None:
        props = _props(args.props)
        if args.type_ == _TRUSTED_ACCESS and props.get("breakGlass"):
            self._open.add(args.name)
        if args.type_ not in GUARDED_TYPES or await self._is_open(args.opts.parent):
            return None
        if args.type_ == ORGANIZATION_TYPE:
            problem = problem_with_list(await _settled(props), list(args.opts.ignore_changes or []))
            if problem is not None:
                raise pulumi.RunError(f"guard_stack() refuses {args.name}: {problem}")
        opts = dataclasses.replace(args.opts) if dataclasses.is_dataclass(args.opts) else args.opts
        opts.protect = True
        opts.retain_on_delete = True
        return pulumi.ResourceTransformResult(props=args.props, opts=opts)

    async def _is_open(self, parent: pulumi.Resource | None) -> bool:
        if not self._open or parent is None:
            return False
        _, type_, name = str(await parent.urn.future()).rsplit("::", 2)
        return type_.rpartition("$")[2] == _TRUSTED_ACCESS and name in self._open


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
