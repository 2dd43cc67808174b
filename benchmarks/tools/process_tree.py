"""The memory of a command and of all that it starts."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import psutil

_EVERY = 0.25


class PeakMemory:
    """megabytes: the most that all processes below this one had at one time; shared pages count for each."""

    def __init__(self) -> None:
        self.megabytes = 0.0

    @contextmanager
    def watched(self) -> Iterator[PeakMemory]:
        over = threading.Event()

        def watch() -> None:
            while not over.wait(_EVERY):
                self.megabytes = max(self.megabytes, _resident_bytes() / 1e6)

        watcher = threading.Thread(target=watch)
        watcher.start()
        try:
            yield self
        finally:
            over.set()
            watcher.join()


def _resident_bytes() -> int:
    resident = 0
    for process in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):
            resident += process.memory_info().rss
    return resident
