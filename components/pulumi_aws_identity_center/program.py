"""What the running program declares, as far as this process sees it: organizations with their lists, the services it
trusts, the inputs of explicit providers, the names of policies.

`watch()` is one transformation in this process, of which the engine knows nothing: it costs no call a resource, and
it changes nothing. The package sets it up when it is imported into a program, so that it sees what is declared before
the first component too. Resources inside remote components are other processes', and not seen.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

import pulumi

from .constants import ORGANIZATION_TYPE, SSO_SERVICE_PRINCIPAL
from .edge import plain_errors
from .errors import InvalidInput, NotPossibleHere
from .organization_list import PROPERTY, ignores_list
from .other_owners import problem_for

Value = TypeVar("Value")

_PYTHON_NAME = "aws_service_access_principals"
_PROVIDER_TYPE = "pulumi:providers:aws"


class Program:
    """A resource transformation that remembers. One a program."""

    def __init__(self) -> None:
        self._lists: dict[str, Any] = {}
        self._trusted: dict[str, str] = {}
        self._prefixes: dict[str, str] = {}
        self._shared: dict[Hashable, Any] = {}
        self._providers: WeakKeyDictionary[pulumi.Resource, Mapping[str, Any]] = WeakKeyDictionary()

    def __call__(self, args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult | None:
        if args.type_ == _PROVIDER_TYPE:
            self._providers[args.resource] = dict(args.props)
        # With an id or a URN an organization is only read, and owns nothing.
        elif args.type_ == ORGANIZATION_TYPE and not (args.opts.id or args.opts.urn):
            return self._organization(args)
        return None

    def _organization(self, args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult | None:
        if ignores_list([PROPERTY if name == _PYTHON_NAME else name for name in args.opts.ignore_changes or []]):
            return None
        name = PROPERTY if PROPERTY in args.props else _PYTHON_NAME
        listed = args.props.get(name)
        if not _pending(listed):
            self._check(args.name, listed)
            if problem_for(listed, SSO_SERVICE_PRINCIPAL) is None:
                return None
        # Judged again when it is known, before the organization is registered: what trusts may be declared after it.
        # It passes unchanged.
        checked = pulumi.Output.from_input(listed).apply(lambda known: self._check(args.name, known))
        return pulumi.ResourceTransformationResult({**args.props, name: checked}, args.opts)

    def _check(self, organization: str, listed: Any) -> Any:
        """The list, unless it lacks a service that this program trusts."""
        self._lists[organization] = listed
        with plain_errors():
            for component, principal in self._trusted.items():
                _refuse(component, principal, organization, listed)
        return listed

    def trust(self, component: str, principal: Any) -> None:
        """Notes that it trusts a service. Raises NotPossibleHere if one of its organizations would end that."""
        if isinstance(principal, str):
            self._trusted[component] = principal
            for organization, listed in self._lists.items():
                _refuse(component, principal, organization, listed)

    def shared(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """One of a kind in this program."""
        if key not in self._shared:
            self._shared[key] = make()
        found: Value = self._shared[key]
        return found

    async def once(self, key: Hashable, look: Callable[[], Awaitable[Value]]) -> Value:
        """What a look told, however many ask: a stack of a thousand services reads AWS's list of them once."""
        return await self.shared(key, lambda: asyncio.ensure_future(look()))

    def name_policies(self, component: str, prefix: str) -> None:
        """Notes whose policies a prefix names. Raises InvalidInput for the second of one prefix."""
        first = self._prefixes.setdefault(prefix, component)
        if first != component:
            raise InvalidInput(
                [
                    f"policyPrefix is {prefix!r} for {component} as for {first}, and IAM takes a name once: "
                    f"give {component} a policyPrefix of its own, or use the policies of {first}."
                ]
            )

    def administer(self, component: str) -> None:
        """Notes who registers the delegated administrator. Raises InvalidInput for the second: AWS takes one."""
        first = self.shared("delegated administrator", lambda: component)
        if first != component:
            raise InvalidInput(
                [
                    f"DelegatedAdministrator {component} is the second of this program, after {first}, and Identity "
                    "Center takes one: keep the one whose accountId is to administer."
                ]
            )

    def given_to(self, provider: pulumi.Resource) -> Mapping[str, Any] | None:
        """The inputs of an explicit provider, if it was declared here."""
        return self._providers.get(provider)


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
            return transformation
    made = Program()
    pulumi.runtime.register_stack_transformation(made)
    return made


def _pending(listed: Any) -> bool:
    if isinstance(listed, pulumi.Output):
        return True
    return isinstance(listed, Sequence) and any(isinstance(item, pulumi.Output) for item in listed)
