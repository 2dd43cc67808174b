"""What Identity Center works through: its instance, its service-linked role, its SAML providers, our sentinel."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pulumi_aws_identity_center.gate.change import Action, Change, is_unknown, known_text
from pulumi_aws_identity_center.gate.finding import Finding, finding, leaves, unknown
from pulumi_aws_identity_center.gate.service_principal import Guarded
from pulumi_aws_identity_center.names import SERVICE_LINKED_ROLE_NAME, SSO_SERVICE_PRINCIPAL

_SAML_PROVIDER = re.compile(r"AWSSSO_.*_DO_NOT_DELETE")


def judge_instance(change: Change, guarded: Guarded) -> Iterator[Finding]:
    """aws-native has the instance as a resource; deleting one can't be undone."""
    if change.is_let_go and not change.is_drift:
        yield leaves(
            change,
            "instance",
            "An Identity Center instance would be deleted, with its users, groups and assignments, for good.",
            "An Identity Center instance would leave the stack; it stays (retainOnDelete), and nothing watches it.",
        )


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
    if change.retained or not _is_touched(change):
        return
    name = _name(change, "name")
    if not name and is_unknown(change.current.tells("name")):
        yield unknown(change, "The preview hides this SAML provider's name, so it may be Identity Center's.")
    elif _SAML_PROVIDER.fullmatch(name):
        yield finding(
            "saml-provider-touched",
            change,
            f"{name} would be deleted, replaced or changed: nobody could sign in to that account any more.",
            "It is Identity Center's: forget it with pulumi state delete URN, and leave it out of the program.",
        )


def _is_touched(change: Change) -> bool:
    return not change.is_drift and (change.leaves_state or change.action is Action.UPDATE)


def _name(change: Change, *keys: str) -> str:
    """The name; from the resource's id where it is hidden or left out, "" where that doesn't tell it either."""
    names = [known_text(change.current.tells(key)) for key in keys]
    return next(filter(None, names), "") or change.current.id.rpartition("/")[2]
