"""A bar on standard error that says how far a long read is; only on a terminal, and only after a second."""

from __future__ import annotations

import sys
import threading
import time
from typing import TYPE_CHECKING

from .output import is_terminal

if TYPE_CHECKING:
    from rich.progress import Progress

_FIRST = 1.0


class ProgressBar:
    """A context; called, from any thread, with what is read, how many are, and of how many. Its end erases the bar.

    is_shown: False for output that programs read. Piped output has no bar either.
    """

    def __init__(self, *, is_shown: bool = True) -> None:
        self._is_shown = is_shown and is_terminal(sys.stdout) and is_terminal(sys.stderr)
        self._begins = time.monotonic() + _FIRST
        self._lock = threading.Lock()
        self._bar: Progress | None = None

    def __enter__(self) -> ProgressBar:
        return self

    def __call__(self, what: str, count: int, total: int | None) -> None:
        if not self._is_shown or time.monotonic() < self._begins:
            return
        with self._lock:
            if self._bar is None:
                self._bar = _new_bar()
                self._bar.add_task("")
            (task,) = self._bar.task_ids
            self._bar.update(task, description=f"Reading {what}", completed=count, total=total)
            self._bar.start()

    def __exit__(self, *_error: object) -> None:
        with self._lock:
            self._is_shown = False  # a read that outlives the deadline says nothing any more
            if self._bar is not None:
                self._bar.stop()


def _new_bar() -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(bar_width=None), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=Console(stderr=True), transient=True)
