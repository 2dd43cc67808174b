"""Checks for somebody at a terminal: the verdict, what failed, what could not be told, what passed. Pure.

The verdict is the first line. A command stands on a line of its own, with nothing after it, so that it can be pasted.
A cause appears once, however many checks it makes undetermined. A check that passes takes one line, with as many of its
sentences as fit; so does an undetermined one that is only for information.
"""

from __future__ import annotations

import collections
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pulumi_aws_identity_center.errors import count
from pulumi_aws_identity_center.plain_text import Line

from .checks import Check, Result, parse_remedy, verdict

_COLOURS = {"healthy": "bold green", "unhealthy": "bold red", "undetermined": "bold yellow"}
_UNTOLD_PREFIX = "Could not tell "


@dataclass(frozen=True)
class Mark:
    """What a check's result begins with, and its style."""

    sign: str
    style: str


_FAILED, _UNTOLD, _PASSED = Mark("✗", "bold red"), Mark("?", "bold yellow"), Mark("✓", "green")
_INFORMING = Mark("?", "yellow")


def terminal_lines(checks: Sequence[Check], width: int) -> Iterator[Line]:
    """The report; width: the terminal's columns."""
    untold = _by_cause(_with_result(checks, "undetermined"))
    informing = [check for group in untold if not _counts(group) for check in group]
    yield Line(_headline(checks, len(informing)), _COLOURS[verdict(checks)])
    for group in _by_cause(_with_result(checks, "fail")):
        yield Line("")
        yield from _failed(group, width)
    for group in filter(_counts, untold):
        yield Line("")
        yield from _undetermined(group, width)
    marked = [(_INFORMING, check) for check in informing]
    marked += [(_PASSED, check) for check in _with_result(checks, "pass")]
    if marked:
        yield Line("")
    for mark, check in marked:
        yield _one_line(mark, check, width)


def _counts(group: Sequence[Check]) -> bool:
    """Whether it makes the verdict undetermined that these could not be told."""
    return any(check.required for check in group)


def _with_result(checks: Sequence[Check], result: Result) -> list[Check]:
    return [check for check in checks if check.result == result]


def _one_line(mark: Mark, check: Check, width: int) -> Line:
    """Its first sentence, and those after it that fit in the terminal's width."""
    _, prefix, question = check.detail.rpartition(_UNTOLD_PREFIX)
    detail = f"{question[:1].upper()}{question[1:]}" if prefix else question
    text, *further = f"{mark.sign} {check.id:<24} {detail}".split(". ")
    for sentence in further:
        if len(text) + len(". ") + len(sentence) > width:
            text += "."
            break
        text += f". {sentence}"
    return Line(text if len(text) <= width else f"{text[: width - 1].rstrip()}…", mark.style)


def _headline(checks: Sequence[Check], informing: int) -> str:
    """informing: how many of the undetermined checks have one line, since they are only for information."""
    counts = collections.Counter(check.result for check in checks)
    totals = {
        "failed": counts["fail"],
        "could not be told": counts["undetermined"] - informing,
        "passed": counts["pass"],
        "for information only": informing,
    }
    words = [f"{number} {name}" for name, number in totals.items() if number]
    return f"{verdict(checks).upper()}: {', '.join(words) or 'nothing was checked'}"


def _failed(group: Sequence[Check], width: int) -> Iterator[Line]:
    """The first check as a block; those that fail for the same cause take one line each."""
    first, *others = group
    yield from _block(_FAILED, f"{first.id}  {first.subject}", first.detail, first.remedy, width)
    if others:
        yield Line("")
    for check in others:
        yield _one_line(_FAILED, check, width)


def _undetermined(group: Sequence[Check], width: int) -> Iterator[Line]:
    first = group[0]
    if len(group) == 1:
        title, detail = f"{first.id}  {first.subject}", first.detail
    else:
        title, detail = f"{count(len(group), 'check')}, one cause", _common_detail(group)
    yield from _block(_UNTOLD, title, detail, first.remedy, width)


def _common_detail(group: Sequence[Check]) -> str:
    """What the checks have in common, once, and then each one's question."""
    cause = group[0].cause
    questions = [check.detail.removeprefix(_UNTOLD_PREFIX).removesuffix(f": {check.cause}.") for check in group]
    return f"{cause[0].upper()}{cause[1:]}. So these are not known: {'; '.join(questions)}."


def _by_cause(checks: Sequence[Check]) -> list[list[Check]]:
    """In order; those of one cause and one remedy together."""
    groups: dict[tuple[str, str], list[Check]] = {}
    for number, check in enumerate(checks):
        cause = check.cause or str(number)
        groups.setdefault((cause, check.remedy), []).append(check)
    return list(groups.values())


def _block(mark: Mark, title: str, detail: str, remedy: str, width: int) -> Iterator[Line]:
    advice = parse_remedy(remedy)
    yield Line(f"{mark.sign} {title}", mark.style)
    yield from _wrapped(detail, width)
    yield from _wrapped(advice.explanation, width)
    for command in advice.commands:
        yield Line(f"    {command}", "bold", is_whole=True)


def _wrapped(text: str, width: int) -> Iterator[Line]:
    for line in textwrap.wrap(text, width - 2, break_long_words=False, break_on_hyphens=False):
        yield Line(f"  {line}")
