"""What --help prints at the widths that terminals have: every name whole, no line cut, no word broken."""

from __future__ import annotations

import re
from typing import Any

import typer
from pulumi_aws_identity_center.cli import application
from typer.testing import CliRunner

from tests.walk import walk

WIDTHS = (80, 120)
GROUP: Any = typer.main.get_command(application.build())
COMMANDS: dict[str, Any] = {"": GROUP, **GROUP.commands}


@walk("width", WIDTHS)
@walk("name", COMMANDS)
def test_help_cuts_no_name_and_breaks_no_word(name: str, width: int) -> None:
    shown = CliRunner().invoke(
        application.build(), [*filter(None, [name]), "--help"], env={"COLUMNS": str(width)}, terminal_width=width
    )
    assert shown.exit_code == 0
    lines = shown.stdout.splitlines()
    assert max(map(len, lines)) <= width
    assert not [line for line in lines if "…" in line or "..." in line.replace("[ARGS]...", "")]
    assert not [line for line in lines if re.search(r"\w-$", line)]
    options = [option for parameter in COMMANDS[name].params for option in parameter.opts if option.startswith("--")]
    assert len(options) >= 3
    assert not [option for option in options if not any(line.startswith(f"  {option}") for line in lines)]


def test_the_overview_tells_each_command_in_a_sentence() -> None:
    overview = CliRunner().invoke(application.build(), ["--help"]).stdout
    for name in application.COMMANDS:
        assert re.search(rf"^  {name} +[A-Z].+\.$", overview, re.MULTILINE), name
