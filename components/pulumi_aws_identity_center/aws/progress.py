"""How far a long read is, for whoever shows it. Reads call it from their threads."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[str, int, int | None], None]
"""What is being read, how many are, and of how many; None where that isn't known."""


def silent(_what: str, _count: int, _total: int | None) -> None:
    """No progress."""
