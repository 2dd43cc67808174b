"""Accepted principals and their ways to a lock-out action: only new ones make a run's exit status 1. Pure.

A baseline is a report of `who-can-disable --format json`, or the `principals` of one with `arn`, `actions` and
`escalation` of each.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pulumi_aws_identity_center.errors import InvalidInput
from pulumi_aws_identity_center.iam.wildcards import matches

Baseline = Mapping[str, frozenset[str]]
"""By ARN: the actions that were accepted."""


def parse_baseline(text: str, source: str) -> Baseline:
    """Raises InvalidInput for what isn't a baseline: it would let nothing, or everything, pass."""
    try:
        rows = json.loads(text)["principals"]
        return {str(row["arn"]): frozenset(_actions(row)) for row in rows}
    except (ValueError, KeyError, TypeError, RecursionError):
        raise InvalidInput(
            f"{source} is not a baseline. Make one with `identity-center who-can-disable "
            f"--baseline {shlex.quote(source)} --update-baseline`, read it, and commit it."
        ) from None


def as_baseline(principals: Iterable[Mapping[str, Any]]) -> str:
    """The text of a baseline of these rows of a report, sorted so that a change shows as a small difference."""
    rows = [
        {"arn": row["arn"], "actions": sorted(row["actions"]), "escalation": sorted(row["escalation"])}
        for row in sorted(principals, key=lambda row: str(row["arn"]))
    ]
    return json.dumps({"principals": rows}, indent=2) + "\n"


def mark_accepted(rows: Iterable[Mapping[str, Any]], allow: Sequence[str], baseline: Baseline) -> list[dict[str, Any]]:
    """The rows of a report, with `accepted`: by what. Of one that isn't, but is in the baseline, `new` has the actions
    that the baseline lacks. allow: patterns of ARNs."""
    return [{**row, **_acceptance(row, allow, baseline)} for row in rows]


def _acceptance(row: Mapping[str, Any], allow: Sequence[str], baseline: Baseline) -> dict[str, Any]:
    arn = str(row["arn"])
    for pattern in allow:
        if matches(pattern, arn):
            return {"accepted": f"--allow {pattern}"}
    if arn not in baseline:
        return {}
    new = [action for action in _actions(row) if action not in baseline[arn]]
    return {"new": new} if new else {"accepted": "--baseline"}


def _actions(row: Mapping[str, Any]) -> list[str]:
    return [*row["actions"], *row["escalation"]]
