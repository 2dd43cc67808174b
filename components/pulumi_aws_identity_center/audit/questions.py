"""Questions asked side by side, each in a thread of its own, under one deadline.

What isn't answered when the deadline passes, or at Ctrl-C, is an Answer that says so; what was answered stays. The
threads are daemons: a call that hangs doesn't keep the process.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from .answers import Answer

Item = TypeVar("Item")
Value = TypeVar("Value")


class Clock:
    """The time there is for all questions together. interrupted: Ctrl-C came, so nothing is waited for any more."""

    def __init__(self, seconds: float, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._end = now() + seconds
        self.interrupted = False

    def remaining(self) -> float:
        return 0.0 if self.interrupted else max(0.0, self._end - self._now())

    def pause(self, seconds: float) -> bool:
        """Waits so long; False if the clock has run out by then. For threads other than the main one."""
        threading.Event().wait(min(seconds, self.remaining()))
        return self.remaining() > 0

    def over(self) -> Answer[Any]:
        """What a question comes to that is still open now."""
        return Answer(kind="interrupted" if self.interrupted else "deadline")

    def wait(self, event: threading.Event) -> bool:
        """Whether the event came in time. Ctrl-C ends this wait, and every later one."""
        try:
            return event.wait(self.remaining())
        except KeyboardInterrupt:
            self.interrupted = True
            return event.is_set()


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
        if not self._clock.wait(self._answered):
            return self._clock.over()
        if self._failure is not None:
            raise self._failure
        assert self._answer is not None
        return self._answer


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
