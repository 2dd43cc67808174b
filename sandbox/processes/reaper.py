"""`python -m sandbox.processes.reaper MARK [FOLDER]`: waits for the end of standard input, then ends every process that
carries MARK in its environment and removes FOLDER.

Standard input is a pipe that only the sandbox's process holds open: its end means that the sandbox is gone, by
whatever signal. It runs in a session of its own, so that what kills the sandbox's group does not kill it.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
import time

import psutil

from .process import MARK

_PATIENCE_SECONDS = 5.0
_EXEC_SECONDS = 1.0


def marked(mark: str) -> list[psutil.Process]:
    """Every process of this user that carries the mark, except this one."""
    running = [process for process in psutil.process_iter() if process.pid != os.getpid()]
    return [process for process in running if _has_mark(process, mark)]


def _has_mark(process: psutil.Process, mark: str) -> bool:
    """At the moment of its exec a program shows no environment; a thread of the kernel never has a program."""
    until = time.monotonic() + _EXEC_SECONDS
    try:
        while not (environment := process.environ()) and process.exe() and time.monotonic() < until:
            time.sleep(0.001)
    except (psutil.Error, OSError):
        return False  # it ended meanwhile, or it is another user's
    return bool(environment.get(MARK) == mark)


def reap(mark: str) -> None:
    """SIGTERM first, SIGKILL after a moment; again until none is left, since a dying process may start another."""
    number = signal.SIGTERM
    while processes := marked(mark):
        for process in processes:
            try:
                process.send_signal(number)
            except psutil.Error:
                continue
        psutil.wait_procs(processes, timeout=_PATIENCE_SECONDS)
        number = signal.SIGKILL


def main() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    sys.stdin.buffer.read()
    mark, folder = sys.argv[1], sys.argv[2]
    reap(mark)
    if folder:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
