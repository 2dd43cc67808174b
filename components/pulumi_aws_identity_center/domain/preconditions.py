"""What an account needs before a component declares anything: pure checks, each with its message."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from pulumi_aws_identity_center.errors import InvalidInput, NotPossibleHere
from pulumi_aws_identity_center.names import SSO_SERVICE_PRINCIPAL

NO_ORGANIZATION = "AWSOrganizationsNotInUseException"
_DENIED = ("AccessDenied", "UnauthorizedOperation")


def explain_instances_failure(error: str) -> NotPossibleHere:
    """The sentence for an error with which Identity Center's instances could not be listed."""
    if any(code in error for code in _DENIED):
        return NotPossibleHere(
            "IAM Identity Center's instances can't be listed with these credentials (access denied), so whether it is "
            "enabled is not known. Add the permissions that `identity-center document observe` prints, and run again."
        )
    return NotPossibleHere(f"IAM Identity Center's instances could not be listed, so nothing is changed: {error}")


def explain_read_failure(error: str) -> NotPossibleHere:
    """The sentence for an error with which the organization could not be read."""
    if NO_ORGANIZATION in error:
        return NotPossibleHere(
            "This account is in no AWS organization, and IAM Identity Center's trusted access needs one. Create it "
            "first (aws organizations create-organization --feature-set ALL, or examples/new-organization), or run "
            "this stack with the credentials of your management account."
        )
    if any(code in error for code in _DENIED):
        return NotPossibleHere(
            "The organization can't be read with these credentials (access denied). Use the management account's, with "
            "at least the permissions that `identity-center document enable` prints."
        )
    return NotPossibleHere(f"The organization could not be read, so nothing is changed: {error}")


def require_management_account(caller: str, management: str) -> None:
    """Raises NotPossibleHere in a member account."""
    if caller != management:
        raise NotPossibleHere(
            f"The credentials are of account {caller}, a member of the organization, and only its management account "
            f"{management} can turn trusted access on or off. Run this stack with credentials of {management}."
        )


def require_all_features(feature_set: str) -> None:
    """Raises NotPossibleHere where the organization has consolidated billing only.

    docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_org_support-all-features.html
    """
    if feature_set != "ALL":
        raise NotPossibleHere(
            f"The organization has the feature set {feature_set}, and trusted access for {SSO_SERVICE_PRINCIPAL} needs "
            "ALL. Enable all features first: aws organizations enable-all-features (every invited account must agree)."
        )


def not_enabled(region: str, elsewhere: str = "") -> str:
    """The sentence for a Region without an organization instance. elsewhere: what is known of the other Regions."""
    where = f" in {region}" if region else ""
    return (
        f"IAM Identity Center has no organization instance{where}. {elsewhere} No API can enable one: open the IAM "
        "Identity Center console in the management account and choose Enable (or let Control Tower do it), then run "
        "this again. To go on without it, set whenNotEnabled to warn."
    ).replace("  ", " ")


def not_enabled_yet(missing: NotPossibleHere) -> str:
    """The sentence where it can't be enabled either, as long as that is missing."""
    return (
        f"{missing} Then open the IAM Identity Center console in the management account and choose Enable: no API can "
        "enable an organization instance. To go on without it, set whenNotEnabled to warn."
    )


def wrong_region(region: str, other: str, arn: str) -> str:
    """The sentence for an instance that is enabled, but in another Region."""
    return (
        f"IAM Identity Center's organization instance {arn} is in {other}, and this stack looks in {region}. Set the "
        f"Region: pulumi config set aws:region {other}, or give the component a provider of that Region. Don't enable "
        f"another one in {region}: an organization has one."
    )


def check_delegated_administrator(
    account: str, management: str, members: Mapping[str, str | None], registered: list[str]
) -> str:
    """The account, if it can be the one delegated administrator; raises InvalidInput otherwise.

    members: the organization's accounts and their states; empty if which there are isn't known.
    docs.aws.amazon.com/singlesignon/latest/userguide/delegated-admin.html
    """
    problem = _administrator_problem(account, management, members, registered)
    if problem:
        # The component's own key, and the stack's: which of the two was written isn't known here.
        raise InvalidInput(f"accountId (delegatedAdministratorAccountId) is {account}, {problem}")
    return account


def _administrator_problem(
    account: str, management: str, members: Mapping[str, str | None], registered: list[str]
) -> str:
    """Empty if there is none."""
    if account == management:
        return "the management account, and that can't be a delegated administrator. Name a member account."
    if members and account not in members:
        return (
            "which is not an account of this organization. Name one of its member accounts (aws organizations "
            "list-accounts)."
        )
    if members.get(account) not in (None, "ACTIVE"):
        return (
            f"which is {members[account]}, and only an active account can be registered. Name another one, or have it "
            "reopened."
        )
    others = [other for other in registered if other != account]
    if not others:
        return ""
    return (
        f"and {others[0]} is the delegated administrator for {SSO_SERVICE_PRINCIPAL} already, which no "
        "DelegatedAdministrator of this stack registered; there can be one. Deregister it where it was registered (aws "
        "organizations deregister-delegated-administrator), or keep it."
    )


def require_trusted_access(principals: Collection[str] | None) -> None:
    """Raises NotPossibleHere where AWS is known not to trust Identity Center.

    principals: the services that AWS trusts; None where they could not be read.

    docs.aws.amazon.com/organizations/latest/APIReference/API_RegisterDelegatedAdministrator.html
    """
    if principals is None or SSO_SERVICE_PRINCIPAL in principals:
        return
    raise NotPossibleHere(
        f"{SSO_SERVICE_PRINCIPAL} has no trusted access, and AWS registers an administrator only for a service that "
        "has. Declare TrustedAccess in this program, and give its servicePrincipal as trustedAccess: "
        '{"accountId": …, "trustedAccess": access.service_principal}.'
    )
