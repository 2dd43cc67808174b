"""A judgement as plain lines for a pipe, as Markdown for a pull request, and as JSON for a program. Pure.

For a terminal see `terminal_report.py`.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator, Sequence
from typing import Any, Final

from pulumi_aws_identity_center.errors import count
from pulumi_aws_identity_center.plain_text import clipped, markdown, one_line, without_urns

from .change import About
from .finding import Finding
from .judge import Judgement

SHOWN: Final = 3
"""Of the findings of one rule, so many are shown; the rest are counted."""
ACKNOWLEDGE: Final = "identity-center gate --break-glass-acknowledged REASON"
_ADDRESS: Final = 100
_SIGNS: Final = {"safe": "✅", "unsafe": "❌", "undetermined": "⚠️"}


def as_json(judgement: Judgement) -> str:
    document: dict[str, Any] = {
        "verdict": judgement.verdict,
        "findings": [finding.as_json() for finding in judgement.findings],
    }
    rows = [glass.as_json(judgement.acknowledged) for glass in judgement.break_glasses]
    if rows:
        document["breakGlass"] = rows[0]
    if rows[1:]:
        document["otherBreakGlass"] = rows[1:]
    return json.dumps(document, indent=2)


def as_lines(judgement: Judgement) -> Iterator[str]:
    """The verdict first, then the findings, worst first: one line each, and what to do below it."""
    yield f"verdict: {judgement.verdict}"
    if judgement.about is not None:
        yield f"plan: {one_line(plan_line(judgement.about))}"
    yield from (one_line(line) for line in break_glass_lines(judgement))
    for _, findings, more in findings_by_rule(judgement.findings):
        for finding in findings:
            yield from _finding_lines(finding)
        if more:
            yield f"  {more}"
    if len(judgement.findings) > 1:
        yield count(len(judgement.findings), "finding")
    for note in judgement.notes[:SHOWN]:
        yield f"note: {one_line(note)}"


def _finding_lines(finding: Finding) -> Iterator[str]:
    urn = finding.urn if len(finding.urn) <= _ADDRESS else clipped(without_urns(finding.urn), _ADDRESS)
    where = " ".join(filter(None, (one_line(finding.operation), one_line(urn))))
    yield ": ".join(filter(None, (one_line(finding.rule), where, one_line(finding.detail))))
    if finding.remedy:
        yield f"  → {one_line(finding.remedy)}"


def as_markdown(judgement: Judgement) -> Iterator[str]:
    """For a pull request's comment or a step's summary."""
    yield f"### {_SIGNS[judgement.verdict]} Sign-in gate: {judgement.verdict}"
    yield ""
    if judgement.about is not None:
        yield f"{markdown(plan_line(judgement.about))}"
        yield ""
    for line in break_glass_lines(judgement):
        yield f"**{markdown(line)}**"
        yield ""
    if judgement.findings:
        yield "| Rule | Resource | What would happen | What to do |"
        yield "|---|---|---|---|"
    for rule, findings, more in findings_by_rule(judgement.findings):
        yield from map(_markdown_row, findings)
        if more:
            yield f"| {markdown(rule)} | | {more} | |"
    for note in judgement.notes[:SHOWN]:
        yield ""
        yield markdown(note)


def _markdown_row(finding: Finding) -> str:
    where = " ".join(filter(None, (finding.operation, clipped(without_urns(finding.urn), _ADDRESS))))
    cells = (finding.rule, where, without_urns(finding.detail), finding.remedy)
    return f"| {' | '.join(map(markdown, cells))} |"


def findings_by_rule(findings: Sequence[Finding]) -> Iterator[tuple[str, list[Finding], str]]:
    """Each rule, its findings to show, and how many more there are; "" if none."""
    by_rule: dict[str, list[Finding]] = {}
    for finding in findings:
        by_rule.setdefault(finding.rule, []).append(finding)
    for rule, rows in by_rule.items():
        more = len(rows) - SHOWN
        yield rule, rows[:SHOWN], f"and {more} more of this rule" if more > 0 else ""


def plan_line(about: About) -> str:
    """What the plan's JSON says about the plan: stack, time, options, and whether it was targeted."""
    whole = {True: "only some resources (--target or --exclude)", False: "all resources", None: ""}[about.targeted]
    parts = [
        f"{about.tool}{' stack ' + about.stack if about.stack else ''}",
        f"made {about.made}" if about.made else "",
        f"with {', '.join(about.options)}" if about.options else "",
        whole or "the JSON doesn't say whether --target was used",
    ]
    return "; ".join(part for part in parts if part)


def break_glass_lines(judgement: Judgement) -> Iterator[str]:
    for opened in judgement.break_glasses:
        who = " and ".join(map(without_urns, opened.components)) or "the stack's configuration"
        yield f"Break-glass is open until {_minute(opened.expires)}, by {who}: {opened.reason}"
    if judgement.acknowledged:
        yield f"Acknowledged: {judgement.acknowledged}. What break-glass allows doesn't count in the verdict."
    elif judgement.break_glasses:
        yield f"To accept what it allows: {ACKNOWLEDGE}"


def _minute(moment: str) -> str:
    """moment: ISO 8601 with its offset."""
    return datetime.datetime.fromisoformat(moment).astimezone(datetime.UTC).strftime("%Y-%m-%d %H:%M UTC")
