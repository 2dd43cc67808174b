"""What is to happen at a time of the sandbox's clock, whether the clock gets there by itself or is moved."""

from __future__ import annotations

import contextlib
import heapq
import itertools
import threading
import traceback
from collections.abc import Callable
from contextlib import AbstractContextManager

from .clock import Source

Action = Callable[[], None]


class Agenda:
    """Actions run one after the other, in the order of their times, in a thread of the agenda's own. They should be
    short: what takes long belongs into a thread of its own. An action that comes late, since the clock was moved past
    several times, sees the clock as it is then."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._entries: list[tuple[float, int, Action]] = []
        self._order = itertools.count()
        self._changed = threading.Condition()
        self._ending = False
        self._running = False
        source.when_moved(self._wake)
        self._thread: threading.Thread | None = None

    def start(self, within: Callable[[], AbstractContextManager[object]]) -> None:
        """within: a context in which the thread runs from beginning to end."""

        def run() -> None:
            with within():
                self._run()

        self._thread = threading.Thread(target=run, name="agenda", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Waits for the action that is running; later ones never run."""
        with self._changed:
            self._ending = True
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join()

    def at(self, moment: float, action: Action) -> None:
        """moment: seconds since 1970; one that is past means at once."""
        with self._changed:
            heapq.heappush(self._entries, (moment, next(self._order), action))
            self._changed.notify_all()

    def is_idle(self) -> bool:
        """Whether nothing is due and nothing is running."""
        with self._changed:
            return not self._running and self._next_due() is None

    def _next_due(self) -> Action | None:
        return self._entries[0][2] if self._entries and self._entries[0][0] <= self._source.now() else None

    def _wake(self) -> None:
        with self._changed:
            self._changed.notify_all()

    def _run(self) -> None:
        while (action := self._await_next()) is not None:
            with contextlib.suppress(Exception):
                _run_and_report(action)
            with self._changed:
                self._running = False
                self._changed.notify_all()

    def _await_next(self) -> Action | None:
        """The next action that is due; None when the agenda ends."""
        with self._changed:
            while not self._ending:
                action = self._next_due()
                if action is not None:
                    heapq.heappop(self._entries)
                    self._running = True
                    return action
                self._changed.wait(self._seconds_to_next())
        return None

    def _seconds_to_next(self) -> float | None:
        """Seconds to wait; None to wait for a change, since waiting doesn't move a clock that stands still."""
        if not self._entries or not self._source.runs:
            return None
        return max(0.0, self._entries[0][0] - self._source.now())


def _run_and_report(action: Action) -> None:
    try:
        action()
    except Exception:
        traceback.print_exc()  # a fault of the sandbox's own: its standard error is where those go
        raise
