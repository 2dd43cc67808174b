"""Does a policy document, or a managed policy by its name, allow an action that locks everybody out?

A condition on `aws:PrincipalArn` is settled by the name of the role or user that receives the document, where the
program gives it. Every other condition stays open, and an open condition counts as met.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pulumi_aws_identity_center.domain.aws_managed_policies import KNOWN
from pulumi_aws_identity_center.domain.declared import UNKNOWN, Declared, is_partly_unknown
from pulumi_aws_identity_center.iam import (
    EVERY_OTHER_KEY,
    LOCK_OUT_ACTIONS,
    Document,
    Grant,
    MalformedDocument,
    grants_lock_out,
    lock_out_request,
    parse_document,
)
from pulumi_aws_identity_center.iam.lock_out import worst_grant
from pulumi_aws_identity_center.iam.wildcards import relation
from pulumi_aws_identity_center.names import DISABLE_ACTION, POLICY_PREFIX

from .carried import Kind
from .partly_known import at_best, at_worst

# AWS's managed policies that grant a lock-out action, and which; a test evaluates all that AWS has.
MANAGED: Mapping[str, str] = {
    **{name: grant.action for name, document in KNOWN.items() if (grant := grants_lock_out(document))},
    "AWSMcpServiceActionsFullAccess": DISABLE_ACTION,  # for calls that come through AWS's MCP servers
}
OWN = f"{POLICY_PREFIX}disable"
_MANAGED_ARN = re.compile(r"arn:aws[a-z-]*:iam::aws:policy/(?:.+/)?[^/]+")
_PRINCIPAL_KEY = "aws:principalarn"


@dataclass(frozen=True)
class Problem:
    """text: what a value does, to follow the property's name. is_known: False where the preview can't know enough; text
    then says what is known, if anything is. is_document: False for a text that IAM doesn't take."""

    text: str
    is_known: bool = True
    is_document: bool = True


@dataclass(frozen=True)
class LockOutGrant:
    """where: the property, such as inlinePolicies[1].policy; problem: what that does.

    resource: what the program declares, and where the violation is shown; inner: a resource of a CloudFormation
    template in it, or the resource itself.
    """

    resource: Declared
    inner: Declared
    kind: Kind
    where: str
    problem: Problem


def judge_document(value: Any, receivers: Sequence[str] = ()) -> Problem | None:
    """None for a document that grants none. receivers: ARN shapes (* for what isn't known) of who will have it."""
    if value is UNKNOWN:
        return Problem("", is_known=False)
    try:
        if isinstance(value, str):
            return _judge_text(value, tuple(receivers))
        return _judge_object(value, receivers)
    except MalformedDocument as error:
        return Problem(f"isn't a valid policy: {str(error).rstrip('.')}", is_document=False)


def _judge_object(value: Any, receivers: Sequence[str]) -> Problem | None:
    is_partly_known = isinstance(value, Mapping) and is_partly_unknown(value)
    if not is_partly_known:
        return _judge(value, receivers)
    if problem := _judge(at_best(value), receivers):
        return problem
    grant = _judge(at_worst(value), receivers)
    return Problem("a part of it is known", is_known=False) if grant else None


def _judge(value: Any, receivers: Sequence[str]) -> Problem | None:
    document = parse_document(value)
    grant = grants_lock_out(document)
    if grant is not None and not grant.certain and receivers:
        grant = _grant_to(document, grant, receivers)
    if grant is None:
        return None
    statement = f' ("{grant.statement.sid}")' if grant.statement.sid else ""
    conditions = "" if grant.certain else " on conditions"
    return Problem(f"allows {grant.action}{conditions}{statement}")


_judge_text = functools.lru_cache(maxsize=4096)(_judge)


def _grant_to(document: Document, open_grant: Grant, receivers: Sequence[str]) -> Grant | None:
    """What these receivers are granted; the open grant where their names don't settle the conditions."""
    patterns = _principal_patterns(document)
    if not patterns or not all(_is_settled(pattern, receivers) for pattern in patterns):
        return open_grant
    # Any ARN of the same shape meets the same patterns.
    requests = [
        lock_out_request(action, {_PRINCIPAL_KEY: arn.replace("*", "x")}, frozenset({EVERY_OTHER_KEY}))
        for arn in receivers
        for action in LOCK_OUT_ACTIONS
    ]
    return worst_grant(document, requests)


def _principal_patterns(document: Document) -> set[str]:
    patterns: set[str] = set()
    for statement in document.statements:
        for condition in statement.conditions:
            if condition.key.lower() == _PRINCIPAL_KEY:
                patterns.update(condition.values)
    return patterns


def _is_settled(pattern: str, receivers: Sequence[str]) -> bool:
    """Whether the ARN shapes alone tell which of the receivers match."""
    return "${" not in pattern and all(relation(pattern, arn) is not None for arn in receivers)


def judge_managed_policy(value: Any) -> Problem | None:
    """Of a managed policy by its ARN, or by its name alone."""
    if not isinstance(value, str):
        return None
    name = policy_name(value)
    if is_aws_managed(value) and name in MANAGED:
        return Problem(f"is {name} ({MANAGED[name]})")
    return Problem(f"is {OWN}, for break-glass roles only") if name == OWN else None


def is_aws_managed(value: str) -> bool:
    return _MANAGED_ARN.fullmatch(value) is not None


def policy_name(arn: str) -> str:
    """A policy's name, from its ARN or given as it is."""
    return arn.rpartition("/")[2]
