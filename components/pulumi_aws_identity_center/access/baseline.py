"""Accepted principals and their ways to a lock-out action: only new ones make a run's exit status 1. Pure.

A baseline is a report of `who-can-disable --format json`, or the `principals` of one with `arn`, `actions` and
`escalation` of each.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pulumi_aws_identity_center.errors import InvalidInput

Baseline = Mapping[str, frozenset[str]]
"""By ARN: the actions that were accepted."""


def parse_baseline(text: str, source: str) -> Baseline:
    """Raises InvalidInput for what isn't a baseline: it would let nothing, or everything, pass."""
    try:
        rows = json.loads(text)["principals"]
        return {str(row["arn"]): frozenset(_actions(row)) for row in rows}
    except (ValueError, KeyError, TypeError, RecursionError):
        raise InvalidInput(
            [
                f"{source} is not a baseline. Make one with `identity-center who-can-disable --baseline {source} "
                "--update-baseline`, read it, and commit it."
            ]
        ) from None


def as_baseline(principals: Iterable[Mapping[str, Any]]) -> str:
    """The text of a baseline of these rows of a report, sorted so that a change shows as a small difference."""
    rows = [
        {"arn": row["arn"], "actions": sorted(row["actions"]), "escalation": sorted(row["escalation"])}
        for row in sorted(principals, key=lambda row: str(row["arn"]))
    ]
    return json.dumps({"principals": rows}, indent=2) + "\n"


def new_ways(principals: Sequence[Mapping[str, Any]], baseline: Baseline) -> dict[str, list[str]]:
    """By ARN: the actions that the baseline doesn't have for that principal."""
    ways = {
        str(row["arn"]): [action for action in _actions(row) if action not in baseline.get(row["arn"], ())]
        for row in principals
    }
    return {arn: actions for arn, actions in ways.items() if actions}


def _actions(row: Mapping[str, Any]) -> list[str]:
    return [*row["actions"], *row["escalation"]]
