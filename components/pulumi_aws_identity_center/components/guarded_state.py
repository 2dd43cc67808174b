"""Keeps the guarded resources that a stack's state has and the program no longer declares.

Pulumi doesn't tell a program whether a resource in the state has `protect` and `retainOnDelete`. So after the program's
last declaration, this declares each missing resource, with both options.
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
        """The error to raise. The program fails with it even if it catches it. Nothing is kept then, since a failed
        update deletes nothing."""
        self._refusal = plain_error(sentence)
        return self._refusal

    def note_resource(self, args: pulumi.ResourceTransformationArgs) -> None:
        """This process declares a resource, or reads one. Raises RunError if it would replace one of the state."""
        self._resources.append(args.resource)
        namesakes = [urn for urn in self._undeclared if (types_of(urn)[-1], name_of(urn)) == (args.type_, args.name)]
        for urn in namesakes:
            if not is_only_read(args.opts):
                self._refuse_another_service(urn, args.name, service_principal_of(args))
            elif _would_replace(args, self._undeclared[urn]):
                raise self.refuse(_REPLACED.format(urn=urn, name=args.name))
            else:
                del self._undeclared[urn]

    def _refuse_another_service(self, urn: str, name: str, principal: Any) -> None:
        """Raises RunError if an AwsServiceAccess for that service takes the place of another service's in the state:
        if that one isn't protected, Pulumi turns its service off."""
        old_principal = self._undeclared[urn].get("servicePrincipal")
        are_known = isinstance(principal, str) and isinstance(old_principal, str)
        if types_of(urn)[-1] == SERVICE_ACCESS_TYPE and are_known and principal != old_principal:
            raise self.refuse(_ANOTHER.format(name=name, urn=urn, old=old_principal))

    def note_declared(self, parent: str, args: pulumi.ResourceTransformArgs, principal: Any = None) -> None:
        """A resource is registered. parent: its parent's URN, empty at the stack's root. principal: the service of an
        AwsServiceAccess, if it is known. Raises RunError if the state has another service under its name or alias."""
        declaration = self._declaration(parent, args)
        for urn in [urn for urn in self._undeclared if declaration.may_be(urn)]:
            try:
                self._refuse_another_service(urn, args.name, principal)
            except pulumi.RunError as error:
                # The engine passes an error of a transform on with a trace of its own, so it is logged as well.
                pulumi.log.error(str(error))
                raise
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
        """Declares what the program doesn't, after its last declaration, so that the update deletes none of it."""
        if not self._undeclared:
            return
        idle_tasks: set[asyncio.Task[Any]] = set()
        task = asyncio.ensure_future(self._keep_undeclared(idle_tasks))
        is_known: asyncio.Future[bool] = asyncio.Future()
        is_known.set_result(True)
        pulumi.Output(set(), task, is_known)  # the SDK waits for every Output
        idle_tasks |= asyncio.all_tasks()  # that Output's among them

    async def _keep_undeclared(self, idle_tasks: set[asyncio.Task[Any]]) -> int:
        """How many are kept. idle_tasks: tasks that declare nothing. They are the SDK's own, and the program's main
        task, which is over when this runs."""
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
    """A registered resource, with what shows which resource of the state it is.

    names: its own and its aliases'. ending: what its name adds to the name of a parent with aliases, or None.
    """

    urn: str
    type_: str
    names: frozenset[Any]
    aliases: Sequence[Any]
    ending: str | None

    def may_be(self, urn: str) -> bool:
        """Whether it may be the state's resource of that URN. Only the engine can resolve an alias exactly."""
        if urn == self.urn or urn in self.aliases:
            return True
        has_other_names = bool(self.aliases) or self.ending is not None
        return has_other_names and types_of(urn)[-1] == self.type_ and self._may_be_called(name_of(urn))

    def _may_be_called(self, name: str) -> bool:
        return name in self.names or (self.ending is not None and name.endswith(self.ending))


_PATIENCE = 15.0
_MOMENT = 0.1


def _may_declare(task: asyncio.Task[Any]) -> bool:
    """Whether the task may declare resources: a program's task runs a Python coroutine. The tasks of gRPC's server are
    compiled code, and wait for the engine's next call to a transform until the server ends."""
    return inspect.iscoroutine(task.get_coro())


# Inputs that the provider's check requires. The state's values take their place.
_REQUIRED_INPUTS: dict[str, dict[str, str]] = {
    SERVICE_ACCESS_TYPE: {"servicePrincipal": SSO_SERVICE_PRINCIPAL},
    DELEGATED_ADMINISTRATOR_TYPE: {"servicePrincipal": SSO_SERVICE_PRINCIPAL, "accountId": "0" * 12},
}


def _is_unprotected(urn: str, row: Mapping[str, Any]) -> bool:
    """Whether it may lack `protect`. A TrustedAccess protects its own, unless its break-glass is open."""
    return row.get("type") in GUARDED_TYPES and TRUSTED_ACCESS_TYPE not in types_of(urn)[:-1]


def _would_replace(args: pulumi.ResourceTransformationArgs, outputs: Outputs) -> bool:
    """Whether this reads another resource under the name of a managed one: then Pulumi deletes the managed one."""
    managed = {
        SERVICE_ACCESS_TYPE: outputs.get("servicePrincipal"),
        DELEGATED_ADMINISTRATOR_TYPE: f"{outputs.get('accountId')}/{outputs.get('servicePrincipal')}",
    }.get(args.type_)
    return isinstance(args.opts.id, str) and managed is not None and args.opts.id != managed


_REPLACED = (
    "guard_stack() refuses to read another resource as {name}: this stack's state has {urn}, which the update would "
    "delete in AWS, even if it is protected. Give the resource that you read another name."
)


_ANOTHER = (
    "guard_stack() refuses {name}: this stack's state has {urn}, which is for {old}, and the program declares "
    "another service in its place. This update could turn off {old}. Give the new resource another name."
)


_KEPT = (
    "This stack's state has {urn}, and the program no longer declares it: guard_stack() keeps it, with protect and "
    "retainOnDelete.\nIf the program failed, mend that first: it may declare the resource later.\n"
    'To rename the resource, give it aliases=[pulumi.Alias(name="{name}")]. To keep it in AWS and no longer manage it '
    "here, run:\n  pulumi state delete --force --yes {argument}"
)


def _keep(urn: str) -> None:
    # ignore_changes: every property stays as the state has it.
    options = pulumi.ResourceOptions(
        protect=True, retain_on_delete=True, ignore_changes=["*"], aliases=[urn], version=plugin_version()
    )
    pulumi.CustomResource(types_of(urn)[-1], name_of(urn), _REQUIRED_INPUTS.get(types_of(urn)[-1], {}), options)
