"""Who can turn trusted access on again, by the management account's own IAM: for the day on which nobody can sign in.

Pure, over the pages of iam:GetAccountAuthorizationDetails. The roles of permission sets are left out: they are reached
through Identity Center, which is what doesn't work.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..constants import ENABLE_ACTION, SERVICE_PRINCIPAL_KEY, SSO_SERVICE_PRINCIPAL
from ..iam import EVERY_OTHER_KEY, Request, Verdict, evaluate
from .authorization_details import Account, Principal, read
from .powers import context_of
from .ways import service_linked


def who_can_enable(pages: Iterable[Mapping[str, Any]]) -> list[str]:
    """ARNs, those that certainly can first; "ARN (under conditions)" where it depends on the circumstances."""
    account = read(pages, [ENABLE_ACTION.lower()])
    able: dict[Verdict, list[str]] = {Verdict.ALLOWED: [], Verdict.UNDETERMINED: []}
    for principal in account.principals:
        if service_linked(principal) or principal.name.startswith("AWSReservedSSO_"):
            continue
        verdict = _decide(principal, account)
        if verdict is not Verdict.DENIED:
            able[verdict].append(principal.arn)
    return able[Verdict.ALLOWED] + [f"{arn} (under conditions)" for arn in able[Verdict.UNDETERMINED]]


def _decide(principal: Principal, account: Account) -> Verdict:
    context = {**context_of(principal), SERVICE_PRINCIPAL_KEY: SSO_SERVICE_PRINCIPAL}
    request = Request(ENABLE_ACTION, "*", context, frozenset({EVERY_OTHER_KEY}))
    boundary = account.policies.get(principal.boundary) if principal.boundary else None
    verdict = evaluate(request, identity=list(principal.documents.values()), boundary=boundary).verdict
    # A policy that couldn't be read may forbid what the others allow.
    return Verdict.UNDETERMINED if verdict is Verdict.ALLOWED and principal.problems else verdict
