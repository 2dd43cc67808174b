"""The resources that the running program declares, as far as this process sees them, and the answers read for them.

One stack transformation, unknown to the engine, sees them. It is registered when a program imports a component
or `guard_stack()`; where they were imported before there was a program (Pulumi's Automation API), with the first that
the program uses. It sees neither earlier declarations nor those of remote components in their own processes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Mapping
from contextvars import ContextVar
from typing import Any, Protocol, TypeVar, cast
from weakref import WeakKeyDictionary

import pulumi

from pulumi_aws_identity_center.domain.resource_types import name_of
from pulumi_aws_identity_center.errors import InvalidInput
from pulumi_aws_identity_center.names import (
    ADOPTED_TYPES,
    GUARDED_TYPES,
    ORGANIZATION_TYPE,
    PACKAGE,
    SERVICE_ACCESS_TYPE,
)

from .blocking import wait_for
from .list_owners import ListOwners
from .places import place_of, places
from .provider_account import ProviderAccounts, explicit_provider, provider_of
from .resource_options import (
    adoptable_value,
    is_of_trusted_access,
    is_only_read,
    is_protected,
    principal_property,
    with_checked_property,
)
from .stack_state import Outputs, Rows, outputs_now, outputs_of_type, read_known, read_state
from .user_errors import plain_error

Value = TypeVar("Value")

_PROVIDER_TYPE = "pulumi:providers:aws"


class DeclarationCheck(Protocol):
    """What guard_stack() adds to the program's transformation."""

    def check_declaration(
        self, args: pulumi.ResourceTransformationArgs
    ) -> pulumi.ResourceTransformationResult | None: ...


class Program:
    """A resource transformation that remembers. One a program."""

    def __init__(self) -> None:
        self._task = _current_task()
        self._accounts = ProviderAccounts()
        self._shared: dict[Hashable, Any] = {}
        self._provider_inputs: WeakKeyDictionary[pulumi.Resource, Mapping[str, Any]] = WeakKeyDictionary()
        self._components: set[tuple[str, str]] = set()
        self._declared: dict[str, str | None] = {}
        self._continued: dict[str, tuple[str, str]] = {}
        self.owners = ListOwners(self.account)
        self.unguarded: list[str] = []
        self._guard: DeclarationCheck | None = None

    def guard_with(self, guard: DeclarationCheck) -> None:
        """From here on guard_stack() sees each declaration, and protects it."""
        self._guard = guard
        self.owners.is_stack_guarded = True

    def begin(self) -> None:
        """The program's task runs, where it didn't yet when the package was imported."""
        self._task = self._task or _current_task()

    def has_ended(self) -> bool:
        """Whether a later program of this process has begun: unit tests with mocks share one root resource."""
        return self._task is not None and self._task.done()

    def __call__(self, args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult | None:
        if self.has_ended():
            return None
        self._note_declaration(args)
        guarded = self._guard.check_declaration(args) if self._guard is not None else None
        if guarded is not None:
            args = pulumi.ResourceTransformationArgs(args.resource, args.type_, args.name, guarded.props, guarded.opts)
        if is_only_read(args.opts):
            return None
        if args.type_ in GUARDED_TYPES and _is_unguarded(args.opts):
            self.unguarded.append(args.name)
        if args.type_ == SERVICE_ACCESS_TYPE:
            self.owners.note_service_access(args)
            return self._checked_when_registered(args)
        if args.type_ == ORGANIZATION_TYPE:
            return self.owners.check_organization(args) or guarded
        return None

    def _note_declaration(self, args: pulumi.ResourceTransformationArgs) -> None:
        """What later questions about the program's resources need of each."""
        if args.type_ == _PROVIDER_TYPE:
            self._provider_inputs[args.resource] = dict(args.props)
        is_component = args.type_.startswith(f"{PACKAGE}:")
        if is_component or args.type_ in (*ADOPTED_TYPES, *GUARDED_TYPES):
            self.wait_for_state()
        if is_component:
            self._components.add((args.type_, args.name))
        if args.type_ in ADOPTED_TYPES:
            self._note_value(args, adoptable_value(args))

    def _note_value(self, args: pulumi.ResourceTransformationArgs, value: str | None) -> None:
        """Raises RunError if it would replace what a component continues."""
        for place in places(args):
            self._declared[place] = value
            self._refuse_replacement(place)

    def _checked_when_registered(
        self, args: pulumi.ResourceTransformationArgs
    ) -> pulumi.ResourceTransformationResult | None:
        """An AwsServiceAccess that may replace another service's is checked again when it is registered: then the
        components after it are declared too. Its service passes unchanged."""
        if is_of_trusted_access(args.opts) or not self._may_replace(args):
            return None

        def check(principal: str) -> str:
            self._note_value(args, principal)
            return principal

        return with_checked_property(args, principal_property(args), check)

    def _may_replace(self, args: pulumi.ResourceTransformationArgs) -> bool:
        """Whether the state holds another service where the engine looks for this one."""
        services = self.shared("services by place", self._services_by_place)
        declared = adoptable_value(args)
        return any(services.get(place, declared) != declared for place in places(args))

    def _services_by_place(self) -> dict[str, Any]:
        rows = outputs_of_type(self.wait_for_state(), SERVICE_ACCESS_TYPE)
        return {place_of(urn): outputs.get("servicePrincipal") for urn, outputs in rows.items()}

    def continue_from(self, urn: str, value: str, refusal: str) -> None:
        """A component continues the state's resource of that URN, which is of this value. Raises the refusal if the
        program has declared a resource of another value there; one that it declares later is refused by itself. After
        such a resource's registration the engine may have replaced the old one, which the next update then deletes."""
        place = place_of(urn)
        self._continued[place] = (value, refusal)
        self._refuse_replacement(place)

    def _refuse_replacement(self, place: str) -> None:
        declared = self._declared.get(place)
        value, refusal = self._continued.get(place, (declared, ""))
        if declared is not None and declared != value:
            raise plain_error(refusal)

    def wait_for_state(self) -> Rows | None:
        """`state`, for a constructor. It is read before the program's first component, and before the first resource
        that components judge: once one of these is registered, the engine may change what the state tells."""
        return self.shared("state at start", lambda: wait_for(self.state()))

    async def state(self) -> Rows | None:
        """The state's resources by URN, with `type` and `outputs`, as they were when it was first asked for. None where
        the engine can't tell."""
        rows = await self.once("state", read_state)
        await self.once("known at start", lambda: read_known(rows))
        return rows

    async def declared_outputs(self, urn: str) -> Outputs | None:
        """The outputs of that resource, if the running program has registered or read it since the state was read.

        With --refresh the engine knows each refreshed resource before the program runs, and would tell of one that the
        program no longer declares. So what it knew from the start is taken for undeclared: then it is adopted or kept,
        and where the program declares it after all the engine refuses the second one.
        """
        known_at_start = await self.once("known at start", lambda: read_known(None))
        return None if urn in known_at_start else await outputs_now(urn)

    def declared_value(self, urn: str) -> str | None:
        """The value of the adoptable resource that the program declares, or reads, at that URN; None for one that isn't
        seen or isn't known yet."""
        return self._declared.get(place_of(urn))

    def has_other_component(self, type_: str, urn: str, component: pulumi.Resource) -> bool:
        """Whether another component than this one, seen by now, makes the resource of that URN.

        type_: the type of the components that make such resources.
        """
        # Until its name became the component's own, a TrustedAccess's child had a sentence after that.
        owner = name_of(urn).partition(": ")[0]
        return owner != component.pulumi_resource_name and (type_, owner) in self._components

    def shared(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """One of a kind in this program."""
        if key not in self._shared:
            self._shared[key] = make()
        return cast(Value, self._shared[key])

    async def once(self, key: Hashable, read: Callable[[], Awaitable[Value]]) -> Value:
        """What is read once, however many ask: a stack of a thousand services reads AWS's list of them once."""
        return await self.shared(key, lambda: asyncio.ensure_future(read()))

    async def once_for(self, component: pulumi.Resource, what: Hashable, read: Callable[[], Awaitable[Value]]) -> Value:
        """As `once`, for all components of one provider."""
        return await self.once((what, explicit_provider(component)), read)

    def has_read(self, component: pulumi.Resource, what: Hashable) -> bool:
        """Whether `once_for` was called for it, answered or not."""
        return (what, explicit_provider(component)) in self._shared

    def claim_policy_prefix(self, component: str, prefix: str, opts: pulumi.ResourceOptions | None = None) -> None:
        """Raises InvalidInput for the second component with one prefix in one account."""
        first = self.shared(("policies", self.account(opts), prefix), lambda: component)
        if first != component:
            raise InvalidInput(
                f"policyPrefix is {prefix!r} for {component} as for {first}, and IAM takes a name once: "
                f"give {component} a policyPrefix of its own, or use the policies of {first}."
            )

    def claim_administrator(self, component: str, opts: pulumi.ResourceOptions | None = None) -> None:
        """Raises InvalidInput for the second delegated administrator of an account: AWS takes one."""
        first = self.shared(("delegated administrator", self.account(opts)), lambda: component)
        if first != component:
            raise InvalidInput(
                f"DelegatedAdministrator {component} is the second of this program, after {first}, and Identity "
                "Center takes one: keep the one whose accountId is to administer."
            )

    def inputs_of(self, provider: pulumi.Resource) -> Mapping[str, Any] | None:
        """The inputs of an explicit provider, if its declaration was seen."""
        return self._provider_inputs.get(provider)

    def account(self, opts: pulumi.ResourceOptions | None) -> Hashable:
        """The account in which a resource with these options will be: a key to compare. AWS is asked for it where the
        program has several providers."""
        return self._accounts.first_of_account(provider_of(opts or pulumi.ResourceOptions()))


def _is_unguarded(opts: pulumi.ResourceOptions) -> bool:
    """Whether nothing protects it; a TrustedAccess protects its own, or leaves it open on purpose."""
    return not is_protected(opts) and not is_of_trusted_access(opts)


def _current_task() -> asyncio.Task[Any] | None:
    try:
        return asyncio.current_task()
    except RuntimeError:  # no event loop runs
        return None


_programs: WeakKeyDictionary[pulumi.Resource, Program] = WeakKeyDictionary()
_constructed: ContextVar[Program] = ContextVar("constructed")


def begin_construct() -> None:
    """In a plugin: what is asked from here on is for one component of somebody's program."""
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
