"""`guard_stack()`: one line in a stack's program, so that no mistake in that program turns trusted access off.

A resource transform sets `protect` and `retainOnDelete`. It also reaches resources in third-party and remote components
and resources with explicit providers. A transformation refuses a list without `sso.amazonaws.com` before it leaves this
process; nothing edits a list. `guarded_state.py` keeps the resources that the program no longer declares.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import pulumi

from pulumi_aws_identity_center.domain.organization_list import (
    PROPERTY,
    known_too_late,
    problem_with_list,
    problem_with_part,
)
from pulumi_aws_identity_center.domain.resource_types import name_of, type_of
from pulumi_aws_identity_center.errors import NotPossibleHere
from pulumi_aws_identity_center.names import GUARDED_TYPES, ORGANIZATION_TYPE, SERVICE_ACCESS_TYPE, TRUSTED_ACCESS_TYPE

from .guarded_state import GuardedState
from .program import Program, current_program
from .resource_options import ignored_properties, is_only_read, list_property, with_checked_property
from .user_errors import plain_errors


def guard_stack() -> None:
    """Protects and retains this stack's Organization, AwsServiceAccess and DelegatedAdministrator resources.

    Call it first in the program: it reaches the resources declared after it, and raises pulumi.RunError if it sees
    others already. An Organization whose list of principals lacks sso.amazonaws.com and does not ignore changes ends
    the program with a sentence that says so. What the stack's state holds of these types and the program no longer
    declares is kept, with a warning. A TrustedAccess whose break-glass is open stays as it asks to be. Called again, it
    changes nothing.
    """
    program = current_program()
    program.shared("guard_stack", lambda: _start(program))


def _start(program: Program) -> StackGuard:
    with plain_errors():
        _require_first(program.unguarded)
    guard = StackGuard(GuardedState(program.wait_for_state()))
    program.guard_with(guard)
    # The SDK waits here until what was declared before is registered.
    pulumi.runtime.register_resource_transform(guard)
    guard.state.keep_undeclared()
    return guard


def _require_first(unguarded: list[str]) -> None:
    if unguarded:
        raise NotPossibleHere(
            f"guard_stack() comes after {', '.join(unguarded)}, and protects only what is declared after it: call it "
            "at the top of the program."
        )


class StackGuard:
    """One guarded program: its TrustedAccess with an open break-glass, and the warnings that were printed."""

    def __init__(self, state: GuardedState | None = None) -> None:
        self.state = state or GuardedState(None)
        self._open: set[str] = set()
        self._warned: set[str] = set()

    def check_declaration(self, args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult | None:
        """Called by the program's transformation. Refuses a bad list, and a read that would replace a resource."""
        read = self.state.note_resource(args)
        if args.type_ != ORGANIZATION_TYPE or is_only_read(args.opts):
            return read
        ignored = ignored_properties(args.opts)
        name = list_property(args)

        def check(known: Any) -> Any:
            self._refuse_list(args.name, {PROPERTY: known}, ignored)
            return known

        if _is_plain(args.props.get(name)):
            check(args.props.get(name))
            return None
        return with_checked_property(args, name, check)

    async def __call__(self, args: pulumi.ResourceTransformArgs) -> pulumi.ResourceTransformResult | None:
        """The transform: the engine shows it every resource of the stack, and each component before its children."""
        props = args.props if isinstance(args.props, Mapping) else {}
        if args.type_ == TRUSTED_ACCESS_TYPE and props.get("breakGlass"):
            self._open.add(args.name)
        parent = str(await args.opts.parent.urn.future()) if args.opts.parent is not None else ""
        principal = await _known(props.get("servicePrincipal"))
        self.state.note_declared(parent, args, principal)
        if args.type_ not in GUARDED_TYPES or self._is_open(parent):
            return None
        if args.type_ == ORGANIZATION_TYPE:
            # A secret list is an Output here. What a preview doesn't know stays unknown, and the update asks again.
            known = {PROPERTY: await _known(props[PROPERTY])} if PROPERTY in props else {}
            await self._check_list(args, {**props, **known})
        opts = dataclasses.replace(args.opts) if dataclasses.is_dataclass(args.opts) else args.opts
        opts.protect = True
        opts.retain_on_delete = True
        if args.type_ == SERVICE_ACCESS_TYPE:
            opts.delete_before_replace = True  # AWS has one trusted access of a service: the last call counts
        return pulumi.ResourceTransformResult(props=args.props, opts=opts)

    async def _check_list(self, args: pulumi.ResourceTransformArgs, props: Mapping[str, Any]) -> None:
        """The list as the engine shows it. The list of a remote component is seen here first."""
        ignored = list(args.opts.ignore_changes or [])
        if (problem := _problem(props, ignored)) is not None:
            # The engine passes an error of a transform on with a trace of its own, so it is logged as well.
            pulumi.log.error(_refusal(args.name, problem))
            self._refuse_list(args.name, props, ignored)
        if pulumi.runtime.is_dry_run() and known_too_late(props, ignored) and args.name not in self._warned:
            self._warned.add(args.name)
            pulumi.log.warn(_NOT_YET.format(name=args.name))

    def _refuse_list(self, name: str, props: Mapping[str, Any], ignored: list[str]) -> None:
        problem = _problem(props, ignored)
        if problem is not None:
            raise self.state.refuse(_refusal(name, problem))

    def _is_open(self, parent: str) -> bool:
        return type_of(parent) == TRUSTED_ACCESS_TYPE and name_of(parent) in self._open


def _problem(props: Mapping[str, Any], ignored: list[str]) -> str | None:
    return problem_with_part(ignored) or problem_with_list(props, ignored)


def _refusal(name: str, problem: str | None) -> str:
    return f"guard_stack() refuses {name}: {problem}"


def _is_plain(listed: Any) -> bool:
    """Whether nothing in it is an Output or has to be waited for."""
    return listed is None or (isinstance(listed, list) and all(isinstance(item, str) for item in listed))


_NOT_YET = (
    f"guard_stack() can't know yet whether {{name}}'s {PROPERTY} keeps trusted access: it is known only in the update. "
    "It is checked there before the organization is changed, and refused if it would turn trusted access off. To see "
    "it in the preview, write the list out instead of computing it from resources that are not made yet."
)


async def _known(value: Any) -> Any:
    """The value of an Output; what only the update knows stays unknown."""
    return await pulumi.Output.from_input(value).future(with_unknowns=True)
