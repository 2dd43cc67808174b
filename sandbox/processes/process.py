"""Running one command so that it, and all it starts, ends when we do: on success, on Ctrl-C, and on SIGKILL.

The command gets a process group of its own (and the terminal, if we have it), so that Ctrl-C reaches it once and not
twice: `pulumi` takes a second interrupt as "stop at once, lose state". Everything it starts inherits a mark in its
environment; `reaper.py`, a process beside us, ends what carries the mark when we are gone.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import uuid
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import FrameType

MARK = "IDENTITY_CENTER_SANDBOX_RUN"
_FORWARDED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Reaper:
    """Starts the process that cleans up after us if we are killed, and cleans up itself when we end as planned."""

    def __init__(self, temporary: Path | None) -> None:
        self.mark = uuid.uuid4().hex
        read, self._alive = os.pipe()
        arguments = [sys.executable, "-m", "sandbox.processes.reaper", self.mark, str(temporary or "")]
        # Its end of the pipe is its standard input: it sees end-of-file when the last holder of our end is gone,
        # however we end. The pipe's write end is not inheritable, so that no command we start keeps it open.
        self._process = subprocess.Popen(
            arguments, stdin=read, start_new_session=True, cwd=Path(__file__).resolve().parents[2]
        )
        os.close(read)

    def finish(self) -> None:
        """Ends the processes that the command left running, and waits until they have ended."""
        os.close(self._alive)
        self._process.wait()


def run_command(command: Sequence[str], environment: Mapping[str, str], mark: str) -> int:
    """Runs COMMAND to its end; returns its exit status as a shell would give it (128 + the signal that ended it).

    Raises FileNotFoundError or PermissionError if there is no such command.
    """
    terminal = _our_terminal()
    try:
        process = subprocess.Popen(
            command,
            env={**environment, MARK: mark},
            process_group=0,
            preexec_fn=_take_terminal(terminal) if terminal is not None else None,
        )
        previous = {number: signal.signal(number, _forward_to(process)) for number in _FORWARDED}
        try:
            code = process.wait()
        finally:
            for number, handler in previous.items():
                signal.signal(number, handler)
    finally:
        if terminal is not None:
            _take_terminal(terminal)()
    return code if code >= 0 else 128 - code


def end_with_parent() -> None:
    """From now on a SIGTERM reaches us when the process that started us dies, were it by SIGKILL (Linux only:
    elsewhere the command ends by itself a little later)."""
    if sys.platform != "linux":
        return
    pr_set_pdeathsig = 1  # prctl(2)
    parent = os.getppid()
    ctypes.CDLL(None, use_errno=True).prctl(pr_set_pdeathsig, signal.SIGTERM)
    if os.getppid() != parent:  # it died before we asked
        os.kill(os.getpid(), signal.SIGTERM)


def _forward_to(process: subprocess.Popen[bytes]) -> Callable[[int, FrameType | None], None]:
    def forward(number: int, frame: FrameType | None) -> None:
        if process.poll() is None:
            os.killpg(process.pid, number)

    return forward


def _our_terminal() -> int | None:
    """The terminal's descriptor if we are its foreground group and may hand it on."""
    try:
        return 0 if os.isatty(0) and os.tcgetpgrp(0) == os.getpgrp() else None
    except OSError:
        return None


def _take_terminal(terminal: int) -> Callable[[], None]:
    def take() -> None:
        # A background group that takes the terminal is sent SIGTTOU, which would stop it.
        previous = signal.signal(signal.SIGTTOU, signal.SIG_IGN)
        os.tcsetpgrp(terminal, os.getpgrp())
        signal.signal(signal.SIGTTOU, previous)

    return take
