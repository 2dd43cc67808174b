"""What sign-in needs in this account and in members: the service-linked role and the SAML provider."""

from __future__ import annotations

from pulumi_aws_identity_center.aws.results import NO_SUCH_ROLE, Answer
from pulumi_aws_identity_center.names import SERVICE_LINKED_ROLE_NAME, SSO_SERVICE_PRINCIPAL
from pulumi_aws_identity_center.status.facts import Facts, Member, Row

from .check import Check, asked_by_member, undetermined

_ROLE = "service-linked-role"
# AWS's pages disagree on where and when the role exists, so its absence is a fault only where Identity Center is in use
# (services-that-can-integrate-sso.html; singlesignon/latest/userguide/using-service-linked-roles.html).
_MISSING = (
    f"aws iam create-service-linked-role --aws-service-name {SSO_SERVICE_PRINCIPAL}  # only if people can't get in: "
    "AWS creates it by itself, but not at once, when Identity Center is enabled and when an account joins."
)


def service_linked_role(facts: Facts) -> Check:
    """In the caller's account."""
    return _role(facts, facts.account or "this account", facts.role)


def members(facts: Facts) -> list[Check]:
    """One an account that isn't the caller's. Without --members only the management account's, as not looked at."""
    if facts.members is None:
        return [_unseen(facts, facts.management)] if facts.is_member and facts.management else []
    checks = [_member(facts, member) for member in facts.members.accounts]
    if facts.account:
        checks.append(_sign_in(facts.account, facts.members.own_saml))
    checks += [_sign_in(member.account, member.saml) for member in facts.members.accounts if member.state == "ACTIVE"]
    if not facts.members.listing.ok:
        what = f"which accounts there are besides the {len(facts.members.accounts):,} that were listed"
        checks.append(undetermined(_ROLE, "other accounts", what, facts.members.listing))
    return checks


def _unseen(facts: Facts, management: str) -> Check:
    """The management account's, asked from another one."""
    what = f"whether {SERVICE_LINKED_ROLE_NAME} is in {management}"
    return undetermined(_ROLE, management, what, asked_by_member(facts), required=False)


def _member(facts: Facts, member: Member) -> Check:
    if member.state != "ACTIVE":
        detail = f"The account is {member.state}, so it was not looked into."
        return Check(_ROLE, member.account, "undetermined", detail, "None, if it is meant to be.", required=False)
    return _role(facts, member.account, member.role)


def _sign_in(account: str, saml: Answer[Row]) -> Check:
    """Whether the SAML provider is there by which the portal signs people in to the account. Deleting it cuts the
    account off (public reports); removing and making an assignment again brings it back."""
    id_ = "saml-provider"
    if saml.value is None:
        return undetermined(id_, account, f"whether people can sign in to {account}", saml)
    provider, role = saml.value["provider"], saml.value["role"]
    if not role:
        none_needed = f"No permission set has a role in {account}, so none is needed."
        return Check(
            id_, account, "pass", f"{provider.rpartition('/')[2]} is in {account}." if provider else none_needed
        )
    needs = f"{role.rpartition('/')[2]} needs it"
    if provider:
        detail = f"{provider.rpartition('/')[2]} is in {account}, and another AWSSSO_…_DO_NOT_DELETE is gone: {needs}."
        return Check(id_, account, "undetermined", f"{detail} It may be another organization's.", _COMPARE)
    detail = f"Nobody can sign in to {account}: the SAML provider AWSSSO_…_DO_NOT_DELETE is gone, and {needs}."
    return Check(id_, account, "fail", detail, _MAKE_ASSIGNMENT_AGAIN.format(account=account))


_COMPARE = "Sign in to the account by that role's permission set. If that fails, remove and make its assignment again."
_MAKE_ASSIGNMENT_AGAIN = (
    "aws sso-admin delete-account-assignment --region REGION --instance-arn INSTANCE --target-id {account} "
    "--target-type AWS_ACCOUNT --permission-set-arn SET --principal-type GROUP --principal-id ID  # then "
    "create-account-assignment with the same: AWS makes the provider anew. Or, with Control Tower, update the account"
)


def _role(facts: Facts, account: str, answer: Answer[Row]) -> Check:
    if answer.ok:
        return Check(_ROLE, account, "pass", f"{SERVICE_LINKED_ROLE_NAME} is in {account}.")
    if answer.code not in NO_SUCH_ROLE:
        return undetermined(_ROLE, account, f"whether {SERVICE_LINKED_ROLE_NAME} is in {account}", answer)
    detail = f"{SERVICE_LINKED_ROLE_NAME} is not in {account}."
    if facts.instance is not None and facts.management is not None and facts.is_on:
        return Check(_ROLE, account, "fail", detail, _MISSING)
    is_unused = facts.is_on is False or facts.was_never_enabled
    use = "is not in use" if is_unused else "may not be in use"
    remedy = "Nothing to do now: it matters once Identity Center is in use."
    return Check(_ROLE, account, "undetermined", f"{detail} Identity Center {use}.", remedy, required=False)
