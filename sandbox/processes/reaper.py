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

import psutil

from .process import MARK

_PATIENCE_SECONDS = 5.0


def marked(mark: str) -> list[psutil.Process]:
    """Every process of this user that carries the mark, our own excepted."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.pid != os.getpid() and process.environ().get(MARK) == mark:
                found.append(process)
        except (psutil.Error, OSError):
            continue  # it ended meanwhile, or it is another user's
    return found


def reap(mark: str) -> None:
    """Asks, waits a moment, then insists; again until none is left, since a dying process may start another."""
    insist = False
    while processes := marked(mark):
        for process in processes:
            try:
                process.send_signal(signal.SIGKILL if insist else signal.SIGTERM)
            except psutil.Error:
                continue
        psutil.wait_procs(processes, timeout=_PATIENCE_SECONDS)
        insist = True


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
