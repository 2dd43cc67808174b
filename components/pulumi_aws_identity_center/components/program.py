"""What the running program declares, as far as this process sees it: organizations with their lists, the services it
trusts, the inputs of explicit providers, the names of policies.

`watch()` is one transformation in this process, of which the engine knows nothing: it costs no call a resource, and
it changes nothing. The package sets it up when it is imported into a program, so that it sees what is declared before
the first component too. Resources inside remote components are other processes', and not seen.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from typing import Any, TypeVar, cast
from weakref import WeakKeyDictionary

import pulumi
from pulumi.runtime.settings import _get_rpc_manager

from pulumi_aws_identity_center.domain.organization_list import PROPERTY, PYTHON_NAME, ignores_list, known_too_late
from pulumi_aws_identity_center.domain.other_owners import problem_for
from pulumi_aws_identity_center.domain.switches import Switches
from pulumi_aws_identity_center.errors import InvalidInput, NotPossibleHere
from pulumi_aws_identity_center.names import (
    GUARDED_TYPES,
    ORGANIZATION_TYPE,
    SERVICE_ACCESS_TYPE,
    SSO_SERVICE_PRINCIPAL,
    TAKING_TYPES,
    TRUSTED_ACCESS_TYPE,
)

from .provider_account import account_key, explicit_provider, provider_of
from .user_errors import plain_error, plain_errors

Value = TypeVar("Value")

_PROVIDER_TYPE = "pulumi:providers:aws"
_TAKEN_OVER = (
    "{kind} {name} of this stack is taken over by the component of that name (or with that alias), and the program "
    "still declares it: take its {kind} out, or give the component another name."
)


class Program:
    """A resource transformation that remembers. One a program."""

    def __init__(self) -> None:
        self._providers: WeakKeyDictionary[pulumi.Resource, Mapping[str, Any]] = WeakKeyDictionary()
        self._forget()

    def _forget(self) -> None:
        self._calls: list[Any] = _get_rpc_manager().rpcs
        self.unguarded: list[str] = []
        self._organizations: list[str] = []
        self._lists: list[tuple[str, Hashable, Any]] = []
        self._trusted: list[tuple[str, Hashable, str]] = []
        self._switches = Switches()
        self.taking: list[pulumi.ResourceTransformationArgs] = []
        self.components: list[pulumi.ComponentResource] = []
        self._left: set[tuple[str, str, pulumi.Resource | None]] = set()
        self._shared: dict[Hashable, Any] = {}

    def is_running(self) -> Callable[[], bool]:
        """Whether it is still this run, for whoever asks later."""
        calls = self._calls
        return lambda: _get_rpc_manager().rpcs is calls

    def of_this_run(self) -> Program:
        """Itself. Where Pulumi's mocks run one test after another, each is a program of its own and starts anew."""
        if not self.is_running()():
            self._forget()
        return self

    def __call__(self, args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult | None:
        self.of_this_run()
        if args.type_ == _PROVIDER_TYPE:
            self._providers[args.resource] = dict(args.props)
        if args.type_ in GUARDED_TYPES and _is_unguarded(args.opts):
            self.unguarded.append(args.name)
        if args.type_ in TAKING_TYPES:
            if (args.type_, args.name, _within(args.opts)) in self._left:
                raise plain_error(_TAKEN_OVER.format(kind=args.type_.rpartition(":")[2], name=args.name))
            self.taking.append(args)
        if isinstance(args.resource, pulumi.ComponentResource):
            self.components.append(args.resource)
        # With an id or a URN a resource is only read, and owns nothing.
        if args.opts.id or args.opts.urn:
            return None
        if args.type_ == SERVICE_ACCESS_TYPE:
            self._service_access(args)
        if args.type_ != ORGANIZATION_TYPE:
            return None
        self._organizations.append(args.name)
        return self._organization(args)

    def _service_access(self, args: pulumi.ResourceTransformationArgs) -> None:
        principal = principal_of(args.props)
        if not isinstance(principal, str):
            return
        component = args.opts.parent if _is_trusted_access(args.opts.parent) else None
        owner = f"TrustedAccess {component.pulumi_resource_name}" if component else f"AwsServiceAccess {args.name}"
        # guard_stack() protects all but a TrustedAccess whose break-glass is open.
        guarded = "guard_stack" in self._shared and component is None
        protected = guarded or bool(args.opts.protect and args.opts.retain_on_delete)
        said = self._switches.note((self.account(args.opts), principal), principal, owner, protected)
        if said is not None and pulumi.runtime.is_dry_run():
            pulumi.log.warn(said)

    def _organization(self, args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult | None:
        if ignores_list([PROPERTY if name == PYTHON_NAME else name for name in args.opts.ignore_changes or []]):
            return None
        name = PROPERTY if PROPERTY in args.props else PYTHON_NAME
        listed = args.props.get(name)
        account = self.account(args.opts)
        if not _pending(listed):
            self._check(args.name, account, listed)
            if problem_for(listed, SSO_SERVICE_PRINCIPAL) is None:
                return None
        given: pulumi.Output[Any] = pulumi.Output.from_input(listed)
        if pulumi.runtime.is_dry_run():
            given.apply(lambda known: self._tell_if_unknown(args.name, account, known), run_with_unknowns=True)
        # Judged again when it is known, before the organization is registered: what trusts may be declared after it.
        # It passes unchanged.
        checked = given.apply(lambda known: self._check(args.name, account, known))
        return pulumi.ResourceTransformationResult({**args.props, name: checked}, args.opts)

    def _tell_if_unknown(self, organization: str, account: Hashable, listed: Any) -> None:
        """A list that this preview can't know, beside a TrustedAccess; guard_stack() tells of each itself."""
        trusted = [component for component, where, _ in self._trusted if where == account]
        if trusted and known_too_late({PROPERTY: listed}, []) and "guard_stack" not in self._shared:
            pulumi.log.warn(
                f"Whether Organization {organization} of this stack turns off what TrustedAccess {trusted[0]} turns on "
                f"can't be known yet: its {PROPERTY} is known only in the update. It is checked there before the "
                "organization is changed. To see it in the preview, write the list out."
            )

    def _check(self, organization: str, account: Hashable, listed: Any) -> Any:
        """The list, unless it lacks a service that this program trusts in the same account."""
        self._lists.append((organization, account, listed))
        with plain_errors():
            for component, where, principal in self._trusted:
                if where == account:
                    _refuse(component, principal, organization, listed)
        return listed

    def trust(self, component: str, principal: Any, opts: pulumi.ResourceOptions | None = None) -> Any:
        """Notes that it trusts a service; returns that. Raises NotPossibleHere if an organization would end it."""
        account = self.account(opts)
        if isinstance(principal, pulumi.Output):
            return principal.apply(lambda known: self._trust(component, account, known))
        return self._trust(component, account, principal)

    def _trust(self, component: str, account: Hashable, principal: str) -> str:
        self._trusted.append((component, account, principal))
        with plain_errors():
            for organization, where, listed in self._lists:
                if where == account:
                    _refuse(component, principal, organization, listed)
        return principal

    def makes_no_organization(self) -> bool:
        """Whether the one that AWS has is all there will be; of a plugin's program nothing is known."""
        return pulumi.runtime.get_root_resource() is not None and not self._organizations

    def lists(self) -> dict[str, Any]:
        """The known lists of this process's organizations, but for those that ignore changes of it."""
        return {organization: listed for organization, _, listed in self._lists}

    def shared(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """One of a kind in this program."""
        if key not in self._shared:
            self._shared[key] = make()
        return cast(Value, self._shared[key])

    async def once(self, key: Hashable, look: Callable[[], Awaitable[Value]]) -> Value:
        """What a look told, however many ask: a stack of a thousand services reads AWS's list of them once."""
        return await self.shared(key, lambda: asyncio.ensure_future(look()))

    async def once_for(self, component: pulumi.Resource, what: Hashable, look: Callable[[], Awaitable[Value]]) -> Value:
        """As `once`, for all that ask by the component's provider."""
        return await self.once((what, explicit_provider(component)), look)

    def has_looked(self, component: pulumi.Resource, what: Hashable) -> bool:
        """Whether `once_for` was asked for it, answered or not."""
        return (what, explicit_provider(component)) in self._shared

    def name_policies(self, component: str, prefix: str, opts: pulumi.ResourceOptions | None = None) -> None:
        """Notes whose policies a prefix names. Raises InvalidInput for the second of one prefix in one account."""
        first = self.shared(("policies", self.account(opts), prefix), lambda: component)
        if first != component:
            raise InvalidInput(
                [
                    f"policyPrefix is {prefix!r} for {component} as for {first}, and IAM takes a name once: "
                    f"give {component} a policyPrefix of its own, or use the policies of {first}."
                ]
            )

    def administer(self, component: str, opts: pulumi.ResourceOptions | None = None) -> None:
        """Notes who registers the delegated administrator. Raises InvalidInput for the second: AWS takes one."""
        first = self.shared(("delegated administrator", self.account(opts)), lambda: component)
        if first != component:
            raise InvalidInput(
                [
                    f"DelegatedAdministrator {component} is the second of this program, after {first}, and Identity "
                    "Center takes one: keep the one whose accountId is to administer."
                ]
            )

    def leaves(self, type_: str, name: str, parent: pulumi.Resource | None) -> bool:
        """Whether a component may take over what the program declared under a name: not what it still declares. From
        now on declaring it is refused, which the engine would do too, in words of its own."""
        if any(each.name == name and (each.type_, _within(each.opts)) == (type_, parent) for each in self.taking):
            return False
        self._left.add((type_, name, parent))
        return True

    def provider_named(self, name: str) -> pulumi.Resource | None:
        """The explicit aws provider of that name, if this program declares one, and only one."""
        found = [each for each in self._providers if each.pulumi_resource_name == name]
        return found[0] if len(found) == 1 else None

    def given_to(self, provider: pulumi.Resource) -> Mapping[str, Any] | None:
        """The inputs of an explicit provider, if it was declared here."""
        return self._providers.get(provider)

    def account(self, opts: pulumi.ResourceOptions | None) -> Hashable:
        """By whom it is signed in where a resource with these options will be made: a key to compare."""
        provider = provider_of(opts or pulumi.ResourceOptions())
        # Asked for once a provider: a stack may trust a thousand services.
        return self.shared(("signs in", provider), lambda: account_key(provider, self.given_to))


def _is_unguarded(opts: pulumi.ResourceOptions) -> bool:
    """Whether nothing protects it; a TrustedAccess protects its own, or leaves it open on purpose."""
    protected = opts.protect and opts.retain_on_delete
    return not (protected or opts.id or opts.urn or _is_trusted_access(opts.parent))


def _within(opts: pulumi.ResourceOptions) -> pulumi.Resource | None:
    """Its parent; None at the stack's root, which some give as the stack itself."""
    return None if opts.parent is pulumi.runtime.get_root_resource() else opts.parent


def principal_of(props: Mapping[str, Any]) -> Any:
    return props.get("service_principal", props.get("servicePrincipal"))


def _is_trusted_access(resource: pulumi.Resource | None) -> bool:
    return getattr(resource, "pulumi_resource_type", None) == TRUSTED_ACCESS_TYPE


def _refuse(component: str, principal: str, organization: str, listed: Any) -> None:
    problem = problem_for(listed, principal)
    if problem is not None:
        raise NotPossibleHere(
            f"TrustedAccess {component} and Organization {organization} of this stack own the same switch, and the "
            f"organization would turn {principal} off at its next update or refresh: {problem}"
        )


def watch() -> Program:
    """The running program's, made when first asked for; outside of a program one that is asked nothing again."""
    root = pulumi.runtime.get_root_resource()
    if root is None:
        return Program()
    for transformation in root._transformations or []:
        if isinstance(transformation, Program):
            return transformation.of_this_run()
    made = Program()
    pulumi.runtime.register_stack_transformation(made)
    return made


def watch_from_the_start() -> None:
    """When this is imported: what is declared before the first component has to be seen as well.

    A script that runs its programs itself (Pulumi's Automation API) imports before there is one: those are watched
    when their root resource is made.
    """
    if pulumi.runtime.get_root_resource() is not None:
        watch()
        return
    from pulumi.runtime import stack

    set_root: Callable[[pulumi.Resource], None] = stack.__dict__["set_root_resource"]

    def set_and_watch(root: pulumi.Resource) -> None:
        set_root(root)
        watch()

    stack.set_root_resource = set_and_watch  # type: ignore[attr-defined]


def _pending(listed: Any) -> bool:
    if isinstance(listed, pulumi.Output):
        return True
    return isinstance(listed, Sequence) and any(isinstance(item, pulumi.Output) for item in listed)


watch_from_the_start()
