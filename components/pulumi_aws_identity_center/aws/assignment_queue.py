"""Makes and deletes account assignments at AWS's limits, and never above them.

One queue for the whole plugin process. `assignment_backlog.py` decides what is sent next and when to look at AWS's
statuses; the client keeps to AWS's request rate. What AWS works on is watched by the list of statuses, a page for all.
One list of the failed ones proves that the others succeeded; a status by itself is read for failures only.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable

from .assignment_backlog import Backlog, Batch, Listener, Task
from .assignments import Action, Order, list_requests, read_failure, send_order
from .provider_client import CANCEL_TIMEOUT, CONFLICT, CallFailed, ProviderClient

OUTSTANDING = 15
ACTIONS: tuple[Action, ...] = ("create", "delete")
_FIRST_PAUSE, _LONGEST_PAUSE = 0.3, 10.0
# While orders can be sent, AWS's statuses are looked at this seldom.
_LOOK_WHILE_SENDING = 1.0
# Failures are listed when fewer orders wait than this, so that callers can bring more; or after so many seconds.
_ENOUGH_WAITING = 2 * OUTSTANDING
_VERIFY_EVERY = 5.0
# For how long AWS may say IN_PROGRESS, and a conflict or throttling is tried again.
ASSIGNMENT_TIMEOUT = 1800.0
CANCELLED = "cancelled before it was sent to AWS"


def _ignore(order: Order, reason: str | None, /) -> None:
    """Nobody listens."""


class AssignmentQueue:
    """Threads start with the first order and live as long as the process."""

    def __init__(
        self, client: ProviderClient, outstanding: int = OUTSTANDING, patience: float = ASSIGNMENT_TIMEOUT
    ) -> None:
        self._client = client
        self._senders = outstanding
        self._patience = patience
        self._changed = threading.Condition()  # guards all that follows
        self._backlog = Backlog(outstanding)
        self._verified = 0.0
        self._threads: list[threading.Thread] = []
        self._stopped: float | None = None

    def run(self, orders: Iterable[Order], on_finished: Listener = _ignore) -> dict[Order, str]:
        """Waits until each order is done, has failed, or was cancelled. Returns why, for those that are not done.

        on_finished: called for each order, with None or the reason.
        """
        batch = Batch(orders, on_finished)
        if not self._add(batch):
            for order in sorted(batch.left):
                batch.finish(order, CANCELLED)
        return batch.wait()

    def stop(self) -> None:
        """Sends nothing more. What AWS is working on is still waited for, for CANCEL_TIMEOUT seconds."""
        with self._changed:
            self._stopped = time.monotonic()
            cancelled = self._backlog.cancel_waiting()
            self._changed.notify_all()
        for task in cancelled:
            self._finish(task, CANCELLED)

    @property
    def is_stopped(self) -> bool:
        return self._stopped is not None

    @property
    def is_busy(self) -> bool:
        """Whether an order is on its way."""
        with self._changed:
            return self._backlog.has_tasks

    def _add(self, batch: Batch) -> bool:
        """Whether the queue takes orders."""
        with self._changed:
            if self._stopped is not None:
                return False
            now = time.monotonic()
            for order in sorted(batch.left):
                self._backlog.add(order, batch, now)
            self._start_threads()
            self._changed.notify_all()
        return True

    def _start_threads(self) -> None:
        if self._threads:
            return
        targets = [*[self._send_all] * self._senders, self._watch_all]
        self._threads = [threading.Thread(target=target, daemon=True) for target in targets]
        for thread in self._threads:
            thread.start()

    def _finish(self, task: Task, reason: str | None) -> None:
        with self._changed:
            batches = self._backlog.forget(task)
        for batch in batches:
            batch.finish(task.order, reason)

    # --- sending ---

    def _send_all(self) -> None:
        while True:
            with self._changed:
                while (task := self._backlog.take_next(time.monotonic())) is None:
                    # Also for tasks that become due: nobody notifies of those.
                    self._changed.wait(0.2 if self._backlog.waiting_count else None)
            self._send(task)

    def _send(self, task: Task) -> None:
        try:
            request = send_order(self._client, task.order)
        except CallFailed as error:
            self._refuse(task, error)
            return
        with self._changed:
            self._backlog.note_sent(task, request, time.monotonic())
            self._changed.notify_all()

    def _refuse(self, task: Task, error: CallFailed) -> None:
        now = time.monotonic()
        with self._changed:
            self._backlog.note_refused(task)
            is_sent_again = self._may_succeed_later(task, error, now)
            if is_sent_again:
                task.pause = min(max(2 * task.pause, _FIRST_PAUSE), _LONGEST_PAUSE)
                self._backlog.send_again(task, due=now + task.pause)
            self._changed.notify_all()
        if not is_sent_again:
            self._finish(task, self._reason(task.order, error))

    def _reason(self, order: Order, error: CallFailed) -> str | None:
        """Why an order that isn't sent again is not done; None if AWS shows that it is done already."""
        if order.action == "delete" and error.is_not_found:
            return None
        was_not_begun = error.kind == "throttled" or error.code == CONFLICT
        return CANCELLED if self.is_stopped and was_not_begun else error.explanation

    def _may_succeed_later(self, task: Task, error: CallFailed, now: float) -> bool:
        is_passing = error.is_transient or error.code == CONFLICT
        return is_passing and now - task.started <= self._patience and self._stopped is None

    # --- watching what AWS is working on ---

    def _watch_all(self) -> None:
        while True:
            with self._changed:
                while not self._backlog.outstanding and not self._backlog.unverified:
                    self._changed.wait()
                self._wait_to_look()
            for action in ACTIONS:
                self._look(action)
                self._verify(action)

    def _wait_to_look(self) -> None:
        """Until there is something to ask AWS. `Backlog.next_look` changes with what is sent meanwhile."""
        deadline = time.monotonic() + _LOOK_WHILE_SENDING
        while self._backlog.outstanding or not self._is_time_to_verify():
            now = time.monotonic()
            look = self._backlog.next_look(now)
            seconds = (deadline if look is None else look) - now
            if seconds <= 0:
                return
            self._changed.wait(seconds)

    def _look(self, action: Action) -> None:
        """Takes out what AWS has finished with."""
        with self._changed:
            tasks = [task for task in self._backlog.outstanding.values() if task.order.action == action]
        if not tasks:
            return
        watched = {task.request for task in tasks}
        asked_at = time.monotonic()
        try:
            listed = list_requests(self._client, action, {task.order.instance for task in tasks}, "IN_PROGRESS")
        except CallFailed as error:
            self._give_up(tasks, f"its status could not be read: {error.explanation}")
            return
        with self._changed:
            self._backlog.note_look(watched, watched & listed, time.monotonic())
            self._changed.notify_all()
        self._expire([task for task in tasks if task.request in listed], asked_at)

    def _verify(self, action: Action) -> None:
        """Tells failed from done, by one list for all that finished; and for those that failed reads why."""
        with self._changed:
            tasks = [task for task in self._backlog.unverified.values() if task.order.action == action]
            if not tasks or not self._is_time_to_verify():
                return
        try:
            failed = list_requests(self._client, action, {task.order.instance for task in tasks}, "FAILED")
            reasons = {
                task.request: read_failure(self._client, task.order, task.request)
                for task in tasks
                if task.request in failed
            }
        except CallFailed as error:
            reasons = {task.request: f"its status could not be read: {error.explanation}" for task in tasks}
        with self._changed:
            self._verified = time.monotonic()
            for task in tasks:
                del self._backlog.unverified[task.request]
        for task in tasks:
            self._finish(task, reasons.get(task.request))

    def _is_time_to_verify(self) -> bool:
        if time.monotonic() - self._verified > _VERIFY_EVERY:
            return True
        return self._backlog.has_finished_batch() and self._backlog.waiting_count < _ENOUGH_WAITING

    def _expire(self, tasks: list[Task], now: float) -> None:
        """Gives up what AWS has worked on for too long."""
        if self._stopped is not None and now - self._stopped > CANCEL_TIMEOUT:
            self._give_up(tasks, "cancelled while AWS was working on it")
            return
        late = [task for task in tasks if now - task.started > self._patience]
        self._give_up(late, f"AWS still says IN_PROGRESS after {self._patience / 60:.0f} minutes")

    def _give_up(self, tasks: list[Task], reason: str) -> None:
        with self._changed:
            for task in tasks:
                self._backlog.remove_outstanding(task)
            self._changed.notify_all()
        for task in tasks:
            self._finish(task, reason)
