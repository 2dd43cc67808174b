"""A customer managed KMS key made for Identity Center: without it nobody can sign in, if the instance uses it.

A plan doesn't tell which key the instance uses. A key counts if its policy lets Identity Center's services use it, as
the policy of the instance's key must. Any other key is silent.
docs.aws.amazon.com/singlesignon/latest/userguide/baseline-KMS-key-policy.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, product
from typing import Any, Final

from pulumi_aws_identity_center.gate.change import Action, Change, hides, is_unknown
from pulumi_aws_identity_center.gate.finding import Finding, finding, unknown
from pulumi_aws_identity_center.gate.service_principal import Guarded
from pulumi_aws_identity_center.iam import EVERY_OTHER_KEY, Document, Request, Verdict, evaluate, readable_document
from pulumi_aws_identity_center.iam.document import Condition
from pulumi_aws_identity_center.iam.lock_out import LOCK_OUT_BY_KEY
from pulumi_aws_identity_center.names import IDENTITY_STORE_SERVICE_PRINCIPAL, SSO_SERVICE_PRINCIPAL

TYPES: Final = (
    *("aws:kms/key:Key", "aws:kms/keyPolicy:KeyPolicy", "aws:kms/externalKey:ExternalKey"),
    *("aws:kms/replicaKey:ReplicaKey", "aws:kms/replicaExternalKey:ReplicaExternalKey"),
    *("aws-native:kms:Key", "aws-native:kms:ReplicaKey"),
)
_SERVICES: Final = frozenset({SSO_SERVICE_PRINCIPAL, IDENTITY_STORE_SERVICE_PRINCIPAL})
# What the baseline policy lets them do: DescribeKey by the page above. That these are the others is assumed.
_ACTIONS: Final = ("Decrypt", "DescribeKey", "GenerateDataKeyWithoutPlaintext", "ReEncryptFrom", "ReEncryptTo")
_KEY: Final = "arn:*:kms:*:*:key/*"
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
        yield from _judge_policy(change, used_by)


def _judge_switch(change: Change) -> Iterator[Finding]:
    was_on, is_on = change.old.has(*_SWITCHES), change.new.tells(*_SWITCHES)
    if is_on == was_on:
        return
    if is_unknown(is_on):
        yield unknown(change, "The preview can't know whether a KMS key that Identity Center may use stays enabled.")
    elif is_on is False:
        yield _lost(change, "kms:DisableKey", "be disabled")


def _judge_policy(change: Change, used_by: frozenset[str]) -> Iterator[Finding]:
    had, policy = change.old.has(*_POLICIES), change.new.tells(*_POLICIES)
    if hides(policy):
        yield unknown(change, "The preview can't know the policy of a KMS key that Identity Center may use.")
        return
    # A policy that can't be read, and stays, takes nothing away.
    losing = _losing_services(used_by, had, policy) if policy != had else ()
    if losing:
        yield _lost(change, "kms:PutKeyPolicy", f"allow {' and '.join(sorted(losing))} less")


def _lost(change: Change, action: str, what: str) -> Finding:
    effect = LOCK_OUT_BY_KEY[action].effect
    detail = f"A KMS key that Identity Center may use would {what}. If it is the instance's key, {effect}."
    return finding("encryption-key-lost", change, detail, _REMEDY, certain=False)


def _services_named(key_policy: Any) -> frozenset[str]:
    """Identity Center's services that a standing key policy allows something. Of what can't be read, all that it names;
    a role's ARN may have their name in it, too."""
    document = readable_document(key_policy)
    if document is None:
        return frozenset(service for service in _SERVICES if service in str(key_policy))
    return _SERVICES.intersection(chain(*(allow.principals_of("Service") for allow in document.allows)))


def _losing_services(used_by: frozenset[str], had: Any, policy: Any) -> frozenset[str]:
    """Those that the new policy allows less. Of policies that can't be read, all."""
    old, new = readable_document(had), readable_document(policy)
    if old is None or new is None:
        return used_by
    less = {service for service, action in product(used_by, _ACTIONS) if _is_less(old, new, service, action)}
    return used_by - _services_named(policy) | less


def _is_less(old: Document, new: Document, service: str, action: str) -> bool:
    had, has = _terms(old, service, action), _terms(new, service, action)
    return had is not None and has not in (had, frozenset())


def _terms(key_policy: Document, service: str, action: str) -> frozenset[object] | None:
    """The conditions and resources on which it depends whether the service may, in no order; None if it may not."""
    unknown_keys, principals = frozenset({EVERY_OTHER_KEY}), frozenset({("Service", service)})
    request = Request(f"kms:{action}", _KEY, {}, unknown_keys, resource_is_shape=True, principals=principals)
    decision = evaluate(request, identity=(), resource_policies=[key_policy])
    if decision.verdict is Verdict.DENIED:
        return None
    in_doubt = decision.by if decision.verdict is Verdict.UNDETERMINED else ()
    return frozenset(
        (row.effect, row.not_resource, frozenset(row.resources or ()), _unordered(row.conditions)) for row in in_doubt
    )


def _unordered(conditions: Iterable[Condition]) -> frozenset[object]:
    return frozenset((operator, key.lower(), frozenset(values)) for operator, key, values in conditions)
