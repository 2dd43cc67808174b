"""A customer managed KMS key made for Identity Center: without it nobody can sign in, if the instance uses it.

A plan doesn't tell which key the instance uses. A key counts if its policy lets Identity Center's services use it, as
the policy of the instance's key must. Any other key is silent. A person decides whether a changed policy allows less.
docs.aws.amazon.com/singlesignon/latest/userguide/baseline-KMS-key-policy.html
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from pulumi_aws_identity_center.gate.change import Action, Change, hides, is_unknown
from pulumi_aws_identity_center.gate.finding import Finding, finding, unknown
from pulumi_aws_identity_center.gate.service_principal import Guarded
from pulumi_aws_identity_center.iam import Document, Statement, readable_document
from pulumi_aws_identity_center.iam.lock_out import LOCK_OUT_BY_KEY
from pulumi_aws_identity_center.names import IDENTITY_STORE_SERVICE_PRINCIPAL, SSO_SERVICE_PRINCIPAL

TYPES: Final = (
    *("aws:kms/key:Key", "aws:kms/keyPolicy:KeyPolicy", "aws:kms/externalKey:ExternalKey"),
    *("aws:kms/replicaKey:ReplicaKey", "aws:kms/replicaExternalKey:ReplicaExternalKey"),
    *("aws-native:kms:Key", "aws-native:kms:ReplicaKey"),
)
_SERVICES: Final = frozenset({SSO_SERVICE_PRINCIPAL, IDENTITY_STORE_SERVICE_PRINCIPAL})
_POLICIES, _SWITCHES = ("policy", "keyPolicy"), ("isEnabled", "enabled")
_REMEDY: Final = (
    "aws sso-admin describe-instance tells the instance's key (EncryptionConfigurationDetails): leave that one alone."
)


def judge(change: Change, guarded: Guarded) -> Iterator[Finding]:
    may_be_used = _names_identity_center(change.old.has(*_POLICIES))
    if not may_be_used or change.is_drift or change.retained:
        return
    if change.leaves_state or change.after is None:
        yield _lost(change, "kms:ScheduleKeyDeletion", "be deleted, replaced or lose its policy")
    elif change.action is Action.UPDATE:
        yield from _judge_switch(change)
        yield from _judge_policy(change)


def _judge_switch(change: Change) -> Iterator[Finding]:
    was_on, is_on = change.old.has(*_SWITCHES), change.new.tells(*_SWITCHES)
    if is_on == was_on:
        return
    if is_unknown(is_on):
        yield unknown(change, "The preview can't know whether a KMS key that Identity Center may use stays enabled.")
    elif is_on is False:
        yield _lost(change, "kms:DisableKey", "be disabled")


def _judge_policy(change: Change) -> Iterator[Finding]:
    had, policy = change.old.has(*_POLICIES), change.new.tells(*_POLICIES)
    if hides(policy):
        yield unknown(change, "The preview can't know the policy of a KMS key that Identity Center may use.")
        return
    # A program without a policy leaves the key's, which another resource may own.
    # A policy that can't be read, and stays, takes nothing away.
    is_left = policy is None and change.type.startswith("aws:")
    if not is_left and policy != had and _may_allow_less(had, policy):
        yield _lost(change, "kms:PutKeyPolicy", "no longer allow Identity Center the same")


def _lost(change: Change, action: str, what: str) -> Finding:
    effect = LOCK_OUT_BY_KEY[action].effect
    detail = f"A KMS key that Identity Center may use would {what}. If it is the instance's key, {effect}."
    return finding("encryption-key-lost", change, detail, _REMEDY, certain=False)


def _names_identity_center(key_policy: Any) -> bool:
    """Whether a standing key policy allows Identity Center's services something. Of what can't be read, whether it
    names them; a role's ARN may have their name in it, too."""
    document = readable_document(key_policy)
    if document is None:
        return any(service in str(key_policy) for service in _SERVICES)
    return any(_allows_identity_center(statement) for statement in document.statements)


def _allows_identity_center(statement: Statement) -> bool:
    return statement.effect == "Allow" and not _SERVICES.isdisjoint(statement.principals_of("Service"))


def _may_allow_less(had: Any, policy: Any) -> bool:
    """Whether something that a statement allows Identity Center is missing, or a service may be denied more."""
    old, new = readable_document(had), readable_document(policy)
    if old is None or new is None:
        return True
    before, after = _simple_statements(old), _simple_statements(new)
    is_denied_more = any(_may_deny_services(statement) for statement in after - before)
    return is_denied_more or any(_allows_identity_center(statement) for statement in before - after)


def _may_deny_services(statement: Statement) -> bool:
    names_services = any(kind != "AWS" or name == "*" for kind, name in statement.principals or ())
    return statement.effect == "Deny" and (statement.not_principal or names_services)


def _simple_statements(document: Document) -> set[Statement]:
    """A statement for each principal and each action: policies that differ only in grouping give the same ones."""
    return {
        replace(statement, principals=principals, actions=actions)
        for statement in map(_without_order, document.statements)
        for principals in _single_principals(statement)
        for actions in _single_actions(statement)
    }


def _without_order(statement: Statement) -> Statement:
    """The statement with its lists sorted, and without its Sid."""
    conditions = sorted(row._replace(values=tuple(sorted(row.values))) for row in statement.conditions)
    return replace(
        statement,
        actions=tuple(sorted(statement.actions)),
        resources=tuple(sorted(statement.resources or ())),
        conditions=tuple(conditions),
        sid="",
    )


def _single_principals(statement: Statement) -> list[frozenset[tuple[str, str]]]:
    """Each principal by itself; NotPrincipal stays whole."""
    principals = statement.principals or frozenset()
    return [principals] if statement.not_principal else [frozenset({principal}) for principal in principals]


def _single_actions(statement: Statement) -> list[tuple[str, ...]]:
    """Each action by itself; NotAction stays whole."""
    return [statement.actions] if statement.not_action else [(action,) for action in statement.actions]
