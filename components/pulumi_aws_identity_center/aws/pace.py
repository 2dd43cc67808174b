"""Adapts the rate of many calls of one kind: it rises until AWS throttles, then stays just below the rate that AWS
allows.

AWS throttles a call when its allowance is used up, so the calls answered between two throttled ones are the rate that
AWS allows. Below that the rate rises a little each second, to find a limit that AWS has raised. `rates.py` keeps every
call within the rates that AWS documents. The two stay apart: a documented rate needs no feedback, and only the visits
of `status --members` meet one that isn't documented.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable

# Just below what was measured; much below it where nothing could be measured yet.
_BELOW, _FAR_BELOW = 0.97, 0.5
_LEAST_STEP, _LARGEST_STEP = 0.005, 0.5
_SECOND = 1.0
# In a shorter time too few calls are answered to tell a rate by.
_MEASURABLE = 0.2
# For so many times as long as a call takes, calls are still refused for what left before the rate was lowered.
_SETTLING = 2.0
# Below the lowest rate that AWS documents it doesn't go: there, throttling isn't about the rate.
_LEAST = 20.0


class Pace:
    """Shared by the threads that make the calls. rate: calls a second; None while nothing was throttled."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self.now = now
        self._lock = threading.Lock()
        self._since = now()
        self._answered = 0
        self._changed = self._settled = self._next = self._since
        self._emptied = False
        self._step = _LEAST_STEP
        self.rate: float | None = None

    def turn(self) -> float:
        """0: it is this caller's turn. Otherwise in how many seconds to ask again; turns are not given ahead, since
        the rate changes."""
        with self._lock:
            moment = self.now()
            if self.rate is None:
                return 0.0
            if moment < self._next:
                return self._next - moment
            self._next = max(self._next, moment - 1 / self.rate) + 1 / self.rate
            return 0.0

    def answered(self) -> None:
        with self._lock:
            self._answered += 1
            moment = self.now()
            if self.rate is not None and moment - self._changed >= _SECOND:
                self.rate *= 1 + self._step
                self._step = min(2 * self._step, _LARGEST_STEP)
                self._changed = moment
                self._next = min(self._next, moment + 1 / self.rate)

    def throttled(self, sent: float) -> float:
        """How long whoever was throttled is to wait before its next turn. sent: when its call left, by `now`."""
        with self._lock:
            # A call from before the rate was lowered says nothing about the lower rate; nor does one that met them.
            moment = self.now()
            if self.rate is None or sent >= self._settled:
                self._lower(moment)
                self._settled = moment + _SETTLING * (moment - sent)
        return random.uniform(0.1, 0.4)

    def _lower(self, moment: float) -> None:
        passed = moment - self._since
        answer_rate = self._answered / passed if passed > 0 else 1.0
        if self._emptied and passed >= _MEASURABLE:
            self.rate, self._step = answer_rate * _BELOW, _LEAST_STEP
        else:
            self.rate, self._step = (self.rate or answer_rate) * _FAR_BELOW, _LARGEST_STEP
        if not self._emptied or passed >= _MEASURABLE:
            self._since, self._answered = moment, 0
        self.rate = max(self.rate, _LEAST)
        self._emptied = True
        self._changed, self._next = moment, moment + 1 / self.rate
