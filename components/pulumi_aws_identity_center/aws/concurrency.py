"""Runs calls in parallel, each in its own thread, under one deadline.

A call without an answer at the deadline, or at Ctrl-C, becomes an `Answer` of that kind; the other answers stay. The
threads are daemons: a call that hangs doesn't keep the process alive.
"""

from __future__ import annotations

import contextlib
import queue
import signal
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any, Generic, TypeVar

from .results import Answer

Item = TypeVar("Item")
Value = TypeVar("Value")
_TICK = 0.05


class Stop:
    """Whether somebody wants it to end now: Ctrl-C, or SIGTERM. The second time ends the process at once."""

    def __init__(self) -> None:
        self.asked = False

    @contextlib.contextmanager
    def listening(self) -> Iterator[None]:
        """For the main thread: a signal interrupts no step halfway, and what is known can still be told."""
        before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

        def ask(number: int, _frame: object) -> None:
            self.asked = True
            signal.signal(number, before[signal.Signals(number)])

        for number in before:
            signal.signal(number, ask)
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def pause(self, seconds: float) -> bool:
        """Waits so long; False if it is to end."""
        end = time.monotonic() + seconds
        while not self.asked and (left := end - time.monotonic()) > 0:
            time.sleep(min(left, _TICK))
        return not self.asked


class Clock:
    """The time there is for all questions together; none once stop was asked for."""

    def __init__(self, seconds: float, stop: Stop | None = None, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._end = now() + seconds
        self._stop = stop or Stop()

    def remaining(self) -> float:
        return 0.0 if self._stop.asked else max(0.0, self._end - self._now())

    def wait(self, event: threading.Event) -> None:
        """Until the event, or until the clock has run out."""
        # In short waits: a signal's handler can't safely wake whoever waits for a lock.
        while (left := self.remaining()) > 0 and not event.wait(min(left, _TICK)):
            pass

    def pause(self, seconds: float) -> bool:
        """Waits so long; False if the clock has run out by then."""
        threading.Event().wait(min(seconds, self.remaining()))
        return self.remaining() > 0

    def over(self) -> Answer[Any]:
        """What a question comes to that is still open now."""
        return Answer(kind="interrupted" if self._stop.asked else "deadline")


class Question(Generic[Value]):
    """A question that is being asked."""

    def __init__(self, clock: Clock, question: Callable[[], Answer[Value]]) -> None:
        self._clock = clock
        self._answered = threading.Event()
        self._answer: Answer[Value] | None = None
        self._failure: Exception | None = None
        threading.Thread(target=self._run, args=(question,), daemon=True).start()

    def _run(self, question: Callable[[], Answer[Value]]) -> None:
        try:
            self._answer = question()
        except Exception as error:  # noqa: BLE001 - raised again in the thread that waits
            self._failure = error
        self._answered.set()

    def answer(self) -> Answer[Value]:
        """Waits for it, as long as the clock allows."""
        self._clock.wait(self._answered)
        if self._failure is not None:
            raise self._failure
        return self._answer or self._clock.over()


class Crew(Generic[Item, Value]):
    """The same question about many items, as many at a time as there are askers; each asker has its own question.

    Items may be added while others are asked about. Nothing new is asked when the clock has run out.
    """

    def __init__(self, clock: Clock, askers: list[Callable[[Item], Answer[Value]]]) -> None:
        self._clock = clock
        self._items: list[Item] = []
        self._answers: dict[int, Answer[Value]] = {}
        self._queue: queue.SimpleQueue[int | None] = queue.SimpleQueue()
        self._askers = [Question(clock, lambda ask=ask: self._work(ask)) for ask in askers]  # type: ignore[misc]

    def add(self, item: Item) -> None:
        self._items.append(item)
        self._queue.put(len(self._items) - 1)

    def _work(self, ask: Callable[[Item], Answer[Value]]) -> Answer[None]:
        while (number := self._queue.get()) is not None:
            if self._clock.remaining() == 0:
                break
            self._answers[number] = ask(self._items[number])
        return Answer()

    def answers(self) -> list[tuple[Item, Answer[Value]]]:
        """Waits until all that was added is answered, or the clock has run out."""
        for _ in self._askers:
            self._queue.put(None)
        for asker in self._askers:
            asker.answer()
        return [(item, self._answers.get(number) or self._clock.over()) for number, item in enumerate(self._items)]
