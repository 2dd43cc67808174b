"""`TrustedAccess`: trusted access for one service principal, additive and hard to turn off.

Declares `aws.organizations.AwsServiceAccess`, never the organization's authoritative list. The resource is always
protected (Pulumi refuses destroy, removal and replacement) and retained (if someone bypasses the protection, Pulumi
still never calls Delete), unless break-glass is open. Enabling it again changes nothing, so the component takes over
trusted access that is already on without an import and without turning it off in between. Other owners:
`domain/trusted_access_owners.py`.
"""

# No `from __future__ import annotations`: Pulumi's component analyzer reads these annotations as types.
from typing import Any, Optional, TypedDict

import pulumi

from pulumi_aws_identity_center.aws.results import Answer
from pulumi_aws_identity_center.domain.break_glass import BreakGlass, is_open, shown_while_open
from pulumi_aws_identity_center.domain.preconditions import NO_ORGANIZATION, explain_read_failure
from pulumi_aws_identity_center.domain.trusted_access_owners import adoption_note, live_note, not_seen
from pulumi_aws_identity_center.domain.values import check_service_principal, value_or
from pulumi_aws_identity_center.names import (
    SSO_SERVICE_PRINCIPAL,
    TRUSTED_ACCESS_TYPE,
)

from .adoption import SERVICE_ACCESS, adopted_alias
from .aliases import with_checked_aliases
from .arguments import checked_when_known, read_arguments
from .aws_reader import UNKNOWN_SIGN_IN, trusted_services
from .aws_resources import AwsServiceAccess
from .program import current_program
from .resource_options import outputs_of
from .user_errors import plain_error, plain_errors


class BreakGlassArgs(TypedDict):
    """The one way to let trusted access really be disabled; both are needed."""

    reason: pulumi.Input[str]
    """Why trusted access has to be disabled, in words."""
    expires: str
    """ISO date or time, at most 7 days ahead; a date means the end of that day, UTC. After it every preview fails."""


class TrustedAccessArgs(TypedDict, total=False):
    """Nothing is required: the default is Identity Center, protected."""

    servicePrincipal: Optional[pulumi.Input[str]]
    """The service to trust. Default: sso.amazonaws.com."""
    breakGlass: Optional[BreakGlassArgs]
    """Opens the one way to really disable it: while this is given, removing the resource disables trusted access."""


class TrustedAccess(pulumi.ComponentResource):
    """Trusted access of an AWS service to the organization: kept on, whatever happens to the stack.

    It refuses an aws.organizations.Organization below it in the same program whose list lacks the service. Used from
    another language it can't see that program's resources: there only the policy pack does (--policy-pack).
    """

    service_principal: pulumi.Output[str]
    """The service that is trusted."""
    date_enabled: pulumi.Output[str]
    """Since when, ISO 8601."""
    protected: pulumi.Output[bool]
    """False only while break-glass is open."""

    def __init__(
        self,
        name: str,
        args: TrustedAccessArgs = None,  # type: ignore[assignment] # the analyzer takes no Optional here
        opts: Optional[pulumi.ResourceOptions] = None,
    ) -> None:
        with plain_errors():
            args = read_arguments(args, TrustedAccessArgs)
            glass: Any = args.get("breakGlass")
            service = value_or(args.get("servicePrincipal"), SSO_SERVICE_PRINCIPAL)
            principal = checked_when_known(service, "servicePrincipal", check_service_principal)
            opts = with_checked_aliases(opts, TRUSTED_ACCESS_TYPE, name)
            if not is_open(glass):
                principal = current_program().conflicts.trust(name, principal, opts)
        shown = shown_while_open(glass)
        super().__init__(TRUSTED_ACCESS_TYPE, name, shown, opts)
        protected = not is_open(glass)
        earlier_name = pulumi.Alias(name=f"{name}: {_EARLIER_NAME}")
        adopted = adopted_alias(self, SERVICE_ACCESS, name, principal, opts)
        access = AwsServiceAccess(
            name,
            {"service_principal": principal},
            pulumi.ResourceOptions(
                parent=self,
                protect=protected,
                retain_on_delete=protected,
                delete_before_replace=True,  # AWS has one trusted access of a service: the last call counts
                aliases=[earlier_name, adopted],
            ),
        )
        self.service_principal = access.service_principal
        self.date_enabled = access.date_enabled
        if is_open(glass):
            pulumi.log.warn(glass.warning(name), self)
        self.protected = fail_after_break_glass(access.urn, name, glass).apply(lambda _: protected)
        if pulumi.runtime.is_dry_run():
            # An Output, so that the program's end waits for it.
            _warned: pulumi.Output[None] = access.urn.apply(lambda _: _warn_of_other_owners(self, access))
        self.register_outputs(outputs_of(self, TrustedAccess) | shown)


def fail_after_break_glass(registered: pulumi.Output[str], name: str, glass: BreakGlass | None) -> pulumi.Output[str]:
    """After break-glass's date the update protects the resource first, and then fails.

    registered: an output that is known once the protected resource is registered.
    """

    def fail(_: str) -> str:
        assert glass is not None
        raise plain_error(glass.closed(name))

    return registered if glass is None or is_open(glass) else registered.apply(fail)


# Until the child was called like the component, its name told in every preview what deleting it does.
_EARLIER_NAME = (
    "without it nobody can sign in to any AWS account; to disable it on purpose, open breakGlass, then remove it"
)


async def _warn_of_other_owners(component: pulumi.Resource, access: AwsServiceAccess) -> None:
    """What AWS's list of trusted services says of this one. Only the program's end waits for it."""
    services = await trusted_services(component)
    principal = await access.service_principal.future()
    # Known in a preview only if the resource is in the state already.
    since = await access.date_enabled.future() if await access.date_enabled.is_known() else None
    shown = "its service" if principal is None or await access.service_principal.is_secret() else principal
    if services.value is None:
        _log_unread_services(component, shown, services)
        return
    row = next((r for r in services.value if r["ServicePrincipal"] == principal), None)
    if row is not None and since is None:
        pulumi.log.info(adoption_note(shown, row), component)
    if principal is not None and (note := live_note(principal, since, services.value)):
        pulumi.log.warn(note.replace(principal, shown), component)


def _log_unread_services(component: pulumi.Resource, principal: str, why: Answer[Any]) -> None:
    """A warning, unless nobody asked AWS, or this program is about to make the organization."""
    has_no_organization = why.code == NO_ORGANIZATION
    if has_no_organization and current_program().conflicts.declares_no_organization():
        pulumi.log.warn(str(explain_read_failure(why.reason)), component)
        return
    is_expected = has_no_organization or why == UNKNOWN_SIGN_IN
    log = pulumi.log.debug if is_expected else pulumi.log.warn
    log(not_seen(principal, why.reason), component)
