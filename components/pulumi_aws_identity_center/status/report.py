"""Checks as plain lines for a pipe, or as JSON. Pure. For a terminal see `terminal_report.py`, for CI `ci_reports.py`.

Members that pass are one line together for a person, and each its own in JSON.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from pulumi_aws_identity_center.errors import count
from pulumi_aws_identity_center.plain_text import lines, one_line

from .checks import Check, parse_remedy, verdict

# With more subjects of one check than these, those that pass are told together.
_ALIKE = 3


def as_json(checks: Sequence[Check]) -> str:
    return json.dumps({"verdict": verdict(checks), "checks": [check.as_json() for check in checks]}, indent=2)


def as_lines(checks: Sequence[Check]) -> str:
    """A line a check, its remedy below it unless another check of the same cause had it, and the verdict last."""
    shown: set[tuple[str, str]] = set()
    rows = []
    for check in condensed(checks):
        is_told = bool(check.cause) and (check.cause, check.remedy) in shown
        shown.add((check.cause, check.remedy))
        rows.append(line(replace(check, remedy="") if is_told else check))
    return "\n".join([*rows, closing(checks), ""])


def line(check: Check) -> str:
    """One check; indented below it its remedy, each command on a line of its own."""
    advice = parse_remedy(check.remedy)
    below = [f"   → {advice.explanation}"] if advice.explanation else []
    below += [f"     {command}" for command in advice.commands]
    about = check.detail if check.detail.startswith(check.subject) else f"{check.subject}: {check.detail}"
    head = f"{check.result:<12} {check.id}: {about}"
    return "\n".join([head, *(f"{'':<12}{text}" for text in below)])


def _printable(check: Check) -> Check:
    """With nothing in it that a terminal or a CI runner would act on: accounts and roles have any name."""
    return replace(
        check,
        subject=one_line(check.subject),
        detail=one_line(check.detail),
        cause=one_line(check.cause),
        remedy=lines(check.remedy),
    )


def condensed(checks: Sequence[Check]) -> list[Check]:
    """The checks, those of one id that pass told in one if they are many."""
    shown: list[Check] = []
    passing = Counter(check.id for check in checks if check.result == "pass")
    joined: set[str] = set()
    for check in map(_printable, checks):
        number = passing[check.id]
        if check.result != "pass" or number <= _ALIKE:
            shown.append(check)
        elif check.id not in joined:
            joined.add(check.id)
            shown.append(Check(check.id, count(number, "account"), "pass", f"{check.detail} So in all {number}."))
    return shown


def closing(checks: Sequence[Check]) -> str:
    """The verdict, and the optional checks that it doesn't count because they have no answer."""
    optional = [check for check in checks if not check.required]
    unanswered = dict.fromkeys(check.id for check in optional if check.result == "undetermined")
    not_counted = f" (optional checks without an answer: {', '.join(unanswered)})" if unanswered else ""
    return f"verdict: {verdict(checks)}{not_counted}"
