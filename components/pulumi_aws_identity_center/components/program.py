"""The running program: the resources that it declares, its stack's state, and what its components read once for all.

A stack transformation sees the resources. It is registered when the program imports a component or `guard_stack()`. In
Pulumi's Automation API these may be imported before there is a program: then it is registered with the first one that
the program uses. It doesn't see what was declared before, or what remote components declare in their own processes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Mapping
from contextvars import ContextVar
from typing import Any, Protocol, TypeVar, cast
from weakref import WeakKeyDictionary

import pulumi

from pulumi_aws_identity_center.domain.resource_types import name_of
from pulumi_aws_identity_center.names import (
    ADOPTED_TYPES,
    GUARDED_TYPES,
    ORGANIZATION_TYPE,
    PACKAGE,
    SERVICE_ACCESS_TYPE,
)

from .blocking import wait_for
from .possible_urns import note_types
from .provider_account import ProviderAccounts, explicit_provider, provider_of
from .replacements import Replacements
from .resource_options import is_of_trusted_access, is_only_read, is_protected
from .stack_state import Outputs, Rows, outputs_now, read_known, read_state
from .trusted_access_conflicts import TrustedAccessConflicts
from .user_errors import is_plugin

Value = TypeVar("Value")

_PROVIDER_TYPE = "pulumi:providers:aws"


class DeclarationCheck(Protocol):
    """What guard_stack() adds to the program's transformation."""

    def check_declaration(
        self, args: pulumi.ResourceTransformationArgs
    ) -> pulumi.ResourceTransformationResult | None: ...


class Program:
    """The program's transformation, with what it has seen so far."""

    def __init__(self) -> None:
        self._task = _current_task()
        self._accounts = ProviderAccounts()
        self._shared: dict[Hashable, Any] = {}
        self._provider_inputs: WeakKeyDictionary[pulumi.Resource, Mapping[str, Any]] = WeakKeyDictionary()
        self._components: set[tuple[str, str]] = set()
        self.replacements = Replacements()
        self.conflicts = TrustedAccessConflicts(self.account)
        self.unguarded: list[str] = []
        self._guard: DeclarationCheck | None = None

    def guard_with(self, guard: DeclarationCheck) -> None:
        """From now on guard_stack() sees each declaration."""
        self._guard = guard
        self.conflicts.is_stack_guarded = True

    def begin(self) -> None:
        """Notes the program's task, if the package was imported before it ran."""
        self._task = self._task or _current_task()

    def has_ended(self) -> bool:
        """Whether the program's task is over. Unit tests with mocks run many programs on one root resource."""
        return self._task is not None and self._task.done()

    def __call__(self, args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult | None:
        if self.has_ended():
            return None
        self._note_declaration(args)
        guarded = self._guard.check_declaration(args) if self._guard is not None else None
        if guarded is not None:
            args = pulumi.ResourceTransformationArgs(args.resource, args.type_, args.name, guarded.props, guarded.opts)
        if is_only_read(args.opts):
            return guarded
        if args.type_ in GUARDED_TYPES and _is_unguarded(args.opts):
            self.unguarded.append(args.name)
        if args.type_ == SERVICE_ACCESS_TYPE:
            self.conflicts.note_service_access(args)
            return self.replacements.checked_when_registered(args)
        if args.type_ == ORGANIZATION_TYPE:
            return self.conflicts.check_organization(args) or guarded
        return None

    def _note_declaration(self, args: pulumi.ResourceTransformationArgs) -> None:
        note_types(args)
        if args.type_ == _PROVIDER_TYPE:
            self._provider_inputs[args.resource] = dict(args.props)
        is_component = args.type_.startswith(f"{PACKAGE}:")
        if is_component or args.type_ in (*ADOPTED_TYPES, *GUARDED_TYPES):
            self.wait_for_state()
        if is_component:
            self._components.add((args.type_, args.name))
        if args.type_ in ADOPTED_TYPES:
            self.replacements.note_declared(args, self.wait_for_state())

    def wait_for_state(self) -> Rows | None:
        """`state`, for a constructor, which can't await. It is read before the first component, and before the first
        resource that components check: once one of these is registered, the engine may change the state."""
        return self.shared("state at start", lambda: wait_for(self.state()))

    async def state(self) -> Rows | None:
        """The state's resources by URN, with `type` and `outputs`, as they were at the first call. None in unit tests,
        which have no engine."""
        rows = await self.once("state", read_state)
        await self.once("known at start", lambda: read_known(rows))
        return rows

    async def declared_outputs(self, urn: str) -> Outputs | None:
        """The outputs of that resource, if the running program has registered or read it.

        With --refresh the engine knows each refreshed resource before the program declares anything. So a resource that
        the engine knew at first counts as undeclared. A component then continues it, or guard_stack() keeps it. If the
        program declares it after all, the engine refuses the second one.
        """
        known_at_start = await self.once("known at start", lambda: read_known(None))
        return None if urn in known_at_start else await outputs_now(urn)

    def has_other_component(self, type_: str, urn: str, component: pulumi.Resource) -> bool:
        """Whether the program has declared another component of that type which makes the resource of that URN."""
        # In old states the name of a TrustedAccess's child has a sentence after the component's name.
        owner = name_of(urn).partition(": ")[0]
        return owner != component.pulumi_resource_name and (type_, owner) in self._components

    def shared(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """The value that `make` gave for the key at the first call in this program."""
        if key not in self._shared:
            self._shared[key] = make()
        return cast(Value, self._shared[key])

    def shared_by_components(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """As `shared`. In a plugin, for all components that it constructs: it serves one operation of the engine."""
        values = _of_all_constructs if is_plugin() else self._shared
        return cast(Value, values.setdefault(key, make()))

    async def once(self, key: Hashable, read: Callable[[], Awaitable[Value]]) -> Value:
        """What `read` gave for the key at the first call in this program."""
        return await self.shared(key, lambda: asyncio.ensure_future(read()))

    async def once_for(self, component: pulumi.Resource, what: Hashable, read: Callable[[], Awaitable[Value]]) -> Value:
        """As `once`, for each provider."""
        return await self.once((what, explicit_provider(component)), read)

    def has_read(self, component: pulumi.Resource, what: Hashable) -> bool:
        """Whether `once_for` was called for it; it may still read."""
        return (what, explicit_provider(component)) in self._shared

    def first_component(self, what: Hashable, component: str, opts: pulumi.ResourceOptions | None = None) -> str:
        """The first component of the account that declares such a thing; this one if there is none yet."""
        return self.shared((what, self.account(opts)), lambda: component)

    def inputs_of(self, provider: pulumi.Resource) -> Mapping[str, Any] | None:
        """The inputs of an explicit provider, if its declaration was seen."""
        return self._provider_inputs.get(provider)

    def account(self, opts: pulumi.ResourceOptions | None) -> Hashable:
        """A key for the account in which a resource with these options will be. Asks AWS if the program has several
        providers."""
        return self._accounts.first_of_account(provider_of(opts or pulumi.ResourceOptions()))


def _is_unguarded(opts: pulumi.ResourceOptions) -> bool:
    """Whether nothing protects it. A TrustedAccess decides for its own resource."""
    return not is_protected(opts) and not is_of_trusted_access(opts)


def _current_task() -> asyncio.Task[Any] | None:
    try:
        return asyncio.current_task()
    except RuntimeError:  # no event loop runs
        return None


_programs: WeakKeyDictionary[pulumi.Resource, Program] = WeakKeyDictionary()
_constructed: ContextVar[Program] = ContextVar("constructed")
_of_all_constructs: dict[Hashable, Any] = {}


def begin_construct() -> None:
    """In a plugin: `current_program()` is a new one, for the component that is now constructed."""
    _constructed.set(Program())


def current_program() -> Program:
    """The running program's. In a plugin, one for each component that it constructs."""
    root = pulumi.runtime.get_root_resource()
    if root is None:
        return _constructed.get(None) or Program()
    program = _programs.get(root)
    if program is not None:
        program.begin()
    if program is None or program.has_ended():
        program = _programs[root] = Program()
        pulumi.runtime.register_stack_transformation(program)
    return program


if pulumi.runtime.get_root_resource() is not None:
    current_program()
