"""A judgement for somebody at a terminal: the verdict, then each finding in a block of lines that fit. Pure.

Instead of a URN it shows the resource's type and name: `Organization organization`. JSON has the URN.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import Final

from pulumi_aws_identity_center.errors import count
from pulumi_aws_identity_center.plain_text import Line, one_line, without_urns

from .finding import Finding
from .judge import Judgement
from .report import SHOWN, break_glass_lines, findings_by_rule, plan_line

_COLOURS: Final = {"safe": "bold green", "unsafe": "bold red", "undetermined": "bold yellow"}


def terminal_lines(judgement: Judgement, width: int) -> Iterator[Line]:
    """width: the terminal's columns."""
    yield Line(_headline(judgement), _COLOURS[judgement.verdict])
    if judgement.about is not None:
        yield from _wrapped(f"Plan: {plan_line(judgement.about)}", width, "")
    if judgement.break_glasses:
        yield Line("")
    for sentence in break_glass_lines(judgement):
        yield from _wrapped(sentence, width, "", "bold yellow")
    for _, findings, more in findings_by_rule(judgement.findings):
        for finding in findings:
            yield Line("")
            yield from _block(finding, width)
        if more:
            yield Line(f"  {more}")
    for note in judgement.notes[:SHOWN]:
        yield Line("")
        yield from _wrapped(f"Note: {note}", width, "")


def _headline(judgement: Judgement) -> str:
    findings = judgement.findings
    return f"{judgement.verdict.upper()}: {count(len(findings), 'finding') if findings else 'no findings'}"


def _block(finding: Finding, width: int) -> Iterator[Line]:
    sign, style = ("✗", "bold red") if finding.certain else ("?", "bold yellow")
    if finding.advisory:
        sign, style = "-", ""
    where = f"{finding.urn} ({finding.operation})" if finding.operation else finding.urn
    yield from _wrapped(f"{sign} {': '.join(filter(None, (finding.rule, where)))}", width, "", style)
    yield from _wrapped(finding.detail, width, "  ")
    if finding.remedy:
        yield from _wrapped(f"→ {finding.remedy}", width, "  ")


def _wrapped(text: str, width: int, indent: str, style: str = "") -> Iterator[Line]:
    readable = without_urns(one_line(text))
    rows = textwrap.wrap(readable, max(width - len(indent), 20), break_long_words=False, break_on_hyphens=False)
    yield from (Line(f"{indent}{row}", style) for row in rows)
