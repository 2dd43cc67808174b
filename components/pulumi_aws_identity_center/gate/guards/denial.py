"""What a policy document denies, and to whom: IAM's evaluator is asked for each lock-out action and probing principal.

A probe stands for its kind: any role, any user, any permission set's role of an account that the plan names. Whom a
document exempts by name is one more probe (`exempted`), by which an exemption that grew is seen. Pure.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from pulumi_aws_identity_center.iam import (
    ALLOW_ALL,
    EVERY_OTHER_KEY,
    LOCK_OUT_ACTIONS,
    Document,
    Request,
    Verdict,
    certainly_denies,
    evaluate,
    lock_out_request,
    readable_document,
)
from pulumi_aws_identity_center.iam.document import Condition

from .document_look import as_text, may_deny

Denied = frozenset[tuple[str, str]]
"""(lock-out action, principal) that are certainly denied."""

_NOBODY = ("aws", "000000000000")
# Names that no pattern for somebody else fits, such as a*.
_KINDS = (
    "role/_anybody_",
    "user/_anybody_",
    "role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_-anybody-_0123456789abcdef",
    "role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_-anybody-_0123456789abcdef",
)
# By how the last part of a principal's ARN begins: aws:PrincipalType
# (docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html).
_TYPES: Final = {"user": "User", "federated-user": "FederatedUser", "root": "Account"}
_MOST_ACCOUNTS = 4


def probes(accounts: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """One principal of each kind in each (partition, account)."""
    chosen = [*sorted(set(accounts))[:_MOST_ACCOUNTS], _NOBODY]
    return tuple(f"arn:{partition}:iam::{account}:{kind}" for partition, account in chosen for kind in _KINDS)


def everything(principals: Iterable[str]) -> Denied:
    return frozenset((action, principal) for action in LOCK_OUT_ACTIONS for principal in principals)


def denials(document: Any, principals: tuple[str, ...], *, boundary: bool = False) -> Iterator[Denied]:
    """What each statement denies to which principals, as a policy or as a boundary; nothing for what is no document."""
    yield from _denials(as_text(document), principals, boundary)


def may_deny_unread(document: Any, *, boundary: bool = False) -> bool:
    """Whether it may deny something and can't be parsed, so that nobody knows what it denies."""
    text = as_text(document)
    is_unread = bool(text) and _parsed(text) is None
    return is_unread and (boundary or may_deny(text))


@functools.lru_cache(maxsize=256)  # many identities have the same document, before the plan and after it
def _denials(text: str, principals: tuple[str, ...], boundary: bool) -> tuple[Denied, ...]:
    parsed = _parsed(text)
    return tuple(_evaluated(parsed, principals, boundary)) if parsed else ()


def _evaluated(parsed: Document, principals: tuple[str, ...], boundary: bool) -> Iterator[Denied]:
    if boundary:
        yield _denied_where(functools.partial(_does_not_allow, Document(parsed.allows)), principals)
    for statement in parsed.denies:
        yield _denied_where(functools.partial(certainly_denies, Document((statement,))), principals)


def _denied_where(test: Callable[[Request], bool], principals: tuple[str, ...]) -> Denied:
    return frozenset(
        (action, principal)
        for action in LOCK_OUT_ACTIONS
        for principal in principals
        if test(_request(action, principal))
    )


def _does_not_allow(boundary: Document, request: Request) -> bool:
    """A boundary also denies what it doesn't allow."""
    return evaluate(request, identity=[ALLOW_ALL], boundary=boundary).verdict is Verdict.DENIED


def union(denials: Iterable[Denied]) -> Denied:
    return frozenset[tuple[str, str]]().union(*denials)


def lost_denials(had: Denied, denials: list[Denied], exempt: Iterable[str]) -> Denied:
    """What no statement denies any more. If there is none: what principals that are exempted somewhere lose, if no
    statement alone denies it to all of them.

    Two statements that exempt `role/a*` and `role/*z` deny everything to `role/a` and to `role/z`, and nothing to
    `role/abcz`, for whom nobody asks.
    """
    lost = had - union(denials)
    if lost:
        return lost
    for action in LOCK_OUT_ACTIONS:
        had_action = had.intersection((action, principal) for principal in exempt)
        left = (had_action - denial for denial in denials)
        lost |= min(left, key=len, default=had_action)
    return lost


_parsed = functools.lru_cache(maxsize=256)(readable_document)


@functools.lru_cache(maxsize=1024)
def _request(action: str, principal: str) -> Request:
    *_, account, path = ("", "", *principal.split(":", 5)[4:])
    context: Mapping[str, Any] = {
        "aws:PrincipalArn": principal,
        "aws:PrincipalAccount": account,
        "aws:PrincipalType": _TYPES.get(path.partition("/")[0], "AssumedRole"),
        "aws:PrincipalIsAWSService": "false",
        "aws:username": path.rpartition("/")[2] if path.startswith("user/") else (),
    }
    return lock_out_request(action, dict(context), frozenset({EVERY_OTHER_KEY}))


def exempted(documents: Iterable[Any], principals: Iterable[str]) -> Iterator[str]:
    """Principals that the documents' conditions name, a wildcard filled in: those whom a change may exempt or not.

    By each key that `_request` knows: a condition on any other key makes a denial one that isn't certain.
    principals: the probes, for their accounts.
    """
    named: dict[str, list[str]] = defaultdict(list)
    for condition in _conditions(documents):
        named[condition.key.lower()] += map(_filled_in, condition.values)
    yield from named["aws:principalarn"]
    named_accounts = [f"arn:aws:iam::{account}" for account in named["aws:principalaccount"]]
    yield from (f"{account}:{kind}" for account, kind in itertools.product(named_accounts, _KINDS))
    of_any_account = [f"user/{path}{name}" for name in named["aws:username"] for path in ("", "path/")]
    of_any_account += [f"{kind}/probe" for kind, type_ in _TYPES.items() if type_ in named["aws:principaltype"]]
    accounts = dict.fromkeys(principal.rpartition(":")[0] for principal in principals)
    for account, principal in itertools.product([*accounts, *named_accounts], of_any_account):
        yield f"{account}:{principal}"


def _conditions(documents: Iterable[Any]) -> Iterator[Condition]:
    for document in documents:
        parsed = _parsed(as_text(document))
        for statement in parsed.statements if parsed else ():
            yield from statement.conditions


def _filled_in(pattern: str) -> str:
    return re.sub(r"\$\{[^}]*\}|\*", "probe", pattern).replace("?", "x")
