"""One line on standard error that says how far a long read is; only in a terminal, and only after a while."""

from __future__ import annotations

import sys
import time
from types import TracebackType

_FIRST, _EVERY = 1.0, 0.2


class Progress:
    """A context; called with what is read, how many are, and of how many."""

    def __init__(self) -> None:
        self._next = time.monotonic() + _FIRST
        self._width = 0

    def __enter__(self) -> Progress:
        return self

    def __call__(self, what: str, count: int, total: int) -> None:
        if sys.stderr.isatty() and time.monotonic() >= self._next:
            self._next = time.monotonic() + _EVERY
            self._write(f"Reading: {count:,} of {total:,} {what}")

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if self._width:
            self._write("")
            sys.stderr.write("\r")

    def _write(self, text: str) -> None:
        sys.stderr.write(f"\r{text:{self._width}}")
        sys.stderr.flush()
        self._width = len(text)
