"""Long reads show how far they are on a terminal, and nowhere else."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import subprocess
import termios
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.session import Session
from tests.warm_python import WarmPython

COMMANDS = (
    ("status", "--members"),
    ("matrix",),
    ("import-matrix",),
    ("who-can-disable",),
)


@pytest.fixture(scope="module")
def slow(tmp_path_factory: pytest.TempPathFactory, warm: WarmPython) -> Iterator[Session]:
    """Reads of it take more than a second each."""
    faults = [
        f"{operation}:slow,seconds=1.1"
        for operation in (
            "organizations:ListAccounts",
            "iam:GetAccountAuthorizationDetails",
            "sso-admin:ListAccountAssignments",
            "sso-admin:ListAccountAssignmentsForPrincipal",
        )
    ]
    with Session(home=tmp_path_factory.mktemp("home"), faults=faults) as session:
        session.environment["PATH"] = f"{warm.commands}{os.pathsep}{session.environment['PATH']}"
        yield session


def on_a_terminal(session: Session, *arguments: str, columns: int, stdout: int | None = None) -> str:
    """All that the command writes to a terminal of so many columns."""
    leader, terminal = pty.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    environment = {**session.environment, "TERM": "xterm-256color"}
    with subprocess.Popen(
        ["identity-center", *arguments],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=terminal if stdout is None else stdout,
        stderr=terminal,
    ):
        os.close(terminal)
        written = b""
        try:
            while part := os.read(leader, 65_536):
                written += part
        except OSError:  # the terminal's other end is closed
            pass
    os.close(leader)
    return written.decode()


def _bars(written: str) -> list[str]:
    plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", written)
    return [line for line in re.split(r"[\r\n]+", plain) if line.startswith("Reading ")]


@pytest.mark.parametrize("columns", [80, 120])
@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_a_long_read_shows_a_bar_of_the_terminals_width(slow: Session, command: tuple[str, ...], columns: int) -> None:
    written = on_a_terminal(slow, *command, columns=columns)
    assert _bars(written), written
    assert all(len(bar) <= columns for bar in _bars(written))


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_json_has_no_bar(slow: Session, command: tuple[str, ...]) -> None:
    assert _bars(on_a_terminal(slow, *command, "--format", "json", columns=80)) == []


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_piped_output_has_no_bar(slow: Session, command: tuple[str, ...], tmp_path: Path) -> None:
    with (tmp_path / "out").open("wb") as out:
        assert _bars(on_a_terminal(slow, *command, columns=80, stdout=out.fileno())) == []
