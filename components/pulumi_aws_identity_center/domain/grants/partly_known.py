"""A policy document of which a preview knows a part: the least and the most that it may turn out to grant.

Both are whole documents, for the evaluator: it needs to know nothing of previews. A document is partly known only where
a package takes it as an object (aws-native); a text is known or not as a whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi_aws_identity_center.domain.declared import UNKNOWN, is_partly_unknown

_DENY_ALL = {"Effect": "Deny", "Action": "*", "Resource": "*"}
_ALLOW_ALL = {"Effect": "Allow", "Action": "*", "Resource": "*"}


def at_best(document: Mapping[str, Any]) -> dict[str, Any]:
    """What it grants at least: a statement in doubt grants nothing and, if it may deny, denies all."""
    statements: list[Any] = []
    for statement in _statements(document):
        if not is_partly_unknown(statement):
            statements.append(statement)
        elif not isinstance(statement, Mapping) or statement.get("Effect") != "Allow":
            statements.append(_DENY_ALL)
    return {"Version": "2012-10-17", "Statement": statements}


def at_worst(document: Mapping[str, Any]) -> dict[str, Any]:
    """What it may grant at most: an unknown part of an Allow is everything, and a Deny in doubt denies nothing."""
    statements: list[Any] = []
    for statement in _statements(document):
        if not is_partly_unknown(statement):
            statements.append(statement)
        elif not isinstance(statement, Mapping) or statement.get("Effect") is UNKNOWN:
            statements.append(_ALLOW_ALL)
        elif statement.get("Effect") == "Allow":
            statements.append(_widest(statement))
    return {"Version": "2012-10-17", "Statement": statements}


def _statements(document: Mapping[str, Any]) -> list[Any]:
    statements = document.get("Statement", [])
    return statements if isinstance(statements, list) else [statements]


def _widest(statement: Mapping[str, Any]) -> dict[str, Any]:
    wide = {key: value for key, value in statement.items() if not is_partly_unknown(value)}
    if "Action" not in wide and "NotAction" not in wide:
        wide["Action"] = "*"
    if "Resource" not in wide and "NotResource" not in wide:
        wide["Resource"] = "*"
    return wide
