"""Long lines in a terminal: where they break, and where they mustn't."""

from __future__ import annotations

import os
import pty
import subprocess
import sys

import pytest
from pulumi_aws_identity_center.aws.trusted_access import CALL
from pulumi_aws_identity_center.cli.columns import wrap

from tests.walk import walk

COMMANDS = [
    CALL,
    "identity-center recover",
    "identity-center import-matrix --output access.yaml",
    "pulumi state delete 'urn:pulumi:dev::p::aws:ssoadmin/x:X::the team'",
    "pulumi import --file access.json --protect false",
]


@walk("command", COMMANDS)
@walk("columns", [40, 60, 80, 100])
def test_a_command_to_paste_is_never_broken(monkeypatch: pytest.MonkeyPatch, command: str, columns: int) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    for before in range(columns):
        sentence = f"{'x' * before} AWS refuses this while it is off. Run this: {command}. Then look at it once more."
        lines = wrap(sentence, "").split("\n")
        assert " ".join(lines) == sentence
        assert [line for line in lines if command in line]
        assert all(len(line) <= columns or " " not in line.replace(command, "") for line in lines)


def test_standard_error_alone_on_a_terminal_gives_its_width() -> None:
    program = (
        "import termios; from pulumi_aws_identity_center.cli.output import say; "
        "termios.tcsetwinsize(2, (24, 50)); say('word ' * 40, err=True)"
    )
    environment = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES", "TERM")}
    terminal, errors = pty.openpty()
    try:
        subprocess.run(
            [sys.executable, "-c", program],
            env=environment,
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=errors,
            timeout=60,
        )
        widths = [len(line) for line in os.read(terminal, 4096).decode().splitlines()]
    finally:
        os.close(terminal)
        os.close(errors)
    assert max(widths) in range(45, 51)
