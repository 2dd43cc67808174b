"""The guarded resources in a stack's state, and whether the program still declares them.

The state doesn't tell a program whether a resource is protected and retained. So a resource that the program no
longer declares counts as unprotected: after the program's last declaration, this declares it, protected and retained.
"""

from __future__ import annotations

import asyncio
import inspect
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi

from pulumi_aws_identity_center.domain.resource_types import child_urn, name_of, types_of
from pulumi_aws_identity_center.names import (
    DELEGATED_ADMINISTRATOR_TYPE,
    GUARDED_TYPES,
    SERVICE_ACCESS_TYPE,
    SSO_SERVICE_PRINCIPAL,
    TRUSTED_ACCESS_TYPE,
)

from .aws_resources import plugin_version
from .resource_options import is_only_read, service_principal_of
from .stack_state import Outputs, Rows
from .user_errors import plain_error


class GuardedState:
    """The state's guarded resources that the program has not declared so far."""

    def __init__(self, rows: Rows | None) -> None:
        unprotected = {urn: row for urn, row in (rows or {}).items() if _is_unprotected(urn, row)}
        self._undeclared: dict[str, Outputs] = {urn: row.get("outputs") or {} for urn, row in unprotected.items()}
        self._aliased: set[str] = set()
        self._resources: list[pulumi.Resource] = []
        self._refusal: Exception | None = None

    def refuse(self, sentence: str) -> Exception:
        """The error to raise. The program fails with it even if it goes on, and nothing is kept: a failed update
        deletes nothing."""
        self._refusal = plain_error(sentence)
        return self._refusal

    def note_resource(self, args: pulumi.ResourceTransformationArgs) -> None:
        """A resource of this process is declared, or read. Raises RunError for one that would replace a resource."""
        self._resources.append(args.resource)
        if args.type_ not in GUARDED_TYPES:
            return
        for urn in self._undeclared_of(args.type_, args.name):
            if is_only_read(args.opts):
                self._note_read(urn, args)
            elif problem := self._of_another_service(urn, args.name, service_principal_of(args)):
                raise self.refuse(problem)

    def _undeclared_of(self, type_: str, name: str) -> list[str]:
        return [urn for urn in self._undeclared if (types_of(urn)[-1], name_of(urn)) == (type_, name)]

    def _note_read(self, urn: str, args: pulumi.ResourceTransformationArgs) -> None:
        if _would_replace(args, self._undeclared[urn]):
            raise self.refuse(_REPLACED.format(urn=urn, name=args.name))
        del self._undeclared[urn]

    def _of_another_service(self, urn: str, name: str, principal: Any) -> str:
        """What is wrong with declaring it for that service in place of what the state holds; "" where nothing is.

        The state tells no program whether it is protected: without that the engine disables the old service.
        """
        if types_of(urn)[-1] != SERVICE_ACCESS_TYPE:
            return ""
        old_principal = self._undeclared[urn].get("servicePrincipal")
        are_known = isinstance(principal, str) and isinstance(old_principal, str)
        if not are_known or principal == old_principal:
            return ""
        return _ANOTHER.format(name=name, urn=urn, old=old_principal)

    def note_declared(self, parent: str, args: pulumi.ResourceTransformArgs, principal: Any = None) -> None:
        """A resource is registered below the one with the URN `parent`, empty at the stack's root.

        principal: the service that an AwsServiceAccess is for, if it is known. Raises RunError for another one than
        the state's under the same name or alias.
        """
        declaration = self._declaration(parent, args)
        for urn in [urn for urn in self._undeclared if declaration.may_be(urn)]:
            if problem := self._of_another_service(urn, args.name, principal):
                # The engine passes an error of a transform on with a trace of its own, so it is logged as well.
                pulumi.log.error(problem)
                raise self.refuse(problem)
            del self._undeclared[urn]

    def _declaration(self, parent: str, args: pulumi.ResourceTransformArgs) -> _Declaration:
        urn = child_urn(parent, args.type_, args.name) if parent else ""
        aliases = args.opts.aliases or []
        if aliases and urn:
            self._aliased.add(urn)
        other_names = {alias.name for alias in aliases if isinstance(alias, pulumi.Alias)}
        ending = args.name.removeprefix(name_of(parent)) if parent in self._aliased else None
        return _Declaration(urn, args.type_, frozenset({args.name, *other_names}), aliases, ending)

    def keep_undeclared(self) -> None:
        """Declares what the program doesn't, once it has declared all of its own: nothing of it is deleted then."""
        if not self._undeclared:
            return
        idle_tasks: set[asyncio.Task[Any]] = set()
        task = asyncio.ensure_future(self._keep_undeclared(idle_tasks))
        is_known: asyncio.Future[bool] = asyncio.Future()
        is_known.set_result(True)
        pulumi.Output(set(), task, is_known)  # the SDK waits for every Output
        idle_tasks |= asyncio.all_tasks()  # that Output's among them

    async def _keep_undeclared(self, idle_tasks: set[asyncio.Task[Any]]) -> int:
        """How many are kept. idle_tasks: those that declare nothing: the SDK's own, and the program's main one, which
        is over when this runs."""
        own = asyncio.current_task()
        while self._undeclared:
            tasks = set(filter(_may_declare, asyncio.all_tasks())) - {own, *idle_tasks}
            if not tasks:
                break
            done, _ = await asyncio.wait(tasks, timeout=_PATIENCE, return_when=asyncio.FIRST_COMPLETED)
            if not done and await self._are_all_registered():
                break  # some task of the program's own goes on for ever
        if self._refusal is not None:
            raise self._refusal
        urns, self._undeclared = sorted(self._undeclared), {}
        for urn in urns:
            pulumi.log.warn(_KEPT.format(urn=urn, name=name_of(urn), argument=shlex.quote(urn)))
            _keep(urn)
        return len(urns)

    async def _are_all_registered(self) -> bool:
        for resource in self._resources:
            if "urn" not in vars(resource):
                continue  # refused by somebody's transformation
            registered = asyncio.ensure_future(resource.urn.future())
            await asyncio.wait([registered], timeout=_MOMENT)
            if not registered.done():
                registered.cancel()
                return False
        return True


@dataclass(frozen=True)
class _Declaration:
    """A registered resource, as far as it tells which one of the state it is.

    names: its own and its aliases'. ending: what its name adds to that of a parent with aliases; None without one.
    """

    urn: str
    type_: str
    names: frozenset[Any]
    aliases: Sequence[Any]
    ending: str | None

    def may_be(self, urn: str) -> bool:
        """Which resource an alias means is the engine's to resolve; here one that may be meant is declared."""
        if urn == self.urn or urn in self.aliases:
            return True
        has_other_names = bool(self.aliases) or self.ending is not None
        return has_other_names and types_of(urn)[-1] == self.type_ and self._may_be_called(name_of(urn))

    def _may_be_called(self, name: str) -> bool:
        return name in self.names or (self.ending is not None and name.endswith(self.ending))


_PATIENCE = 15.0
_MOMENT = 0.1


def _may_declare(task: asyncio.Task[Any]) -> bool:
    """Whether resources may come of it: a program's own task runs a coroutine of Python's. gRPC's server, through which
    the engine calls transforms, has tasks in compiled code, which wait for the next call as long as it serves."""
    return inspect.iscoroutine(task.get_coro())


# What the provider's check asks for; the state's values take their place.
_REQUIRED_INPUTS: dict[str, dict[str, str]] = {
    SERVICE_ACCESS_TYPE: {"servicePrincipal": SSO_SERVICE_PRINCIPAL},
    DELEGATED_ADMINISTRATOR_TYPE: {"servicePrincipal": SSO_SERVICE_PRINCIPAL, "accountId": "0" * 12},
}


def _is_unprotected(urn: str, row: Mapping[str, Any]) -> bool:
    """Whether it may be: a TrustedAccess's own is protected and retained, unless somebody opened its break-glass."""
    return row.get("type") in GUARDED_TYPES and TRUSTED_ACCESS_TYPE not in types_of(urn)[:-1]


def _would_replace(args: pulumi.ResourceTransformationArgs, outputs: Outputs) -> bool:
    """Whether reading another resource under the name of a managed one makes the engine delete that one."""
    managed = {
        SERVICE_ACCESS_TYPE: outputs.get("servicePrincipal"),
        DELEGATED_ADMINISTRATOR_TYPE: f"{outputs.get('accountId')}/{outputs.get('servicePrincipal')}",
    }.get(args.type_)
    return isinstance(args.opts.id, str) and managed is not None and args.opts.id != managed


_REPLACED = (
    "guard_stack() refuses to read another resource as {name}: this stack's state holds {urn}, which the update would "
    "delete in AWS, even if it is protected. Give what is read another name."
)


_ANOTHER = (
    "guard_stack() refuses {name}: this stack's state holds {urn}, which is for {old}, and the program declares "
    "another service in its place, so this update could turn {old} off. Give the new one another name."
)


_KEPT = (
    "This stack's state holds {urn}, and the program no longer declares it: guard_stack() keeps it, protected and "
    "retained.\nIf the program failed, mend that first: perhaps it declares this later.\n"
    'To give it another name, use aliases=[pulumi.Alias(name="{name}")]. To leave it as it is in AWS and '
    "manage it no longer, run:\n  pulumi state delete --force --yes {argument}"
)


def _keep(urn: str) -> None:
    # What it is stays as the state has it: all of its changes are ignored.
    options = pulumi.ResourceOptions(
        protect=True, retain_on_delete=True, ignore_changes=["*"], aliases=[urn], version=plugin_version()
    )
    pulumi.CustomResource(types_of(urn)[-1], name_of(urn), _REQUIRED_INPUTS.get(types_of(urn)[-1], {}), options)
