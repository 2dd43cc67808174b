"""Refuses an Organization whose list would turn off what a TrustedAccess of the same program turns on. Warns of two
AwsServiceAccess of one service, if one of them may be deleted by mistake.

The lists' faults are `domain/organization_list.py`'s, the other sentences `domain/trusted_access_owners.py`'s.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi

from pulumi_aws_identity_center.domain.organization_list import PROPERTY, ignores_list, known_too_late
from pulumi_aws_identity_center.domain.trusted_access_owners import TrustedAccessOwners, problem_for
from pulumi_aws_identity_center.names import SSO_SERVICE_PRINCIPAL

from .resource_options import (
    ignored_properties,
    is_of_trusted_access,
    is_protected,
    list_property,
    service_principal_of,
    with_checked_property,
)
from .user_errors import plain_error


@dataclass(frozen=True)
class _TrustedService:
    """A service that a TrustedAccess turns on."""

    component: str
    account: Hashable
    principal: str


@dataclass(frozen=True)
class _OrganizationList:
    """An Organization's list of trusted services."""

    organization: str
    account: Hashable
    principals: Any


class TrustedAccessConflicts:
    """The organizations and the trusted services of one program, by account."""

    def __init__(self, account_of: Callable[[pulumi.ResourceOptions | None], Hashable]) -> None:
        """account_of: a key for the account in which a resource with these options will be."""
        self._account_of = account_of
        self.is_stack_guarded = False
        self._organizations: list[str] = []
        self._lists: list[_OrganizationList] = []
        self._services: list[_TrustedService] = []
        self._owners = TrustedAccessOwners()

    def note_service_access(self, args: pulumi.ResourceTransformationArgs) -> None:
        """Warns of a second AwsServiceAccess of one service, if one of the two may be deleted by mistake."""
        principal = service_principal_of(args)
        if not isinstance(principal, str):
            return
        is_ours = is_of_trusted_access(args.opts)
        owner = f"{'TrustedAccess' if is_ours else 'AwsServiceAccess'} {args.name}"
        # guard_stack() protects all but a TrustedAccess whose break-glass is open.
        is_guarded = self.is_stack_guarded and not is_ours
        service = (self._account_of(args.opts), principal)
        warning = self._owners.add(service, principal, owner, is_guarded or is_protected(args.opts))
        if warning is not None and pulumi.runtime.is_dry_run():
            pulumi.log.warn(warning)

    def check_organization(self, args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult | None:
        """Refuses a list that lacks a trusted service, as soon as the list is known and before it is registered."""
        self._organizations.append(args.name)
        if ignores_list(ignored_properties(args.opts)):
            return None
        name = list_property(args)
        listed = args.props.get(name)
        account = self._account_of(args.opts)

        def check(known: Any) -> Any:
            self._lists.append(_OrganizationList(args.name, account, known))
            _refuse_conflicts(self._services, self._lists[-1:])
            return known

        if not _is_pending(listed):
            check(listed)
            if problem_for(listed, SSO_SERVICE_PRINCIPAL) is None:
                return None
        if pulumi.runtime.is_dry_run():
            output: pulumi.Output[Any] = pulumi.Output.from_input(listed)
            output.apply(lambda known: self._warn_if_unknown(args.name, account, known), run_with_unknowns=True)
        # Checked again when the list is known: a TrustedAccess may be declared after it.
        return with_checked_property(args, name, check)

    def _warn_if_unknown(self, organization: str, account: Hashable, listed: Any) -> None:
        """A list that this preview can't know, beside a TrustedAccess; guard_stack() warns of each itself."""
        component = next((service.component for service in self._services if service.account == account), None)
        if component is not None and known_too_late({PROPERTY: listed}, []) and not self.is_stack_guarded:
            pulumi.log.warn(
                f"This preview can't tell whether Organization {organization} turns off what TrustedAccess {component} "
                f"turns on: its {PROPERTY} is known only in the update. The update checks it before it changes the "
                f"organization, if the program declares {component} before {organization}. To see the answer in the "
                "preview, write the list out."
            )

    def trust(self, component: str, principal: Any, opts: pulumi.ResourceOptions | None = None) -> Any:
        """Returns the principal. Raises RunError if an Organization's list would turn off its trusted access."""
        account = self._account_of(opts)

        def check(known: str) -> str:
            self._services.append(_TrustedService(component, account, known))
            _refuse_conflicts(self._services[-1:], self._lists)
            return known

        return principal.apply(check) if isinstance(principal, pulumi.Output) else check(principal)

    def declares_no_organization(self) -> bool:
        """Whether this process sees the program and no Organization in it. A plugin doesn't see the program."""
        return pulumi.runtime.get_root_resource() is not None and not self._organizations


def _refuse_conflicts(services: Sequence[_TrustedService], lists: Sequence[_OrganizationList]) -> None:
    for service, listed in itertools.product(services, lists):
        if service.account != listed.account:
            continue
        if problem := problem_for(listed.principals, service.principal):
            raise plain_error(
                f"Organization {listed.organization} would turn off what TrustedAccess {service.component} turns on: "
                f"{problem}"
            )


def _is_pending(listed: Any) -> bool:
    if isinstance(listed, pulumi.Output):
        return True
    return isinstance(listed, Sequence) and any(isinstance(item, pulumi.Output) for item in listed)
