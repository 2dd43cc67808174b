"""Checks for somebody at a terminal: the verdict, what failed, what could not be told, what passed. Pure.

The verdict is the first line. A command stands on a line of its own, with nothing after it, so that it can be pasted.
A cause appears once, however many checks it makes undetermined. A check that passes takes one line.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .checks import Check, verdict

_COLOURS = {"healthy": "bold green", "unhealthy": "bold red", "undetermined": "bold yellow"}
_FAILED, _UNTOLD, _PASSED = ("✗", "bold red"), ("?", "bold yellow"), ("✓", "green")
_UNTOLD_PREFIX = "Could not tell "


@dataclass(frozen=True)
class Line:
    """style: rich's name of it. is_command: to be printed as it is, never broken into lines."""

    text: str
    style: str = ""
    is_command: bool = False


def terminal_lines(checks: Sequence[Check], width: int) -> Iterator[Line]:
    """The report; width: the terminal's columns."""
    yield Line(_headline(checks), _COLOURS[verdict(checks)])
    for check in checks:
        if check.result == "fail":
            yield Line("")
            yield from _block(
                f"{_FAILED[0]} {check.id}  {check.subject}", _FAILED[1], check.detail, check.remedy, width
            )
    for group in _by_cause([check for check in checks if check.result == "undetermined"]):
        yield Line("")
        yield from _untold(group, width)
    passing = [check for check in checks if check.result == "pass"]
    if passing:
        yield Line("")
    for check in passing:
        yield Line(_in_one_line(f"{_PASSED[0]} {check.id:<24} {check.detail}", width), _PASSED[1])


def _in_one_line(text: str, width: int) -> str:
    """As much of it as the terminal is wide."""
    return text if len(text) <= width else f"{text[: width - 1].rstrip()}…"


def _headline(checks: Sequence[Check]) -> str:
    counts = {
        "failed": sum(check.result == "fail" for check in checks),
        "could not be told": sum(check.result == "undetermined" for check in checks),
        "passed": sum(check.result == "pass" for check in checks),
    }
    totals = ", ".join(f"{count} {what}" for what, count in counts.items() if count)
    return f"{verdict(checks).upper()}: {totals or 'nothing was checked'}"


def _untold(group: Sequence[Check], width: int) -> Iterator[Line]:
    first = group[0]
    left_out = "" if any(check.required for check in group) else " (for information: it doesn't count)"
    if len(group) == 1:
        title = f"{_UNTOLD[0]} {first.id}  {first.subject}{left_out}"
        yield from _block(title, _UNTOLD[1], first.detail, first.remedy, width)
        return
    title = f"{_UNTOLD[0]} {len(group)} checks, for one cause{left_out}"
    questions = (check.detail.removeprefix(_UNTOLD_PREFIX).removesuffix(f": {check.cause}.") for check in group)
    detail = f"{first.cause[0].upper()}{first.cause[1:]}. So it could not be told {'; '.join(questions)}."
    yield from _block(title, _UNTOLD[1], detail, first.remedy, width)


def _by_cause(checks: Sequence[Check]) -> list[list[Check]]:
    """In order; those of one cause and one remedy together."""
    groups: dict[tuple[str, str], list[Check]] = {}
    for number, check in enumerate(checks):
        groups.setdefault((check.cause or str(number), check.remedy), []).append(check)
    return list(groups.values())


def _block(title: str, style: str, detail: str, remedy: str, width: int) -> Iterator[Line]:
    command, explanation = split_remedy(remedy)
    yield Line(title, style)
    yield from _wrapped(detail, width)
    yield from _wrapped(explanation, width)
    if command:
        yield Line(f"    {command}", "bold", is_command=True)


def split_remedy(remedy: str) -> tuple[str, str]:
    """The command to paste, and what is said about it; a remedy that is a sentence has no command."""
    command, mark, explanation = remedy.partition("  # ")
    if mark:
        return command, f"{explanation[:1].upper()}{explanation[1:]}"
    is_command = command.startswith(("aws ", "identity-center ", "pulumi ", "https://"))
    return (command, "") if is_command else ("", command)


def _wrapped(text: str, width: int) -> Iterator[Line]:
    for line in textwrap.wrap(text, width - 2, break_long_words=False, break_on_hyphens=False):
        yield Line(f"  {line}")
