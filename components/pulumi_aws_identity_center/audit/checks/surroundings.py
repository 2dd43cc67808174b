"""The checks around it: the service-linked role, here and in members; what no API can tell, said as such."""

from __future__ import annotations

from ...constants import SERVICE_LINKED_ROLE_NAME, SSO_SERVICE_PRINCIPAL
from ..answers import NO_SUCH_ROLE, Answer
from ..facts import Facts, Member, Row
from .check import Check, untold

_ROLE = "service-linked-role"
# AWS's pages disagree on where and when the role exists, so its absence is a fault only where Identity Center is in use
# (services-that-can-integrate-sso.html; singlesignon/latest/userguide/using-service-linked-roles.html).
_MISSING = (
    f"If people can't get in: aws iam create-service-linked-role --aws-service-name {SSO_SERVICE_PRINCIPAL}. AWS makes "
    "it by itself, not at once, when Identity Center is enabled and for each new account."
)


def service_linked_role(facts: Facts) -> Check:
    """In the caller's account."""
    answer, where = facts.role, facts.account or "this account"
    if answer.code in NO_SUCH_ROLE:
        detail = f"{SERVICE_LINKED_ROLE_NAME} is not in {where}."
        if facts.instance is not None and facts.is_on:
            return Check(_ROLE, where, "fail", detail, _MISSING)
        detail += " That is to be expected where Identity Center is not in use."
        return Check(_ROLE, where, "undetermined", detail, _MISSING, required=False)
    return _role(where, answer)


def members(facts: Facts) -> list[Check]:
    """One a member account; none unless they were asked for."""
    if facts.members is None:
        return []
    checks = [_member(member) for member in facts.members.accounts]
    if not facts.members.listing.ok:
        what = f"which accounts there are after the first {len(facts.members.accounts)}"
        checks.append(untold(_ROLE, "other accounts", what, facts.members.listing))
    return checks


def _member(member: Member) -> Check:
    if member.state != "ACTIVE":
        detail = f"The account is {member.state}, so it was not looked into."
        return Check(_ROLE, member.account, "undetermined", detail, "None, if it is meant to be.", required=False)
    if member.role.code in NO_SUCH_ROLE:
        detail = f"{SERVICE_LINKED_ROLE_NAME} is not in {member.account}."
        return Check(_ROLE, member.account, "fail", detail, _MISSING)
    return _role(member.account, member.role)


def _role(account: str, answer: Answer[Row]) -> Check:
    if not answer.ok:
        return untold(_ROLE, account, f"whether {SERVICE_LINKED_ROLE_NAME} is in {account}", answer)
    return Check(_ROLE, account, "pass", f"{SERVICE_LINKED_ROLE_NAME} is in {account}.")


def sentinel(_facts: Facts) -> Check:
    """This package makes none yet, so there is nothing to look for: neither a pass nor a fault."""
    detail = "Nothing turns trusted access on again by itself: this version has no sentinel to deploy or to look for."
    remedy = "Run identity-center status on a schedule, and identity-center recover --yes where it exits with 1."
    return Check("sentinel", SSO_SERVICE_PRINCIPAL, "undetermined", detail, remedy, required=False)


def break_glass(_facts: Facts) -> Check:
    """It is a setting of the Pulumi stack, and leaves no trace in AWS."""
    detail = "Whether break-glass is open is in the owning stack's configuration, and no AWS API shows it."
    remedy = "pulumi config get aws-identity-center:breakGlass, in the stack that owns trusted access."
    return Check("break-glass", "owning stack", "undetermined", detail, remedy, required=False)
