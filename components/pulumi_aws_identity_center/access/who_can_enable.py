"""Who can turn trusted access on again, by the management account's own IAM: for the day on which nobody can sign in.

Pure, over the pages of iam:GetAccountAuthorizationDetails. Leaves out the roles of permission sets: people reach them
through Identity Center, which doesn't work then.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pulumi_aws_identity_center.aws.results import Answer
from pulumi_aws_identity_center.names import ENABLE_ACTION, SERVICE_PRINCIPAL_KEY, SSO_SERVICE_PRINCIPAL

from .account import NotAuthorizationDetails, read
from .escalation.edges import service_linked
from .permissions import Power


def enablers(details: Answer[list[dict[str, Any]]]) -> Answer[list[str]]:
    """who_can_enable's answer, or why there is none."""
    if details.value is None:
        return Answer(kind=details.kind, code=details.code, message=details.message, action=details.action)
    try:
        return Answer(who_can_enable(details.value))
    except NotAuthorizationDetails as error:
        return Answer(kind="malformed", message=str(error), action=details.action)


def who_can_enable(pages: Iterable[Mapping[str, Any]]) -> list[str]:
    """ARNs, those that certainly can first; "ARN (under conditions)" where it depends on the circumstances."""
    account = read(pages, [ENABLE_ACTION.lower()])
    sure, perhaps = [], []
    for principal in account.principals:
        if service_linked(principal) or principal.name.startswith("AWSReservedSSO_"):
            continue
        power = Power.of(principal, account)
        answer = power.in_organizations(ENABLE_ACTION, {SERVICE_PRINCIPAL_KEY: SSO_SERVICE_PRINCIPAL})
        if answer.can and answer.always and not principal.problems:
            sure.append(principal.arn)
        elif answer.can is not False:  # a policy that couldn't be read may forbid what the others allow
            perhaps.append(f"{principal.arn} (under conditions)")
    return sure + perhaps
