"""The processes that the host has started, so that none outlives it.

Each gets a process group of its own: the engine interrupts the host's group when it closes, and an interrupt in the
middle of a Python program is a trace on the user's screen. Here it is ended by SIGTERM, which is silent, and by
SIGKILL if it doesn't listen.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

_GRACE_SECONDS = 3.0


class Children:
    """Starts processes and ends them; safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: set[subprocess.Popen[bytes]] = set()
        self._closed = False

    def start(
        self,
        command: Sequence[str],
        *,
        cwd: Path,
        environment: Mapping[str, str],
        capture: bool = False,
        pass_fds: Sequence[int] = (),
    ) -> subprocess.Popen[bytes]:
        """Starts a command; its output goes where the host's goes, or with `capture` into pipes."""
        pipe = subprocess.PIPE if capture else None
        with self._lock:
            if self._closed:
                raise InterruptedError("the engine has cancelled this operation")
            process = subprocess.Popen(
                command,
                cwd=cwd,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=pipe,
                stderr=pipe,
                process_group=0,
                pass_fds=pass_fds,
            )
            self._running.add(process)
        return process

    def wait(self, process: subprocess.Popen[bytes]) -> int:
        """Waits for a process to end; returns its exit status, negative if a signal ended it."""
        code = process.wait()
        with self._lock:
            self._running.discard(process)
        return code

    def end(self, process: subprocess.Popen[bytes]) -> None:
        """Ends one process and its children."""
        _signal(process, signal.SIGTERM)
        try:
            process.wait(_GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            _signal(process, signal.SIGKILL)

    def close(self) -> None:
        """Ends all processes; no new one can be started."""
        with self._lock:
            self._closed = True
            running = list(self._running)
        for process in running:
            _signal(process, signal.SIGTERM)
        for process in running:
            self.end(process)


def _signal(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
