"""`guard_stack()`: one line in any stack's program, and no resource of it can take trusted access away by a slip.

A resource transform, so it also reaches resources inside third-party and remote components and those with explicit
providers. It never edits anyone's list: a list that would take trusted access away is refused, with the fix
(`refusal.py`: how that is told).
"""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Mapping
from typing import Any

import pulumi

from pulumi_aws_identity_center.domain.organization_list import PROPERTY, known_too_late, problem_with_list
from pulumi_aws_identity_center.domain.resource_types import type_of
from pulumi_aws_identity_center.errors import NotPossibleHere
from pulumi_aws_identity_center.names import GUARDED_TYPES, ORGANIZATION_TYPE, TRUSTED_ACCESS_TYPE

from .program import Program, watch
from .refusal import Refusals
from .user_errors import plain_errors


def guard_stack() -> None:
    """Protects and retains this stack's Organization, AwsServiceAccess and DelegatedAdministrator resources.

    Call it first in the program: it reaches the resources declared after it, and raises pulumi.RunError if there are
    others already. An Organization whose list of principals lacks sso.amazonaws.com and does not ignore changes ends
    the program with a sentence that says so. A TrustedAccess whose break-glass is open stays as it asks to be. Called
    again, it changes nothing.
    """
    program = watch()
    program.shared("guard_stack", lambda: _start(program))


def _start(program: Program) -> StackGuard:
    with plain_errors():
        _require_first(program.unguarded)
    guard = StackGuard(Refusals(lambda: _foreseen(program), program.is_running()))
    # Its module is not imported by pulumi.runtime itself.
    from pulumi.runtime.settings import get_monitor

    guard.refusals.hold(get_monitor())
    pulumi.runtime.register_resource_transform(guard)
    return guard


def _require_first(unguarded: list[str]) -> None:
    if unguarded:
        raise NotPossibleHere(
            f"guard_stack() comes after {', '.join(unguarded)}, and protects only what is declared after it: call it "
            "at the top of the program."
        )


def _foreseen(program: Program) -> dict[str, str]:
    """What the lists of this process's own organizations will be refused for."""
    judged = {name: problem_with_list({PROPERTY: listed}, []) for name, listed in program.lists().items()}
    return {name: _sentence(name, problem) for name, problem in judged.items() if problem is not None}


def _sentence(name: str, problem: str) -> str:
    return f"guard_stack() refuses {name}: {problem}"


class StackGuard:
    """The transform. It remembers which TrustedAccess are open: the engine shows it each component before its child."""

    def __init__(self, refusals: Refusals | None = None) -> None:
        self.refusals = refusals or Refusals(dict)
        self._open: set[str] = set()
        self._warned: set[str] = set()

    async def __call__(self, args: pulumi.ResourceTransformArgs) -> pulumi.ResourceTransformResult | None:
        props = _props(args.props)
        if args.type_ == TRUSTED_ACCESS_TYPE and props.get("breakGlass"):
            self._open.add(args.name)
        if args.type_ not in GUARDED_TYPES:
            return None
        parent = str(await args.opts.parent.urn.future()) if args.opts.parent is not None else ""
        if self._is_open(parent):
            return None
        if args.type_ == ORGANIZATION_TYPE:
            await self._judge(args, await _settled(props), parent)
        opts = dataclasses.replace(args.opts) if dataclasses.is_dataclass(args.opts) else args.opts
        opts.protect = True
        opts.retain_on_delete = True
        return pulumi.ResourceTransformResult(props=args.props, opts=opts)

    async def _judge(self, args: pulumi.ResourceTransformArgs, props: Mapping[str, Any], parent: str) -> None:
        ignored = list(args.opts.ignore_changes or [])
        problem = problem_with_list(props, ignored)
        if problem is None:
            if pulumi.runtime.is_dry_run() and known_too_late(props, ignored) and args.name not in self._warned:
                self._warned.add(args.name)
                pulumi.log.warn(_NOT_YET.format(name=args.name))
            return
        self.refusals.add(args.name, _sentence(args.name, problem))
        if self.refusals.is_of_another_process(args.type_, args.name, parent):
            # Until the program has ended with the sentence, which it does at once.
            _answer_until_the_end()
            await asyncio.sleep(_LONG)
        raise pulumi.RunError(_sentence(args.name, problem))

    def _is_open(self, parent: str) -> bool:
        return type_of(parent) == TRUSTED_ACCESS_TYPE and parent.rpartition("::")[2] in self._open


def _answer_until_the_end() -> None:
    """The SDK stops answering the engine before it prints the program's error; the remote component would then fail,
    and the engine end the program, before anybody has read why. So that is left to the process's end."""
    from pulumi.runtime import _callbacks

    servicers = getattr(_callbacks._CallbackServicer, "_servicers", [])
    servicers.clear()


_LONG = 60
_NOT_YET = (
    f"guard_stack() can't know yet whether {{name}}'s {PROPERTY} keeps trusted access: it is known only in the update. "
    "It is checked there before the organization is changed, and refused if it would turn trusted access off. To see "
    "it in the preview, write the list out instead of computing it from resources that are not made yet."
)


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
