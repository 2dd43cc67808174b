"""A customer managed KMS key made for Identity Center: without it nobody can sign in, if the instance uses it.

A plan doesn't tell which key the instance uses. A key counts if its policy lets Identity Center's services use it, as
the policy of the instance's key must. Any other key is silent.
docs.aws.amazon.com/singlesignon/latest/userguide/baseline-KMS-key-policy.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from pulumi_aws_identity_center.gate.change import Action, Change, Resource, hides
from pulumi_aws_identity_center.gate.finding import Finding, finding, unknown
from pulumi_aws_identity_center.gate.service_principal import Guarded
from pulumi_aws_identity_center.iam import MalformedDocument, parse_document
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
    used_by = _services_that_may_use(change.old.has(*_POLICIES))
    if not used_by or change.is_drift or change.retained:
        return
    if change.leaves_state or change.after is None:
        yield _lost(change, "kms:ScheduleKeyDeletion", "be deleted, replaced or lose its policy")
    elif change.action is Action.UPDATE:
        yield from _judge_update(change, used_by)


def _judge_update(change: Change, used_by: frozenset[str]) -> Iterator[Finding]:
    if _is_on(change.old) and not _is_on(change.new):
        yield _lost(change, "kms:DisableKey", "be disabled")
    else:
        yield from _judge_policy(change, used_by)


def _judge_policy(change: Change, used_by: frozenset[str]) -> Iterator[Finding]:
    policy = change.new.tells(*_POLICIES)
    if policy == change.old.has(*_POLICIES) and not hides(policy):
        return  # it can't be read, perhaps, and stays
    missing = sorted(used_by - (_allowed_services(policy) or frozenset()))
    if missing and hides(policy):
        yield unknown(change, "The preview can't know the policy of a KMS key that Identity Center may use.")
    elif missing:
        yield _lost(change, "kms:PutKeyPolicy", f"no longer let {' and '.join(missing)} use it")


def _lost(change: Change, action: str, what: str) -> Finding:
    effect = LOCK_OUT_BY_KEY[action].effect
    detail = f"A KMS key that Identity Center may use would {what}. If it is the instance's key, {effect}."
    return finding("encryption-key-lost", change, detail, _REMEDY, certain=False)


def _is_on(state: Resource) -> bool:
    return not any(state.tells(name) is False for name in _SWITCHES)


def _services_that_may_use(key_policy: Any) -> frozenset[str]:
    """Identity Center's services that a standing key policy allows something. Of what can't be read, all that it
    names."""
    allowed = _allowed_services(key_policy)
    if allowed is None:
        return frozenset(service for service in _SERVICES if service in str(key_policy))
    return allowed


def _allowed_services(key_policy: Any) -> frozenset[str] | None:
    """Those that it allows something for certain; None of what can't be read. A role's ARN may have their name in it,
    too."""
    try:
        statements = parse_document(key_policy).allows
    except MalformedDocument:
        return None
    services = (statement.principals_of("Service") for statement in statements)
    return _SERVICES.intersection(frozenset[str]().union(*services))
