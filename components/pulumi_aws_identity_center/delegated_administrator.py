"""`DelegatedAdministrator`: the one member account that administers Identity Center besides the management account.

What stays the management account's: docs.aws.amazon.com/singlesignon/latest/userguide/delegated-admin.html.
"""

# No `from __future__ import annotations`: Pulumi's component analyzer reads these annotations as types.
from typing import Optional, TypedDict

import pulumi
import pulumi_aws as aws

from .constants import PACKAGE, SSO_SERVICE_PRINCIPAL
from .edge import plain_errors
from .preflight import check_administrator
from .program import watch
from .validation import check_account, read_arguments


class DelegatedAdministratorArgs(TypedDict):
    """Which account administers."""

    accountId: pulumi.Input[str]
    """The member account, 12 digits. Not the management account; there can be one."""
    trustedAccess: Optional[pulumi.Input[str]]
    """A TrustedAccess's servicePrincipal: AWS registers an administrator only for a service that is trusted."""


class DelegatedAdministrator(pulumi.ComponentResource):
    """The delegated administrator for sso.amazonaws.com: one member account, besides the management account.

    It administers users, groups, permission sets and assignments. It can't manage permission sets that are provisioned
    in the management account, enable or disable user access there, enable Identity Center or delete its configuration,
    register or deregister delegated administrators, or turn trusted access on or off: these stay the management
    account's.
    """

    account_id: pulumi.Output[str]
    """The account that administers."""
    delegation_enabled_date: pulumi.Output[str]
    """Since when, ISO 8601."""

    def __init__(
        self, name: str, args: DelegatedAdministratorArgs, opts: Optional[pulumi.ResourceOptions] = None
    ) -> None:
        with plain_errors():
            args = read_arguments(args, DelegatedAdministratorArgs)
            account = check_account(args.get("accountId"), "accountId")
            watch().administer(name, opts)
        super().__init__(f"{PACKAGE}:index:DelegatedAdministrator", name, {}, opts)
        checked: pulumi.Output[str] = pulumi.Output.from_input(account).apply(lambda known: _check(self, known))
        administrator = aws.organizations.DelegatedAdministrator(
            name,
            account_id=checked,
            service_principal=pulumi.Output.from_input(args.get("trustedAccess")).apply(
                lambda principal: principal or SSO_SERVICE_PRINCIPAL
            ),
            # AWS takes one at a time: another account can be registered only when this one no longer is.
            opts=pulumi.ResourceOptions(parent=self, delete_before_replace=True),
        )
        self.account_id = administrator.account_id
        self.delegation_enabled_date = administrator.delegation_enabled_date
        self.register_outputs({"accountId": self.account_id, "delegationEnabledDate": self.delegation_enabled_date})


async def _check(component: pulumi.Resource, account: str) -> str:
    """The account, looked up in the organization. An Output's value is checked here, when it is known."""
    with plain_errors():
        registered = await check_administrator(component, check_account(account, "accountId"))
    if pulumi.runtime.is_dry_run() and account not in registered:
        pulumi.log.info(f"{account} will administer IAM Identity Center. {CANNOT_MANAGE}", component)
    return account


CANNOT_MANAGE = (
    "It can't manage permission sets provisioned in the management account, enable or disable user access there, "
    "enable Identity Center or delete its configuration, register or deregister delegated administrators, or turn "
    "trusted access on or off."
)
