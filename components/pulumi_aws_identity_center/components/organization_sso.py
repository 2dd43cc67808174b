"""`OrganizationSso`: all components from one set of arguments. `__main__.py` uses it.

It reads the organization before it declares any resource: in an unsuitable account it fails with a message, and nothing
is half created.
"""

# No `from __future__ import annotations`: Pulumi's component analyzer reads these annotations as types.
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any, Optional, TypedDict

import pulumi

from pulumi_aws_identity_center.matrix.access_matrix import AccessMatrix as Matrix
from pulumi_aws_identity_center.names import PACKAGE, SSO_SERVICE_PRINCIPAL

from .access_matrix import AccessMatrix, AccessMatrixArgs
from .access_problems import usable_matrix, with_problems_in_aws
from .adoption import SERVICE_ACCESS, alias_names, continue_holders
from .aliases import with_checked_aliases
from .arguments import Arguments, read_arguments, spelled_as_keys
from .blocking import wait_for
from .delegated_administrator import DelegatedAdministrator
from .instance import AccessControlAttributeArgs, Instance
from .operator_permissions import OperatorPermissions, OperatorRoleArgs
from .preflight import preflight
from .program import current_program
from .resource_options import outputs_of
from .sentinel import Sentinel, SentinelArgs
from .trusted_access import BreakGlassArgs, TrustedAccess
from .user_errors import plain_errors


class OrganizationSsoArgs(TypedDict, total=False):
    """Nothing is required. The stack program reads the same from its configuration."""

    delegatedAdministratorAccountId: Optional[pulumi.Input[str]]
    """The member account that administers Identity Center; none if left out."""
    whenNotEnabled: Optional[str]
    """What to do where Identity Center is not enabled: error or warn. Default: error."""
    operatorRoles: Optional[list[OperatorRoleArgs]]
    """IAM roles to make for operators. Left out, only the policies are made."""
    policyPrefix: Optional[str]
    """What the policies' names begin with, as for OperatorPermissions. Default: identity-center-."""
    accessControlAttributes: Optional[list[AccessControlAttributeArgs]]
    """The instance's attributes for access control. Left out, AWS keeps its own; those declared before are deleted."""
    sentinel: Optional[SentinelArgs]
    """Turns trusted access on again within a minute; {} for the defaults. None is made if left out."""
    accessMatrix: Optional[AccessMatrixArgs]
    """Permission sets, and who has which in which account. Left out, AWS keeps its own; those declared before are deleted."""  # noqa: E501 - the analyzer takes one line
    guardedServicePrincipals: Optional[list[str]]
    """Other services whose trusted access is turned on and kept on too, such as guardduty.amazonaws.com."""
    breakGlass: Optional[BreakGlassArgs]
    """Opens the one way to really disable trusted access."""


class OrganizationSso(pulumi.ComponentResource):
    """Identity Center for an organization: trusted access, the instance, who operates, who administers."""

    service_principal: pulumi.Output[str]
    """The service with trusted access: sso.amazonaws.com."""
    trusted_access_protected: pulumi.Output[bool]
    """False only while break-glass is open."""
    instance_arn: pulumi.Output[str]
    """The organization instance's ARN; empty where there is none."""
    instance_status: pulumi.Output[str]
    """As Instance.status."""
    identity_store_id: pulumi.Output[str]
    """The identity store's id; empty where there is none."""
    policy_arns: pulumi.Output[dict[str, str]]
    """The operators' managed policies, by kind."""
    role_arns: pulumi.Output[dict[str, str]]
    """The operators' roles, by name."""
    permission_set_arns: pulumi.Output[dict[str, str]]
    """The access matrix's permission sets, by name."""
    grants: pulumi.Output[int]
    """How many (principal, permission set, account) the access matrix declares."""
    delegated_administrator_account_id: pulumi.Output[str]
    """The delegated administrator; empty if none is declared."""

    def __init__(
        self,
        name: str,
        args: OrganizationSsoArgs = None,  # type: ignore[assignment] # the analyzer takes no Optional here
        opts: Optional[pulumi.ResourceOptions] = None,
    ) -> None:
        matrix = partial(_usable_matrix, args)
        with plain_errors(), with_problems_in_aws(matrix, opts):
            args = read_arguments(args, OrganizationSsoArgs)
            opts = with_checked_aliases(opts, f"{PACKAGE}:index:OrganizationSso", name)
        super().__init__(f"{PACKAGE}:index:OrganizationSso", name, {}, opts)
        child = self._options_of_parts(opts)
        with plain_errors(), with_problems_in_aws(matrix, opts):
            # Before preflight: while it waits, resources that are declared already are registered.
            continue_holders(SERVICE_ACCESS, SSO_SERVICE_PRINCIPAL)
            if args.get("breakGlass") is None:
                current_program().conflicts.trust(f"{name}-trusted-access", SSO_SERVICE_PRINCIPAL, opts)
            known_account = _known_text(args.get("delegatedAdministratorAccountId"))
            wait_for(preflight(self, args.get("whenNotEnabled") or "error", known_account))
        access = TrustedAccess(f"{name}-trusted-access", _arguments(breakGlass=args.get("breakGlass")), child)
        _guard_other_services(name, args, child)
        instance = Instance(
            f"{name}-instance",
            _arguments(
                whenNotEnabled=args.get("whenNotEnabled"),
                accessControlAttributes=args.get("accessControlAttributes"),
                trustedAccess=access.service_principal,
            ),
            child,
        )
        permissions = OperatorPermissions(
            f"{name}-operators",
            _arguments(roles=args.get("operatorRoles"), policyPrefix=args.get("policyPrefix")),
            child,
        )
        administrator = self._administrator(name, args, access, child)
        self._sentinel(name, args, child)
        self.permission_set_arns, self.grants = self._access_matrix(name, args, instance.arn)
        self.service_principal = access.service_principal
        self.trusted_access_protected = access.protected
        self.instance_arn = instance.arn
        self.instance_status = instance.status
        self.identity_store_id = instance.identity_store_id
        self.policy_arns = permissions.policy_arns
        self.role_arns = permissions.role_arns
        self.delegated_administrator_account_id = administrator
        self.register_outputs(outputs_of(self, OrganizationSso))

    def _options_of_parts(self, opts: Optional[pulumi.ResourceOptions]) -> pulumi.ResourceOptions:
        """The parts get its aliases' names too, because a stack may have declared the parts by themselves."""
        alone = [pulumi.Alias(name=alias, parent=pulumi.ROOT_STACK_RESOURCE) for alias in alias_names(opts)]
        return pulumi.ResourceOptions(parent=self, aliases=alone)

    def _administrator(
        self, name: str, args: OrganizationSsoArgs, access: TrustedAccess, child: pulumi.ResourceOptions
    ) -> pulumi.Output[str]:
        account = args.get("delegatedAdministratorAccountId")
        if account is None:
            return pulumi.Output.from_input("")
        return DelegatedAdministrator(
            f"{name}-administrator", {"accountId": account, "trustedAccess": access.service_principal}, child
        ).account_id

    def _access_matrix(
        self, name: str, args: OrganizationSsoArgs, instance: pulumi.Output[str]
    ) -> tuple[pulumi.Output[dict[str, str]], pulumi.Output[int]]:
        """Its outputs; empty and 0 where none is declared."""
        access = args.get("accessMatrix")
        if access is None:
            none: dict[str, str] = {}
            return pulumi.Output.from_input(none), pulumi.Output.from_input(0)
        own: Any = {"breakGlass": args.get("breakGlass"), "instanceArn": instance, **access}
        matrix = AccessMatrix(f"{name}-access", _arguments(**own), pulumi.ResourceOptions(parent=self))
        return matrix.permission_set_arns, matrix.grants

    def _sentinel(self, name: str, args: OrganizationSsoArgs, child: pulumi.ResourceOptions) -> None:
        settings: Any = args.get("sentinel")
        if settings is not None:
            # The same break-glass opens both, so that the Sentinel doesn't turn on again what it lets be disabled.
            glass = settings.break_glass or args.get("breakGlass")
            Sentinel(f"{name}-sentinel", replace(settings, break_glass=glass), child)


def _guard_other_services(name: str, args: OrganizationSsoArgs, child: pulumi.ResourceOptions) -> None:
    for service in args.get("guardedServicePrincipals") or ():
        if service != SSO_SERVICE_PRINCIPAL:
            access = _arguments(servicePrincipal=service, breakGlass=args.get("breakGlass"))
            TrustedAccess(f"{name}-trusted-access-{service.partition('.')[0]}", access, child)


def _usable_matrix(args: Any) -> Optional[Matrix]:
    arguments = spelled_as_keys(args, ("accessMatrix",)) if isinstance(args, Mapping) else {}
    return usable_matrix(arguments.get("accessMatrix"), "accessMatrix")


def _arguments(**arguments: object) -> Any:
    """A part's arguments, without None. They are parsed already."""
    return Arguments({name: value for name, value in arguments.items() if value is not None})


def _known_text(value: Any) -> Optional[str]:
    """None for an Output: its component checks it when it is known."""
    return value if isinstance(value, str) else None
