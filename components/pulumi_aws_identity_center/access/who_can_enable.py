"""Who can turn trusted access on again, by the management account's own IAM: for the day on which nobody can sign in.

Pure, over the pages of iam:GetAccountAuthorizationDetails. Leaves out the roles of permission sets: people reach them
through Identity Center, which doesn't work then.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pulumi_aws_identity_center.aws.results import Answer
from pulumi_aws_identity_center.iam.ternary import Truth
from pulumi_aws_identity_center.names import ENABLE_ACTION, SERVICE_PRINCIPAL_KEY, SSO_SERVICE_PRINCIPAL

from .account import Account, Principal
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
    arns: dict[Truth, list[str]] = {True: [], None: [], False: []}
    for principal in filter(_is_usable_without_sign_in, account.principals):
        arns[_can_enable(principal, account)].append(principal.arn)
    return [*arns[True], *(f"{arn} (under conditions)" for arn in arns[None])]


def _can_enable(principal: Principal, account: Account) -> Truth:
    """None: it depends on the circumstances, or on a policy that couldn't be read and may forbid it."""
    context = {SERVICE_PRINCIPAL_KEY: SSO_SERVICE_PRINCIPAL}
    permission = Permissions.of(principal, account).decide_in_organizations(ENABLE_ACTION, context)
    if permission.can is False:
        return False
    return True if permission.always and not principal.problems else None


def _is_usable_without_sign_in(principal: Principal) -> bool:
    """People reach a permission set's role through Identity Center, and nobody reaches a service's own."""
    is_permission_sets = principal.name.startswith("AWSReservedSSO_")
    return not (is_permission_sets or principal.is_service_linked or _is_only_for_services(principal))


def _is_only_for_services(principal: Principal) -> bool:
    """Whether a role's trust policy names nothing but services, or nobody. False for one that can't be read."""
    if principal.trust is None:
        return False
    lets_in_people = any(principal.trusted(kind) for kind in ("AWS", "Federated", "CanonicalUser"))
    return not lets_in_people and not principal.trusts_by_exclusion
