"""A first look at a policy document, before IAM's evaluator reads it: most concern services without a lock-out action.

It may let through what decides nothing, and never stops what does: what is no document is the evaluator's to refuse.
"""

from __future__ import annotations

import json
from typing import Any

from pulumi_aws_identity_center.domain.values import as_list
from pulumi_aws_identity_center.iam import LOCK_OUT_ACTIONS

# Half the time of json.loads. It lets through what follows the document, which is the evaluator's to refuse.
_decode = json.JSONDecoder().raw_decode
_SERVICES = frozenset(action.partition(":")[0] for action in LOCK_OUT_ACTIONS)


def may_deny(document: Any) -> bool:
    """Whether it may deny a lock-out action, to anybody."""
    text = as_text(document)
    if text.startswith("%"):
        return True  # URL-encoded, as IAM's API gives it
    may_say_deny = "Deny" in text or "\\u" in text
    return may_say_deny and parsed_may_deny(_json(text))


def parsed_may_deny(document: Any) -> bool:
    return any(map(_statement_may_deny, _statements(document)))


def parsed_may_allow(document: Any) -> bool:
    """Whether it may allow a lock-out action, or is no document."""
    return any(map(_statement_may_allow, _statements(document)))


def as_text(document: Any) -> str:
    if isinstance(document, str):
        return document
    try:
        return json.dumps(document)
    except (TypeError, ValueError, RecursionError):
        return ""


def _json(text: str) -> Any:
    try:
        return _decode(text.lstrip())[0]
    except (ValueError, RecursionError):
        return None


def _statements(document: Any) -> list[Any]:
    return as_list(document.get("Statement") if isinstance(document, dict) else None)


def _statement_may_deny(statement: Any) -> bool:
    is_deny = isinstance(statement, dict) and statement.get("Effect") == "Deny"
    return is_deny and _is_of_lock_out_service(statement)


def _statement_may_allow(statement: Any) -> bool:
    if not isinstance(statement, dict):
        return True
    return statement.get("Effect") != "Deny" and _is_of_lock_out_service(statement)


def _is_of_lock_out_service(statement: dict[str, Any]) -> bool:
    """Whether an action of it may be one of a service that has a lock-out action; with a NotAction, always."""
    return any(map(_may_be_of_service, as_list(statement.get("Action"))))


def _may_be_of_service(action: Any) -> bool:
    if not isinstance(action, str):
        return True
    service = action.partition(":")[0].lower()
    return service in _SERVICES or "*" in service or "?" in service
