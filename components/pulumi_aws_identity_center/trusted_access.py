"""`TrustedAccess`: trusted access for one service principal, additive and hard to lose.

Declares `aws.organizations.AwsServiceAccess`, never the organization's authoritative list. The resource is always
protected (destroy, removal and replacement are refused) and retained (Delete is never called, were the protection
bypassed), unless break-glass is open. Enabling what is enabled changes nothing, so trusted access that is already on
is adopted without an import and without a moment of being off. Its name says what it is for: that is what the engine
prints to whoever tries to delete it, when nothing of ours runs. Other owners of the switch: `other_owners.py`.
"""

# No `from __future__ import annotations`: Pulumi's component analyzer reads these annotations as types.
import asyncio
from typing import Optional, TypedDict

import pulumi
import pulumi_aws as aws

from .break_glass import check as check_break_glass
from .constants import PACKAGE, SERVICE_ACCESS_TYPE, SSO_SERVICE_PRINCIPAL
from .edge import plain_errors
from .live import NotRead, settings_of, trusted_services
from .other_owners import live_note
from .program import watch
from .validation import check_service_principal, given, read_arguments


class BreakGlassArgs(TypedDict):
    """The one way to let trusted access really be disabled; both are needed."""

    reason: str
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
    """Trusted access of an AWS service to the organization: kept on, whatever happens to the stack."""

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
            open_ = check_break_glass(args.get("breakGlass"))
            principal = check_service_principal(given(args.get("servicePrincipal"), SSO_SERVICE_PRINCIPAL))
            if open_ is None:
                watch().trust(name, principal)
        # breakGlass goes into the inputs and the outputs, so that the state shows that it is open, and the policy pack,
        # which is given a component's outputs, knows.
        shown = {"breakGlass": args["breakGlass"]} if args.get("breakGlass") else {}
        super().__init__(f"{PACKAGE}:index:TrustedAccess", name, shown, opts)
        if open_ is not None:
            pulumi.log.warn(open_.warning(name), self)
        access = aws.organizations.AwsServiceAccess(
            name_that_tells(name, everybody=principal == SSO_SERVICE_PRINCIPAL),
            service_principal=principal,
            opts=pulumi.ResourceOptions(
                parent=self, protect=open_ is None, retain_on_delete=open_ is None, aliases=_earlier_names(name)
            ),
        )
        self.service_principal = access.service_principal
        self.date_enabled = access.date_enabled
        self.protected = pulumi.Output.from_input(open_ is None)
        if pulumi.runtime.is_dry_run():
            # Not awaited by anything but the end of the program: a look that only warns holds nothing up.
            access.service_principal.apply(lambda known: _look_for_other_owners(self, access, known))
        self.register_outputs(
            {
                "servicePrincipal": self.service_principal,
                "dateEnabled": self.date_enabled,
                "protected": self.protected,
                **shown,
            }
        )


_LOST = {True: "nobody can sign in to any AWS account", False: "what it trusts stops working"}


def name_that_tells(name: str, *, everybody: bool) -> str:
    """The child's name: the engine shows it in every preview that would delete it, also where no program runs.

    everybody: it is Identity Center's, so that all people lose all accounts.
    """
    return f"{name}: without it {_LOST[everybody]}; to disable it on purpose, open breakGlass, then remove it"


def _earlier_names(name: str) -> list[pulumi.Alias]:
    """Under what URNs a state may hold it: none of them is deleted and made anew."""
    # Its name before it told; and another principal makes another name, and has to stay a replacement, which the
    # protection refuses.
    names = [name, *(name_that_tells(name, everybody=everybody) for everybody in _LOST)]
    root = pulumi.ROOT_STACK_RESOURCE
    return [
        *(pulumi.Alias(name=earlier) for earlier in names),
        # A stack that declared the resource itself moves over by using the component under the same name; and
        # `pulumi state move` leaves its component behind.
        *(pulumi.Alias(name=earlier, type_=SERVICE_ACCESS_TYPE, parent=root) for earlier in names),
    ]


async def _look_for_other_owners(
    component: pulumi.Resource, access: aws.organizations.AwsServiceAccess, principal: str
) -> None:
    settings = await settings_of(component)
    rows = await asyncio.to_thread(trusted_services, settings)
    if isinstance(rows, NotRead):
        pulumi.log.debug(
            f"Whether another owner turns {principal} off could not be looked at: {rows.reason}", component
        )
        return
    # Known in a preview only if the resource is in the state already.
    since = await access.date_enabled.future() if await access.date_enabled.is_known() else None
    note = live_note(principal, since, rows)
    if note is not None:
        pulumi.log.warn(note, component)
