"""What a policy document denies, and to whom: IAM's evaluator is asked for each lock-out action and probing principal.

A probe stands for its kind: any role, any user, any permission set's role of an account that the plan names. Whom a
document exempts by name is one more probe (`exempted`), by which an exemption that grew is seen. Pure.
"""

from __future__ import annotations

import functools
import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from pulumi_aws_identity_center.iam import (
    EVERY_OTHER_KEY,
    LOCK_OUT_ACTIONS,
    Document,
    MalformedDocument,
    Request,
    Verdict,
    certainly_denies,
    evaluate,
    lock_out_request,
    parse_document,
)

Denied = frozenset[tuple[str, str]]
"""(lock-out action, principal) that are certainly denied."""

_NOBODY = ("aws", "000000000000")
_KINDS = (
    "role/anybody",
    "user/anybody",
    "role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Anybody_0123456789abcdef",
    "role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_Anybody_0123456789abcdef",
)
# By how the last part of a principal's ARN begins: aws:PrincipalType
# (docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html).
_TYPES: Final = {"user": "User", "federated-user": "FederatedUser", "root": "Account"}
_MOST_ACCOUNTS = 4
_SERVICES = frozenset(action.partition(":")[0] for action in LOCK_OUT_ACTIONS)
_ALLOW_ALL = parse_document({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}})


def probes(accounts: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """One principal of each kind in each (partition, account)."""
    chosen = [*sorted(set(accounts))[:_MOST_ACCOUNTS], _NOBODY]
    return tuple(f"arn:{partition}:iam::{account}:{kind}" for partition, account in chosen for kind in _KINDS)


def everything(principals: Iterable[str]) -> Denied:
    return frozenset((action, principal) for action in LOCK_OUT_ACTIONS for principal in principals)


def may_deny(document: Any) -> bool:
    """A first look, before the evaluation: whether it may deny a lock-out action. Most policies are about others."""
    text = as_text(document)
    if text.startswith("%"):
        return True  # URL-encoded, as IAM's API gives it
    may_say_deny = "Deny" in text or "\\u" in text
    return may_say_deny and denies_of_ours(_json(text))


def as_text(document: Any) -> str:
    if isinstance(document, str):
        return document
    try:
        return json.dumps(document)
    except (TypeError, ValueError, RecursionError):
        return ""


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def denies_of_ours(document: Any) -> bool:
    """Whether a statement denies an action of a service that has a lock-out action, to anybody."""
    statements = document.get("Statement") if isinstance(document, dict) else None
    return any(map(_may_deny_ours, _as_list(statements)))


def _may_deny_ours(statement: Any) -> bool:
    if not isinstance(statement, dict) or statement.get("Effect") != "Deny":
        return False
    return "NotAction" in statement or any(map(is_of_lock_out_service, _as_list(statement.get("Action"))))


def is_of_lock_out_service(action: Any) -> bool:
    """Whether an action of a statement may be one of a service that has a lock-out action."""
    service = str(action).partition(":")[0].lower()
    return service in _SERVICES or "*" in service or "?" in service


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def denied(document: Any, principals: tuple[str, ...], *, boundary: bool = False) -> Denied:
    """What it denies to which of the principals, as a policy or as a boundary; nothing for what is no document."""
    return union(denials(document, principals, boundary=boundary))


def denials(document: Any, principals: tuple[str, ...], *, boundary: bool = False) -> Iterator[Denied]:
    """The same, by each of its statements."""
    parsed = _parsed(as_text(document))
    statements = parsed.statements if parsed else ()
    if boundary and parsed:
        allowing = Document(tuple(statement for statement in statements if statement.effect == "Allow"))
        yield _denied_where(functools.partial(_does_not_allow, allowing), principals)
    for statement in statements:
        if statement.effect == "Deny":
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
    return evaluate(request, identity=[_ALLOW_ALL], boundary=boundary).verdict is Verdict.DENIED


def union(denials: Iterable[Denied]) -> Denied:
    return frozenset[tuple[str, str]]().union(*denials)


def lost_in_parts(had: Denied, denials: list[Denied], exempt: Iterable[str]) -> Denied:
    """What principals that are exempted somewhere lose, if no statement alone denies it to all of them.

    Two statements that exempt `role/a*` and `role/*z` deny everything to `role/a` and to `role/z`, and nothing to
    `role/abcz`, for whom nobody asks.
    """
    lost: Denied = frozenset()
    for action in LOCK_OUT_ACTIONS:
        had_action = had.intersection((action, principal) for principal in exempt)
        left = (had_action - denial for denial in denials)
        lost |= min(left, key=len, default=had_action)
    return lost


@functools.lru_cache(maxsize=256)
def _parsed(text: str) -> Document | None:
    try:
        return parse_document(text)
    except MalformedDocument:
        return None


@functools.lru_cache(maxsize=1024)
def _request(action: str, principal: str) -> Request:
    parts = principal.split(":", 5)
    account, path = (parts[4], parts[5]) if len(parts) == 6 else ("", "")
    is_user = path.startswith("user/")
    context: Mapping[str, Any] = {
        "aws:PrincipalArn": principal,
        "aws:PrincipalAccount": account,
        "aws:PrincipalType": _TYPES.get(path.partition("/")[0], "AssumedRole"),
        "aws:PrincipalIsAWSService": "false",
        "aws:username": path.rpartition("/")[2] if is_user else (),
    }
    return lock_out_request(action, dict(context), frozenset({EVERY_OTHER_KEY}))


def exempted(documents: Iterable[Any], principals: Iterable[str]) -> Iterator[str]:
    """Principals that the documents' conditions name, a wildcard filled in: those whom a change may exempt or not.

    By each key that `_request` knows: a condition on any other key makes a denial one that isn't certain.
    principals: the probes, for their accounts.
    """
    named: dict[str, list[str]] = defaultdict(list)
    for document in documents:
        parsed = _parsed(as_text(document))
        for statement in parsed.statements if parsed else ():
            for _, key, values in statement.conditions:
                named[key.lower()] += map(_filled_in, values)
    yield from named["aws:principalarn"]
    others = [f"arn:aws:iam::{account}" for account in named["aws:principalaccount"]]
    yield from (f"{other}:{kind}" for other in others for kind in _KINDS)
    for account in [*dict.fromkeys(principal.rpartition(":")[0] for principal in principals), *others]:
        yield from (f"{account}:user/{name}" for name in named["aws:username"])
        yield from (f"{account}:{kind}/probe" for kind, type_ in _TYPES.items() if type_ in named["aws:principaltype"])


def _filled_in(pattern: str) -> str:
    return re.sub(r"\$\{[^}]*\}|\*", "probe", pattern).replace("?", "x")
