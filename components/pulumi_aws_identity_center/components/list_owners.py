"""Who in this program turns a service's trusted access on, and which organization's list would turn it off again."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any

import pulumi

from pulumi_aws_identity_center.domain.organization_list import PROPERTY, ignores_list, known_too_late
from pulumi_aws_identity_center.domain.service_owners import ServiceOwners, problem_for
from pulumi_aws_identity_center.errors import NotPossibleHere
from pulumi_aws_identity_center.names import SSO_SERVICE_PRINCIPAL

from .resource_options import (
    ignored_properties,
    is_of_trusted_access,
    is_protected,
    list_property,
    service_principal_of,
    with_checked_property,
)
from .user_errors import plain_errors


class ListOwners:
    """The organizations and the trusted services of one program, by account."""

    def __init__(self, account: Callable[[pulumi.ResourceOptions | None], Hashable]) -> None:
        """account: a key for the account in which a resource with these options will be."""
        self._account = account
        self.is_stack_guarded = False
        self._organizations: list[str] = []
        self._lists: list[tuple[str, Hashable, Any]] = []
        self._trusted: list[tuple[str, Hashable, str]] = []
        self._service_owners = ServiceOwners()

    def note_service_access(self, args: pulumi.ResourceTransformationArgs) -> None:
        """Warns of a second AwsServiceAccess of one service, where one of the two may be deleted by a slip."""
        principal = service_principal_of(args)
        if not isinstance(principal, str):
            return
        is_ours = is_of_trusted_access(args.opts)
        owner = f"{'TrustedAccess' if is_ours else 'AwsServiceAccess'} {args.name}"
        # guard_stack() protects all but a TrustedAccess whose break-glass is open.
        is_guarded = self.is_stack_guarded and not is_ours
        account = self._account(args.opts)
        warning = self._service_owners.add(
            (account, principal), principal, owner, is_guarded or is_protected(args.opts)
        )
        if warning is not None and pulumi.runtime.is_dry_run():
            pulumi.log.warn(warning)

    def check_organization(self, args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult | None:
        """Refuses a list that lacks a trusted service, as soon as the list is known and before it is registered."""
        self._organizations.append(args.name)
        if ignores_list(ignored_properties(args.opts)):
            return None
        name = list_property(args)
        listed = args.props.get(name)
        account = self._account(args.opts)
        if not _is_pending(listed):
            self._check(args.name, account, listed)
            if problem_for(listed, SSO_SERVICE_PRINCIPAL) is None:
                return None
        if pulumi.runtime.is_dry_run():
            output: pulumi.Output[Any] = pulumi.Output.from_input(listed)
            output.apply(lambda known: self._warn_if_unknown(args.name, account, known), run_with_unknowns=True)
        # Checked again when it is known: what trusts may be declared after it. The list itself passes unchanged.
        return with_checked_property(args, name, lambda known: self._check(args.name, account, known))

    def _warn_if_unknown(self, organization: str, account: Hashable, listed: Any) -> None:
        """A list that this preview can't know, beside a TrustedAccess; guard_stack() warns of each itself."""
        trusted = [component for component, where, _ in self._trusted if where == account]
        if trusted and known_too_late({PROPERTY: listed}, []) and not self.is_stack_guarded:
            pulumi.log.warn(
                f"Whether Organization {organization} of this stack turns off what TrustedAccess {trusted[0]} turns on "
                f"can't be known yet: its {PROPERTY} is known only in the update. It is checked there before the "
                f"organization is changed, if {trusted[0]} is declared above it. To see it in the preview, write the "
                "list out."
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
        account = self._account(opts)
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
        """Whether this program declares none, as far as it is seen; of a plugin's program nothing is known."""
        return pulumi.runtime.get_root_resource() is not None and not self._organizations


def _refuse(component: str, principal: str, organization: str, listed: Any) -> None:
    problem = problem_for(listed, principal)
    if problem is not None:
        raise NotPossibleHere(
            f"TrustedAccess {component} and Organization {organization} of this stack own the same switch, and the "
            f"organization would turn {principal} off at its next update or refresh: {problem}"
        )


def _is_pending(listed: Any) -> bool:
    if isinstance(listed, pulumi.Output):
        return True
    return isinstance(listed, Sequence) and any(isinstance(item, pulumi.Output) for item in listed)
