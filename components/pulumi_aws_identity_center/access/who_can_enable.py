"""Who can turn trusted access on again, by the management account's own IAM: for the day on which nobody can sign in.

Pure, over the pages of iam:GetAccountAuthorizationDetails. Leaves out the roles of permission sets: people reach them
through Identity Center, which doesn't work then.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pulumi_aws_identity_center.aws.results import Answer
from pulumi_aws_identity_center.names import ENABLE_ACTION, SERVICE_PRINCIPAL_KEY, SSO_SERVICE_PRINCIPAL

from .account import Principal
from .authorization_details import NotAuthorizationDetails, read_account
from .permissions import Permissions


def enablers(details: Answer[list[dict[str, Any]]]) -> Answer[list[str]]:
    """who_can_enable's answer, or why there is none."""
    if details.value is None:
        return details.as_error()
    try:
        return Answer(who_can_enable(details.value))
    except NotAuthorizationDetails as error:
        return Answer(kind="malformed", message=str(error), action=details.action)


def who_can_enable(pages: Iterable[Mapping[str, Any]]) -> list[str]:
    """ARNs, those that certainly can first; "ARN (under conditions)" where it depends on the circumstances."""
    account = read_account(pages, [ENABLE_ACTION.lower()])
    certain, conditional = [], []
    for principal in account.principals:
        if not _is_usable_without_sign_in(principal):
            continue
        permissions = Permissions.of(principal, account)
        context = {SERVICE_PRINCIPAL_KEY: SSO_SERVICE_PRINCIPAL}
        permission = permissions.decide_in_organizations(ENABLE_ACTION, context)
        # A policy that couldn't be read may forbid what the others allow.
        is_certain = permission.can and permission.always and not principal.problems
        if is_certain:
            certain.append(principal.arn)
        elif permission.can is not False:
            conditional.append(f"{principal.arn} (under conditions)")
    return certain + conditional


def _is_usable_without_sign_in(principal: Principal) -> bool:
    """People reach a permission set's role through Identity Center, and nobody reaches a service's own."""
    is_permission_sets = principal.name.startswith("AWSReservedSSO_")
    return not (is_permission_sets or principal.is_service_linked or _is_only_for_services(principal))


def _is_only_for_services(principal: Principal) -> bool:
    """Whether a role's trust policy names nothing but services, or nobody. False for one that can't be read."""
    if principal.trust is None:
        return False
    kinds = {kind for statement in principal.trust.allows for kind, _name in statement.principals or ()}
    return kinds <= {"Service"} and not any(statement.not_principal for statement in principal.trust.allows)
