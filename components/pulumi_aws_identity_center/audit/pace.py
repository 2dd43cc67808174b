"""The pace of many calls of one kind: as fast as they go until AWS throttles, then just below what AWS takes.

What is answered in a second in which calls are throttled is the rate that AWS takes. Below that, a little faster is
tried each second, so that a limit that rose is found. Who is throttled waits a moment besides.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable

_BELOW, _LEAST_STEP, _LARGEST_STEP = 0.97, 0.02, 0.16
_WINDOW = 1.0


class Pace:
    """Shared by the threads that make the calls. rate: calls a second; None while nothing was throttled."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._since: float | None = None
        self._answered = 0
        self._refused = 0
        self._next = 0.0
        self._step = _LEAST_STEP
        self.rate: float | None = None

    def turn(self) -> float:
        """0: it is this caller's turn. Otherwise in how many seconds to ask again; turns are not given ahead, since
        the rate changes."""
        with self._lock:
            moment = self._now()
            if self.rate is not None and moment < self._next:
                return self._next - moment
            if self.rate is not None:
                self._next = max(self._next, moment - 1 / self.rate) + 1 / self.rate
            return 0.0

    def answered(self) -> None:
        with self._lock:
            self._answered += 1
            self._adjust()

    def throttled(self) -> float:
        """How long whoever was throttled is to wait before its next turn."""
        with self._lock:
            if self._since is None:
                # The burst is over: from here on the answers tell the rate.
                self._since, self._answered = self._now(), 0
            self._refused += 1
            self._adjust()
        return random.uniform(0.1, 0.4)

    def _adjust(self) -> None:
        if self._since is None or self._now() - self._since < _WINDOW:
            return
        seen = self._answered / (self._now() - self._since)
        if self._refused:
            self.rate, self._step = max(1.0, min(self.rate or seen, seen) * _BELOW), _LEAST_STEP
        elif self.rate is not None:
            self.rate, self._step = self.rate * (1 + self._step), min(2 * self._step, _LARGEST_STEP)
        self._since, self._answered, self._refused = self._now(), 0, 0
        if self.rate is not None:
            self._next = min(self._next, self._now() + 1 / self.rate)
