"""Checks as a table for a terminal, plain lines for a pipe, or JSON."""

from __future__ import annotations

import json
import sys
from typing import TextIO

from .checks import Check, verdict

_MARKS = {"pass": ("✓", "green"), "fail": ("✗", "bold red"), "undetermined": ("?", "yellow")}


def as_json(checks: list[Check]) -> str:
    return json.dumps({"verdict": verdict(checks), "checks": [check.as_json() for check in checks]}, indent=2)


def show(checks: list[Check], stream: TextIO | None = None) -> None:
    """A table; without colour and width limits where the output is not a terminal."""
    out = stream or sys.stdout
    if not out.isatty():
        out.write(as_lines(checks))
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(show_header=True, header_style="bold")
    for title in ("", "check", "subject", "detail"):
        table.add_column(title, overflow="fold")
    for check in checks:
        mark, style = _MARKS[check.result]
        detail = f"{check.detail}\n[dim]{check.remedy}[/dim]" if check.remedy else check.detail
        table.add_row(f"[{style}]{mark}[/{style}]", check.id, check.subject, detail)
    console = Console(file=out)
    console.print(table)
    console.print(_closing(checks))


def as_lines(checks: list[Check]) -> str:
    """A line a check, a line a remedy, and the verdict last."""
    lines = []
    for check in checks:
        lines.append(f"{check.result:<12} {check.id}: {check.subject}: {check.detail}")
        if check.remedy:
            lines.append(f"{'':<12}   → {check.remedy}")
    return "\n".join([*lines, _closing(checks), ""])


def _closing(checks: list[Check]) -> str:
    return f"verdict: {verdict(checks)}"
