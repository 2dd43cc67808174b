"""What Identity Center works through: its instance, its service-linked role, its SAML providers, our sentinel."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pulumi_aws_identity_center.gate.change import Action, Cause, Change
from pulumi_aws_identity_center.gate.finding import Finding, finding, leaves
from pulumi_aws_identity_center.gate.service_principal import Guarded
from pulumi_aws_identity_center.names import SERVICE_LINKED_ROLE_NAME, SSO_SERVICE_PRINCIPAL

_SAML_PROVIDER = re.compile(r"AWSSSO_.*_DO_NOT_DELETE")


def judge_instance(change: Change, guarded: Guarded) -> Iterator[Finding]:
    """aws-native has the instance as a resource; deleting one can't be undone."""
    if change.goes and change.cause is Cause.PLAN:
        yield leaves(
            change,
            "instance",
            "An Identity Center instance would be deleted, with its users, groups and assignments, for good.",
            "An Identity Center instance would leave the stack; it stays (retainOnDelete), and nothing watches it.",
        )


def judge_service_linked_role(change: Change, guarded: Guarded) -> Iterator[Finding]:
    """AWSServiceRoleForSSO, as itself or as an ordinary role."""
    state = change.before or change.after
    values = [state.tells(key) for key in ("awsServiceName", "aWSServiceName", "name", "roleName")] if state else []
    is_it = SSO_SERVICE_PRINCIPAL in values[:2] or SERVICE_LINKED_ROLE_NAME in values[2:]
    if is_it and change.cause is Cause.PLAN and (change.goes or change.action is Action.UPDATE):
        yield finding(
            "service-linked-role-touched",
            change,
            f"{SERVICE_LINKED_ROLE_NAME} would be deleted, replaced or changed, and Identity Center works through it.",
            "It is AWS's: forget it without touching it, with pulumi state delete URN, and leave it out.",
        )


def judge_saml_provider(change: Change, guarded: Guarded) -> Iterator[Finding]:
    """AWSSSO_…_DO_NOT_DELETE, which Identity Center makes in every account that people sign in to."""
    state = change.before or change.after
    name = str(state.tells("name") or state.id.rpartition("/")[2]) if state else ""
    if change.cause is not Cause.PLAN or not _SAML_PROVIDER.fullmatch(name):
        return
    if (change.goes and not change.retained) or change.action is Action.UPDATE:
        yield finding(
            "saml-provider-touched",
            change,
            f"{name} would be deleted, replaced or changed: nobody could sign in to that account any more.",
            "It is Identity Center's: forget it with pulumi state delete URN, and leave it out of the program.",
        )
