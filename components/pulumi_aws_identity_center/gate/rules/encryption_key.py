"""A customer managed KMS key made for Identity Center: without it nobody can sign in, if the instance uses it.

A plan doesn't tell which key the instance uses. A key counts if its policy lets Identity Center's services use it, as
the policy of the instance's key must. Any other key is silent.
docs.aws.amazon.com/singlesignon/latest/userguide/baseline-KMS-key-policy.html
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from typing import Any, Final, NamedTuple

from pulumi_aws_identity_center.gate.change import Action, Change, hides, is_unknown
from pulumi_aws_identity_center.gate.finding import Finding, finding, unknown
from pulumi_aws_identity_center.gate.service_principal import Guarded
from pulumi_aws_identity_center.iam import Statement, readable_document
from pulumi_aws_identity_center.iam.lock_out import LOCK_OUT_BY_KEY
from pulumi_aws_identity_center.names import IDENTITY_STORE_SERVICE_PRINCIPAL, SSO_SERVICE_PRINCIPAL

TYPES: Final = (
    *(f"aws:kms/{name[0].lower()}{name[1:]}:{name}" for name in ("Key", "KeyPolicy", "ReplicaKey", "ExternalKey")),
    *("aws-native:kms:Key", "aws-native:kms:ReplicaKey"),
)
_SERVICES: Final = frozenset({SSO_SERVICE_PRINCIPAL, IDENTITY_STORE_SERVICE_PRINCIPAL})
_POLICIES, _SWITCHES = ("policy", "keyPolicy"), ("isEnabled", "enabled")
_REMEDY: Final = (
    "aws sso-admin describe-instance tells the instance's key (EncryptionConfigurationDetails): leave that one alone."
)


def judge(change: Change, guarded: Guarded) -> Iterator[Finding]:
    used_by = _services_named(change.old.has(*_POLICIES))
    if not used_by or change.is_drift or change.retained:
        return
    if change.leaves_state or change.after is None:
        yield _lost(change, "kms:ScheduleKeyDeletion", "be deleted, replaced or lose its policy")
    elif change.action is Action.UPDATE:
        yield from _judge_switch(change)
        yield from _judge_policy(change)


def _judge_switch(change: Change) -> Iterator[Finding]:
    for name in _SWITCHES:
        is_on = change.new.tells(name)
        if is_unknown(is_on) and not is_unknown(change.old.has(name)):
            yield unknown(
                change, "The preview can't know whether a KMS key that Identity Center may use stays enabled."
            )
        elif is_on is False and change.old.has(name) is not False:
            yield _lost(change, "kms:DisableKey", "be disabled")


def _judge_policy(change: Change) -> Iterator[Finding]:
    had, policy = change.old.has(*_POLICIES), change.new.tells(*_POLICIES)
    if policy == had and not hides(policy):
        return  # it can't be read, perhaps, and stays
    if hides(policy):
        yield unknown(change, "The preview can't know the policy of a KMS key that Identity Center may use.")
        return
    old, new = _permissions(had), _permissions(policy)
    if old is None or new is None or old.allowed - new.allowed or new.denials - old.denials:
        yield _lost(change, "kms:PutKeyPolicy", "allow Identity Center less, or deny something new")


def _lost(change: Change, action: str, what: str) -> Finding:
    effect = LOCK_OUT_BY_KEY[action].effect
    detail = f"A KMS key that Identity Center may use would {what}. If it is the instance's key, {effect}."
    return finding("encryption-key-lost", change, detail, _REMEDY, certain=False)


class _Permissions(NamedTuple):
    """allowed: (service, action, the rest of the statement) of Identity Center's services. denials: to anybody."""

    allowed: frozenset[tuple[str, str, Statement]]
    denials: frozenset[Statement]


def _services_named(key_policy: Any) -> frozenset[str]:
    """Identity Center's services that a standing key policy allows something. Of what can't be read, all that it names;
    a role's ARN may have their name in it, too."""
    permissions = _permissions(key_policy)
    if permissions is None:
        return frozenset(service for service in _SERVICES if service in str(key_policy))
    return frozenset(service for service, _, _ in permissions.allowed)


def _permissions(key_policy: Any) -> _Permissions | None:
    """None of what can't be read."""
    document = readable_document(key_policy)
    if document is None:
        return None
    allowed = (
        (service, action, replace(statement, sid="", actions=(), principals=None))
        for statement in document.allows
        for service, action in product(statement.principals_of("Service") & _SERVICES, statement.actions)
    )
    return _Permissions(frozenset(allowed), frozenset(replace(statement, sid="") for statement in document.denies))
