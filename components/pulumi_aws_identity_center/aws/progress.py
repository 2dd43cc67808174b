"""The progress of a long read. The threads that read report it; `cli/progress.py` and the provider show it."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[str, int, int | None], None]
"""What is being read, how many are, and of how many; None where that isn't known."""


def silent(_what: str, _count: int, _total: int | None) -> None:
    """No progress."""
