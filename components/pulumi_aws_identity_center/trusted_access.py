"""`TrustedAccess`: trusted access for one service principal, additive and hard to lose.

Declares `aws.organizations.AwsServiceAccess`, never the organization's authoritative list. The resource is always
protected (destroy, removal and replacement are refused) and retained (Delete is never called, were the protection
bypassed), unless break-glass is open. Enabling what is enabled changes nothing, so trusted access that is already on
is adopted without an import and without a moment of being off.
"""

# No `from __future__ import annotations`: Pulumi's component analyzer reads these annotations as types.
from typing import Optional, TypedDict

import pulumi
import pulumi_aws as aws

from .break_glass import check as check_break_glass
from .constants import PACKAGE, SERVICE_ACCESS_TYPE, SSO_SERVICE_PRINCIPAL
from .edge import plain_errors
from .validation import check_service_principal, read_arguments


class BreakGlassArgs(TypedDict):
    reason: str
    """Why trusted access has to be disabled, in words."""
    expires: str
    """ISO date or time, at most 7 days ahead; a date means the end of that day, UTC. After it every preview fails."""


class TrustedAccessArgs(TypedDict, total=False):
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

    def __init__(self, name: str, args: TrustedAccessArgs, opts: Optional[pulumi.ResourceOptions] = None) -> None:
        with plain_errors():
            args = read_arguments(args, TrustedAccessArgs)
        # breakGlass is registered as an input so that the policy pack and the state show that it is open.
        shown = {"breakGlass": args["breakGlass"]} if args.get("breakGlass") else {}
        super().__init__(f"{PACKAGE}:index:TrustedAccess", name, shown, opts)
        with plain_errors():
            open_ = check_break_glass(args.get("breakGlass"))
            principal = check_service_principal(args.get("servicePrincipal") or SSO_SERVICE_PRINCIPAL)
        if open_ is not None:
            pulumi.log.warn(
                f"Break-glass is open until {open_.expires.isoformat()} ({open_.reason}): {name} is not protected, and "
                "removing it or destroying this stack disables trusted access, so that nobody can sign in to any "
                "account. Remove breakGlass to protect it again.",
                self,
            )
        access = aws.organizations.AwsServiceAccess(
            name,
            service_principal=principal,
            opts=pulumi.ResourceOptions(
                parent=self,
                protect=open_ is None,
                retain_on_delete=open_ is None,
                # A stack that declared the resource itself moves over by using the component under the same name.
                aliases=[pulumi.Alias(name=name, type_=SERVICE_ACCESS_TYPE, parent=pulumi.ROOT_STACK_RESOURCE)],
            ),
        )
        self.service_principal = access.service_principal
        self.date_enabled = access.date_enabled
        self.protected = pulumi.Output.from_input(open_ is None)
        self.register_outputs(
            {
                "servicePrincipal": self.service_principal,
                "dateEnabled": self.date_enabled,
                "protected": self.protected,
            }
        )
