"""`DelegatedAdministrator`: the one member account that administers Identity Center besides the management account.

It can't manage permission sets that are provisioned in the management account
(docs.aws.amazon.com/singlesignon/latest/userguide/delegated-admin.html), nor turn trusted access on or off.
"""

# No `from __future__ import annotations`: Pulumi's component analyzer reads these annotations as types.
from typing import Any, Optional, TypedDict

import pulumi
import pulumi_aws as aws

from .constants import PACKAGE, SSO_SERVICE_PRINCIPAL
from .edge import plain_errors
from .errors import InvalidInput
from .preconditions import check_delegated_administrator
from .validation import account_problem, read_arguments


class DelegatedAdministratorArgs(TypedDict):
    accountId: pulumi.Input[str]
    """The member account, 12 digits. Not the management account; there can be one."""
    trustedAccess: Optional[pulumi.Input[str]]
    """A TrustedAccess's servicePrincipal: AWS registers an administrator only for a service that is trusted."""


class DelegatedAdministrator(pulumi.ComponentResource):
    """The delegated administrator for sso.amazonaws.com."""

    account_id: pulumi.Output[str]
    """The account that administers."""
    delegation_enabled_date: pulumi.Output[str]
    """Since when, ISO 8601."""

    def __init__(
        self, name: str, args: DelegatedAdministratorArgs, opts: Optional[pulumi.ResourceOptions] = None
    ) -> None:
        super().__init__(f"{PACKAGE}:index:DelegatedAdministrator", name, {}, opts)
        with plain_errors():
            args = read_arguments(args, DelegatedAdministratorArgs)
        account = args.get("accountId")
        problem = None if isinstance(account, pulumi.Output) else account_problem(account, "accountId")
        with plain_errors():
            if problem:
                raise InvalidInput([problem])
        invoke = pulumi.InvokeOptions(parent=self)
        organization = aws.organizations.get_organization_output(opts=invoke)
        registered = aws.organizations.get_delegated_administrators_output(
            service_principal=SSO_SERVICE_PRINCIPAL, opts=invoke
        ).delegated_administrators
        checked = pulumi.Output.all(account, organization.master_account_id, organization.accounts, registered).apply(
            _check
        )
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


def _check(values: list[Any]) -> str:
    account, management, members, registered = values
    with plain_errors():
        return check_delegated_administrator(
            account, management, [member["id"] for member in members], [row["id"] for row in registered]
        )
