"""The default report of progress: lines on standard error."""

from __future__ import annotations

import sys


def print_to_stderr(text: str) -> None:
    """One line, at once, even into a pipe."""
    print(text, file=sys.stderr, flush=True)
