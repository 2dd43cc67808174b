"""Where a world's times and ids come from: the machine's clock, which a test can move or stop, and one source of random
numbers that can be seeded, so that a run repeats byte for byte."""

from __future__ import annotations

import random
import string
import time

# 2024-02-03T04:05:06Z: after what seeds hold.
STOPPED_AT = 1706933106.0
_ALPHABET = string.ascii_lowercase + string.digits


class Source:
    """seed: makes ids repeat. start: a time in seconds since 1970 at which the clock stands still until it is moved;
    without it, it is the machine's."""

    def __init__(self, seed: int | None = None, start: float | None = None) -> None:
        self.random = random.Random(seed)
        self._stopped = start
        self._ahead = 0.0

    def now(self) -> float:
        """Seconds since 1970."""
        return (time.time() if self._stopped is None else self._stopped) + self._ahead

    def move(self, seconds: float) -> None:
        """Moves the clock on, for everything that waits for a time."""
        if seconds < 0:
            raise ValueError(f"a clock can't go back: {seconds} seconds")
        self._ahead += seconds

    def text(self, length: int) -> str:
        return "".join(self.random.choices(_ALPHABET, k=length))
