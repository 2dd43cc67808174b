"""Keeps the guarded resources that a stack's state has and the program no longer declares.

Pulumi doesn't tell a program whether a resource in the state has `protect` and `retainOnDelete`. So after the program's
last declaration, this declares each missing resource, with both options.
"""

from __future__ import annotations

import asyncio
import inspect
import shlex
from collections.abc import Mapping
from typing import Any

import pulumi

from pulumi_aws_identity_center.domain.resource_types import name_of, types_of
from pulumi_aws_identity_center.names import (
    DELEGATED_ADMINISTRATOR_TYPE,
    GUARDED_TYPES,
    SERVICE_ACCESS_TYPE,
    TRUSTED_ACCESS_TYPE,
)

from .aws_resources import plugin_version
from .old_resources import OldResources
from .possible_urns import possible_urns
from .resource_options import is_only_read, service_principal_of, with_checked_id
from .stack_state import Outputs, Rows
from .user_errors import plain_error

_Arguments = pulumi.ResourceTransformationArgs | pulumi.ResourceTransformArgs


class GuardedState:
    """The state's guarded resources that the program has not declared so far."""

    def __init__(self, rows: Rows | None) -> None:
        unprotected = {urn: row for urn, row in (rows or {}).items() if _is_unprotected(urn, row)}
        self._undeclared: dict[str, Outputs] = {urn: row.get("outputs") or {} for urn, row in unprotected.items()}
        self._old = OldResources(rows or ())
        self._resources: list[pulumi.Resource] = []
        self._refusal: Exception | None = None

    def refuse(self, sentence: str) -> Exception:
        """The error to raise. The program fails with it even if it catches it. Nothing is kept then, since a failed
        update deletes nothing."""
        self._refusal = plain_error(sentence)
        return self._refusal

    def note_resource(self, args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult | None:
        """This process declares a resource, or reads one. Raises RunError if it would replace one of the state; of a
        read whose id isn't known yet, the result does when it is known."""
        self._resources.append(args.resource)
        urn, *_ = possible_urns(args)
        if urn not in self._undeclared:
            return None
        self._refuse_replacement(urn, args, service_principal_of(args))
        if not is_only_read(args.opts):
            return None
        outputs = self._undeclared.pop(urn)

        def check(id_: Any) -> Any:
            self._refuse_another_id(urn, outputs, args, id_)
            return id_

        return None if isinstance(args.opts.id, str) else with_checked_id(args, check)

    def _refuse_replacement(self, urn: str, args: _Arguments, principal: Any) -> None:
        """Raises RunError if what takes the place of the state's resource has another type, id or service: if the
        state's isn't protected, Pulumi deletes it in AWS."""
        outputs = self._undeclared[urn]
        if types_of(urn)[-1] != args.type_:
            raise self.refuse(_ANOTHER_TYPE.format(name=args.name, urn=urn))
        self._refuse_another_id(urn, outputs, args, args.opts.id or args.opts.import_)
        old_principal = outputs.get("servicePrincipal")
        are_known = isinstance(principal, str) and isinstance(old_principal, str)
        if args.type_ == SERVICE_ACCESS_TYPE and are_known and principal != old_principal:
            raise self.refuse(_ANOTHER.format(name=args.name, urn=urn, old=old_principal))

    def _refuse_another_id(self, urn: str, outputs: Outputs, args: _Arguments, id_: Any) -> None:
        """Raises RunError if what is read or imported by this id isn't the managed one: then Pulumi deletes that."""
        managed = {
            SERVICE_ACCESS_TYPE: outputs.get("servicePrincipal"),
            DELEGATED_ADMINISTRATOR_TYPE: f"{outputs.get('accountId')}/{outputs.get('servicePrincipal')}",
        }.get(args.type_)
        if isinstance(id_, str) and managed not in (None, id_):
            raise self.refuse(_REPLACED.format(name=args.name, urn=urn))

    def note_declared(self, parent: str, args: pulumi.ResourceTransformArgs, principal: Any = None) -> None:
        """A resource is registered. parent: its parent's URN, empty at the stack's root. principal: the service of an
        AwsServiceAccess, if it is known. Raises RunError if it would replace the state's by its name or alias."""
        urn = self._old.find(parent, args) if self._undeclared and parent else None
        if urn not in self._undeclared:
            return
        try:
            self._refuse_replacement(urn, args, principal)
        except pulumi.RunError as error:
            # The engine passes an error of a transform on with a trace of its own, so it is logged as well.
            pulumi.log.error(str(error))
            raise
        del self._undeclared[urn]

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
        """How many are kept. idle_tasks: the SDK's own tasks, which declare nothing, and the program's main task."""
        own = asyncio.current_task()
        while self._undeclared:
            tasks = set(filter(_may_declare, asyncio.all_tasks())) - {own, *idle_tasks}
            if tasks:
                done, _ = await asyncio.wait(tasks, timeout=_PATIENCE, return_when=asyncio.FIRST_COMPLETED)
            if any(map(_is_on_stack, idle_tasks - {own})):
                await asyncio.sleep(0)  # the program isn't over: it waits for an invoke
            elif not tasks or (not done and await self._are_all_registered()):
                break  # there may be a task that goes on for ever
        if self._refusal is not None:
            raise self._refusal
        undeclared, self._undeclared = self._undeclared, {}
        for urn in sorted(undeclared):
            pulumi.log.warn(_KEPT.format(urn=urn, argument=shlex.quote(urn)))
            _keep(urn, undeclared[urn])
        return len(undeclared)

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


_PATIENCE = 15.0
_MOMENT = 0.1


def _may_declare(task: asyncio.Task[Any]) -> bool:
    """Whether the task may declare resources: a program's task runs a Python coroutine. The tasks of gRPC's server are
    compiled code, and wait for the engine's next call to a transform until the server ends."""
    return inspect.iscoroutine(task.get_coro())


def _is_on_stack(task: asyncio.Task[Any]) -> bool:
    """Whether the task runs the event loop itself and waits in it, as `pulumi.runtime.invoke` does."""
    return getattr(task.get_coro(), "cr_running", False)


# Inputs that the provider's check requires, and that a refresh makes AWS's again where they are gone.
_REQUIRED_INPUTS = {
    SERVICE_ACCESS_TYPE: ("servicePrincipal",),
    DELEGATED_ADMINISTRATOR_TYPE: ("servicePrincipal", "accountId"),
}


def _is_unprotected(urn: str, row: Mapping[str, Any]) -> bool:
    """Whether it may lack `protect`. A TrustedAccess protects its own, unless its break-glass is open."""
    return row.get("type") in GUARDED_TYPES and TRUSTED_ACCESS_TYPE not in types_of(urn)[:-1]


_REPLACED = (
    "guard_stack() refuses to read or import another resource as {name}: this stack's state has {urn}, which the "
    "update would delete in AWS, even if it is protected. Give the other resource another name."
)


_ANOTHER_TYPE = (
    "guard_stack() refuses {name}: this stack's state has {urn}, which an alias gives to {name}, a resource of another "
    "type. This update could delete it in AWS. Take out the alias."
)

_ANOTHER = (
    "guard_stack() refuses {name}: this stack's state has {urn}, which is for {old}, and the program declares "
    "another service in its place. This update could turn off {old}. Give the new resource another name."
)


_KEPT = (
    "This stack's state has {urn}, and the program no longer declares it: guard_stack() keeps it, with protect and "
    "retainOnDelete.\nIf the program failed, mend that first: it may declare the resource later.\n"
    'To rename or move the resource, give it aliases=["{urn}"]. To keep it in AWS and no longer manage it '
    "here, run:\n  pulumi state delete --force --yes {argument}"
)


def _keep(urn: str, outputs: Outputs) -> None:
    # ignore_changes: every property stays as the state has it.
    options = pulumi.ResourceOptions(
        protect=True, retain_on_delete=True, ignore_changes=["*"], aliases=[urn], version=plugin_version()
    )
    *parents, type_ = types_of(urn)
    name = "$".join([*parents, name_of(urn)])  # the name alone may be another resource's, below another parent
    pulumi.CustomResource(type_, name, {key: outputs.get(key) for key in _REQUIRED_INPUTS.get(type_, ())}, options)
