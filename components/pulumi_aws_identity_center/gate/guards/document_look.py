"""A first look at a policy document, before IAM's evaluator reads it: most concern services without a lock-out action.

It may pass a document that decides nothing, and never stops one that does. The evaluator refuses invalid documents.
"""

from __future__ import annotations

import functools
import json
from typing import Any

from pulumi_aws_identity_center.domain.values import as_list
from pulumi_aws_identity_center.iam import LOCK_OUT_ACTIONS

# Half the time of json.loads. It lets through what follows the document, which is the evaluator's to refuse.
_decode = json.JSONDecoder().raw_decode
_SERVICES = frozenset(action.partition(":")[0] for action in LOCK_OUT_ACTIONS)


def may_deny(document: Any) -> bool:
    """Whether it may deny a lock-out action, to anybody."""
    text = as_text(document).lstrip("\ufeff \t\r\n")
    if text.startswith("%"):
        return True  # URL-encoded, as IAM's API gives it
    may_say_deny = "Deny" in text or "\\u" in text
    if not may_say_deny:
        return False
    statements = statements_of(_json(text))
    return statements_may_deny(statements) or may_repeat_a_key(text, len(statements))


def statements_may_deny(statements: list[Any]) -> bool:
    return any(map(_statement_may_deny, statements))


def statements_may_allow(statements: list[Any]) -> bool:
    """Whether they may allow a lock-out action, or are none."""
    return any(map(_statement_may_allow, statements))


def may_repeat_a_key(text: str, statements: int) -> bool:
    """Whether an object may have a deciding key twice, which the evaluator refuses: what is parsed has the last one
    alone. A hook for the pairs takes twice as long. statements: how many are parsed."""
    has_more = text.count('"Effect"') > statements or text.count('"Action"') > statements
    return has_more or text.count('"Statement"') > 1 or "\\u" in text


def as_text(document: Any) -> str:
    if isinstance(document, str):
        return document
    try:
        return json.dumps(document)
    except (TypeError, ValueError, RecursionError):
        return ""


def _json(text: str) -> Any:
    try:
        return _decode(text)[0]
    except (ValueError, RecursionError):
        return None


def statements_of(parsed: Any) -> list[Any]:
    """Of a policy document; [None] of anything else."""
    return as_list(parsed.get("Statement") if isinstance(parsed, dict) else None)


def _statement_may_deny(statement: Any) -> bool:
    is_deny = isinstance(statement, dict) and statement.get("Effect") == "Deny"
    return is_deny and _is_of_lock_out_service(statement)


def _statement_may_allow(statement: Any) -> bool:
    if not isinstance(statement, dict):
        return True
    return statement.get("Effect") != "Deny" and _is_of_lock_out_service(statement)


def _is_of_lock_out_service(statement: dict[str, Any]) -> bool:
    """Whether an action of it may be one of a service that has a lock-out action; with a NotAction, always."""
    action = statement.get("Action")
    if isinstance(action, str):
        return _may_be_of_service(action)  # mostly
    return any(not isinstance(item, str) or _may_be_of_service(item) for item in as_list(action))


@functools.lru_cache(maxsize=1024)  # documents name the same actions
def _may_be_of_service(action: str) -> bool:
    service = action.partition(":")[0].lower()
    return service in _SERVICES or "*" in service or "?" in service
