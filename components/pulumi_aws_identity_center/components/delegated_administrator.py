"""`DelegatedAdministrator`: the one member account that administers Identity Center besides the management account.

What stays the management account's: docs.aws.amazon.com/singlesignon/latest/userguide/delegated-admin.html.
"""

# No `from __future__ import annotations`: Pulumi's component analyzer reads these annotations as types.
from typing import Any, NotRequired, Optional, TypedDict

import pulumi

from pulumi_aws_identity_center.domain.preconditions import require_trusted_access
from pulumi_aws_identity_center.domain.values import check_account, check_trusted_access
from pulumi_aws_identity_center.errors import IdentityCenterError, InvalidInput
from pulumi_aws_identity_center.names import SSO_SERVICE_PRINCIPAL

from . import aws_resources
from .adoption import ADMINISTRATOR, adopted_alias
from .aliases import with_checked_aliases
from .arguments import checked_when_known, read_arguments
from .aws_reader import trusted_services
from .blocking import wait_for
from .preflight import check_administrator
from .program import current_program
from .resource_options import outputs_of
from .user_errors import plain_error, plain_errors


class DelegatedAdministratorArgs(TypedDict):
    """Which account administers."""

    accountId: pulumi.Input[str]
    """The member account, 12 digits. Not the management account; there can be one."""
    trustedAccess: NotRequired[Optional[pulumi.Input[str]]]
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
            account: Any = args["accountId"]
            trusted = checked_when_known(args.get("trustedAccess"), "trustedAccess", check_trusted_access)
            opts = with_checked_aliases(opts, ADMINISTRATOR.component_type, name)
            _refuse_second(name, opts)
        super().__init__(ADMINISTRATOR.component_type, name, {}, opts)
        registered = False
        if isinstance(account, str):
            with plain_errors():
                registered = wait_for(_look(self, account, is_trusted=trusted is not None))
        else:
            account_output = pulumi.Output.from_input(account)
            account = checked_when_known(account_output, "accountId", check_account).apply(
                lambda known: _look_up(self, known, account_output, is_trusted=trusted is not None)
            )
        administrator = aws_resources.DelegatedAdministrator(
            name,
            {
                "account_id": account,
                "service_principal": trusted if trusted is not None else SSO_SERVICE_PRINCIPAL,
            },
            # AWS allows one at a time, so Pulumi deregisters the old account before it registers another.
            pulumi.ResourceOptions(
                parent=self,
                aliases=[adopted_alias(self, ADMINISTRATOR, name, SSO_SERVICE_PRINCIPAL, opts)],
                delete_before_replace=True,
                # A registered account is imported. This does nothing for a resource that is in the state.
                import_=f"{account}/{SSO_SERVICE_PRINCIPAL}" if registered else None,
            ),
        )
        self.account_id = administrator.account_id
        self.delegation_enabled_date = administrator.delegation_enabled_date
        self.register_outputs(outputs_of(self, DelegatedAdministrator))


def _refuse_second(name: str, opts: Optional[pulumi.ResourceOptions]) -> None:
    """Raises InvalidInput for the second delegated administrator of an account: AWS takes one."""
    first = current_program().first_component("delegated administrator", name, opts)
    if first != name:
        raise InvalidInput(
            f"DelegatedAdministrator {first} and {name} are both in this program, and Identity Center takes "
            "one. Keep the one whose accountId is to administer."
        )


async def _look(component: pulumi.Resource, account: str, *, is_trusted: bool, named: str = "") -> bool:
    """Whether the account is registered already. is_trusted: it has a TrustedAccess. named: its name in messages."""
    registered = await check_administrator(component, account)
    if not is_trusted:
        services = (await trusted_services(component)).value
        require_trusted_access(None if services is None else [row["ServicePrincipal"] for row in services])
    if pulumi.runtime.is_dry_run() and not registered:
        who = f"An account that is {named}" if named else account
        pulumi.log.info(f"{who} will administer IAM Identity Center. {CANNOT_MANAGE}", component)
    return registered


async def _look_up(component: pulumi.Resource, account: str, given: pulumi.Output[Any], *, is_trusted: bool) -> str:
    """The known account. No message shows it if it is a secret."""
    named = _SECRET if await given.is_secret() else ""
    try:
        await _look(component, account, is_trusted=is_trusted, named=named)
    except IdentityCenterError as error:
        raise plain_error(str(error).replace(account, named or account)) from None
    return account


_SECRET = "a secret"


CANNOT_MANAGE = (
    "It can't manage permission sets provisioned in the management account, enable or disable user access there, "
    "enable Identity Center or delete its configuration, register or deregister delegated administrators, or turn "
    "trusted access on or off."
)
