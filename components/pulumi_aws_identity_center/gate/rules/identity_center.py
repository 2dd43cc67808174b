"""What Identity Center works through: its instance, its service-linked role, its SAML providers, our sentinel."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from pulumi_aws_identity_center.gate.change import UNKNOWN, Action, Cause, Change, is_unknown
from pulumi_aws_identity_center.gate.finding import Finding, becomes_read, finding, leaves, unknown
from pulumi_aws_identity_center.gate.service_principal import Guarded
from pulumi_aws_identity_center.names import SERVICE_LINKED_ROLE_NAME, SSO_SERVICE_PRINCIPAL

_SAML_PROVIDER = re.compile(r"AWSSSO_.*_DO_NOT_DELETE")


def judge_instance(change: Change, guarded: Guarded) -> Iterator[Finding]:
    """aws-native has the instance as a resource; deleting one can't be undone."""
    if change.cause is Cause.PLAN and (change.goes or becomes_read(change)):
        yield leaves(
            change,
            "instance",
            "An Identity Center instance would be deleted, with its users, groups and assignments, for good.",
            "An Identity Center instance would leave the stack; it stays (retainOnDelete), and nothing watches it.",
        )


def judge_service_linked_role(change: Change, guarded: Guarded) -> Iterator[Finding]:
    """AWSServiceRoleForSSO, as itself or as an ordinary role."""
    name = _name(change, "name", "roleName")
    services = [_tells(change, key) for key in ("awsServiceName", "aWSServiceName")]
    is_touched = change.cause is Cause.PLAN and (change.goes or change.action is Action.UPDATE)
    if is_touched and (name == SERVICE_LINKED_ROLE_NAME or SSO_SERVICE_PRINCIPAL in services):
        yield finding(
            "service-linked-role-touched",
            change,
            f"{SERVICE_LINKED_ROLE_NAME} would be deleted, replaced or changed, and Identity Center works through it.",
            "It is AWS's: forget it without touching it, with pulumi state delete URN, and leave it out.",
        )


def judge_saml_provider(change: Change, guarded: Guarded) -> Iterator[Finding]:
    """AWSSSO_…_DO_NOT_DELETE, which Identity Center makes in every account that people sign in to."""
    is_touched = (change.goes and not change.retained) or change.action is Action.UPDATE
    if change.cause is not Cause.PLAN or not is_touched:
        return
    name = _name(change, "name")
    if is_unknown(name):
        yield unknown(change, "The preview hides this SAML provider's name, so it may be Identity Center's.")
    elif _SAML_PROVIDER.fullmatch(name):
        yield finding(
            "saml-provider-touched",
            change,
            f"{name} would be deleted, replaced or changed: nobody could sign in to that account any more.",
            "It is Identity Center's: forget it with pulumi state delete URN, and leave it out of the program.",
        )


def _tells(change: Change, key: str) -> Any:
    state = change.before or change.after
    return state.tells(key) if state else None


def _name(change: Change, *keys: str) -> str:
    """The name, from the resource's id where it is hidden or left out; UNKNOWN where nothing tells a hidden one."""
    values = [value for key in keys if isinstance(value := _tells(change, key), str)]
    known_values = [value for value in values if not is_unknown(value)]
    state = change.before or change.after
    by_id = state.id.rpartition("/")[2] if state else ""
    return known_values[0] if known_values else by_id or (UNKNOWN if values else "")
