"""A policy document of which a preview knows a part: the least and the most that it may turn out to grant.

Both are whole documents, for the evaluator: it needs to know nothing of previews. A document is partly known only where
a package takes it as an object (aws-native); a text is known or not as a whole.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pulumi_aws_identity_center.domain.declared import UNKNOWN, is_partly_unknown
from pulumi_aws_identity_center.domain.values import as_list

_DENY_ALL = {"Effect": "Deny", "Action": "*", "Resource": "*"}
_ALLOW_ALL = {"Effect": "Allow", "Action": "*", "Resource": "*"}


def at_best(document: Mapping[str, Any]) -> dict[str, Any]:
    """What it grants at least: a statement in doubt grants nothing and, if it may deny, denies all."""
    return _with_certain_statements(document, _at_best)


def at_worst(document: Mapping[str, Any]) -> dict[str, Any]:
    """What it may grant at most: an unknown part of an Allow is everything, and a Deny in doubt denies nothing."""
    return _with_certain_statements(document, _at_worst)


def _with_certain_statements(document: Mapping[str, Any], replaced: Callable[[Any, Any], list[Any]]) -> dict[str, Any]:
    """The document with other statements in place of each one in doubt."""
    statements: list[Any] = []
    for statement in as_list(document.get("Statement", [])):
        statements += replaced(_effect(statement), statement) if is_partly_unknown(statement) else [statement]
    return {"Version": "2012-10-17", "Statement": statements}


def _effect(statement: Any) -> Any:
    return statement.get("Effect") if isinstance(statement, Mapping) else UNKNOWN


def _at_best(effect: Any, statement: Any) -> list[Any]:
    return [] if effect == "Allow" else [_DENY_ALL]


def _at_worst(effect: Any, statement: Any) -> list[Any]:
    if effect is UNKNOWN:
        return [_ALLOW_ALL]
    return [_widest(statement)] if effect == "Allow" else []


def _widest(statement: Mapping[str, Any]) -> dict[str, Any]:
    wide = {key: value for key, value in statement.items() if not is_partly_unknown(value)}
    if "Action" not in wide and "NotAction" not in wide:
        wide["Action"] = "*"
    if "Resource" not in wide and "NotResource" not in wide:
        wide["Resource"] = "*"
    return wide
