"""What sign-in needs: the instance, account access, the service-linked role, SAML providers."""

from __future__ import annotations

from collections.abc import Iterator

from pulumi_aws_identity_center.domain import saml_provider
from pulumi_aws_identity_center.domain.resource_types import ACCOUNT_ACCESS_APPLICATION, NATIVE_INSTANCE
from pulumi_aws_identity_center.gate.change import Action, Change, is_unknown, known_text
from pulumi_aws_identity_center.gate.finding import Finding, finding, leaves, unknown
from pulumi_aws_identity_center.gate.service_principal import Guarded
from pulumi_aws_identity_center.names import SERVICE_LINKED_ROLE_NAME, SSO_SERVICE_PRINCIPAL

# What can't be made again: by type, the rule, and what it says of a deletion and of what only leaves the stack.
_GONE_FOR_GOOD = {
    NATIVE_INSTANCE: (
        "instance",
        "An Identity Center instance would be deleted, with its users, groups and assignments, for good.",
        "An Identity Center instance would leave the stack; it stays (retainOnDelete), and nothing watches it.",
    ),
    # IAM account access manager's, the second way in which people reach accounts (API_DeleteApplication).
    ACCOUNT_ACCESS_APPLICATION: (
        "account-access",
        "An account access application would be deleted, for good, and with it everybody's access through it.",
        "An account access application would leave the stack; it stays, and nothing watches it any more.",
    ),
}


def judge_gone_for_good(change: Change, guarded: Guarded) -> Iterator[Finding]:
    if change.is_let_go and not change.is_drift:
        yield leaves(change, *_GONE_FOR_GOOD[change.type])


def judge_service_linked_role(change: Change, guarded: Guarded) -> Iterator[Finding]:
    """AWSServiceRoleForSSO, as itself or as an ordinary role."""
    services = map(change.current.tells, ("awsServiceName", "aWSServiceName"))
    is_it = _name(change, "name", "roleName") == SERVICE_LINKED_ROLE_NAME or SSO_SERVICE_PRINCIPAL in services
    if is_it and _is_touched(change):
        yield finding(
            "service-linked-role-touched",
            change,
            f"{SERVICE_LINKED_ROLE_NAME} would be deleted, replaced or changed, and Identity Center works through it.",
            "It is AWS's: forget it without touching it, with pulumi state delete URN, and leave it out.",
        )


def judge_saml_provider(change: Change, guarded: Guarded) -> Iterator[Finding]:
    """AWSSSO_…_DO_NOT_DELETE, which Identity Center makes in every account that people sign in to."""
    if not _is_touched(change):
        return
    name = _name(change, "name")
    if not name and is_unknown(change.current.tells("name")):
        yield unknown(change, "The preview hides this SAML provider's name, so it may be Identity Center's.")
    elif saml_provider.is_identity_centers(name):
        yield finding(
            "saml-provider-touched",
            change,
            f"{name} would be deleted, replaced or changed: nobody could sign in to that account any more.",
            "It is Identity Center's: forget it with pulumi state delete URN, and leave it out of the program.",
        )


def _is_touched(change: Change) -> bool:
    """Whether AWS changes it: one that only leaves the state stays as it is."""
    goes_or_changes = change.leaves_state or change.action is Action.UPDATE
    return goes_or_changes and not change.is_drift and not change.retained


def _name(change: Change, *keys: str) -> str:
    """The name; from the resource's id where it is hidden or left out, "" where that doesn't tell it either."""
    names = [known_text(change.current.tells(key)) for key in keys]
    return next(filter(None, names), "") or change.current.id.rpartition("/")[2]
