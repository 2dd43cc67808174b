"""Which account assignment is sent next, and when it is worth a request to look how far AWS is. No I/O, no threads.

An order waits, is sent, is outstanding until AWS has finished with it, and is unverified until it is known whether it
failed. AWS takes 15 outstanding assignments (singlesignon/latest/userguide/limits.html) and one an account at a time
(the same page: "1 role in an account can be updated at a time").
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from threading import Event, Lock
from typing import Protocol

from .assignments import Order

# Seconds from one look at AWS's statuses to the next: at least, and for an assignment that hangs.
LEAST_GAP, LONGEST_GAP = 0.05, 10.0
# An assignment that is overdue is looked at again after so much of the time by which it is.
_GAP_OF_DELAY = 0.25
# A little less than the last ones took, so that the estimate can fall.
_EXPECTED_SHARE = 0.9


class Listener(Protocol):
    def __call__(self, order: Order, reason: str | None, /) -> None: ...


class Batch:
    """The orders of one caller. in_aws: how many AWS has not finished with. left: those whose outcome isn't known."""

    def __init__(self, orders: Iterable[Order], listener: Listener) -> None:
        self._listener = listener
        self._lock = Lock()
        self._over = Event()
        self.left = set(orders)
        self.in_aws = len(self.left)
        self.failures: dict[Order, str] = {}

    def finish(self, order: Order, reason: str | None) -> None:
        self._listener(order, reason)
        with self._lock:
            self.left.discard(order)
            if reason is not None:
                self.failures[order] = reason
            if not self.left:
                self._over.set()

    def wait(self) -> dict[Order, str]:
        if self.left:
            self._over.wait()
        return self.failures


@dataclass
class Task:
    """An order, and whoever waits for it. due: when it may be sent. pause: before it was sent again. look_at: when AWS
    is expected to have finished with it."""

    order: Order
    started: float
    batches: list[Batch] = field(default_factory=list)
    due: float = 0.0
    pause: float = 0.0
    request: str = ""
    sent: float = 0.0
    look_at: float = 0.0
    is_finished_by_aws: bool = False

    def mark_finished_by_aws(self) -> None:
        if not self.is_finished_by_aws:
            self.is_finished_by_aws = True
            for batch in self.batches:
                batch.in_aws -= 1


class Backlog:
    """Not thread-safe: whoever shares it holds a lock. Moments are seconds of one clock."""

    def __init__(self, most_outstanding: int) -> None:
        self._most = most_outstanding
        self._tasks: dict[Order, Task] = {}
        self._waiting: OrderedDict[str, deque[Task]] = OrderedDict()
        self._busy_accounts: set[str] = set()
        self._sending = 0
        self._looked = 0.0
        self._expected_seconds = LEAST_GAP
        self.outstanding: dict[str, Task] = {}
        self.unverified: dict[str, Task] = {}

    # --- orders that wait ---

    def add(self, order: Order, batch: Batch, now: float) -> None:
        """An order that is asked for twice while it is on its way is one task."""
        task = self._tasks.get(order)
        if task is None:
            task = self._tasks[order] = Task(order, started=now)
            self._wait(task)
        task.batches.append(batch)
        batch.in_aws -= task.is_finished_by_aws

    def _wait(self, task: Task) -> None:
        self._waiting.setdefault(task.order.grant.account, deque()).append(task)

    @property
    def has_tasks(self) -> bool:
        return bool(self._tasks)

    @property
    def waiting_count(self) -> int:
        return sum(map(len, self._waiting.values()))

    def cancel_waiting(self) -> list[Task]:
        tasks = [task for tasks in self._waiting.values() for task in tasks]
        self._waiting.clear()
        return tasks

    def _free_account(self, now: float) -> str | None:
        """An account for which something waits that may be sent now."""
        if len(self.outstanding) + self._sending >= self._most:
            return None
        for account, tasks in self._waiting.items():
            if account not in self._busy_accounts and tasks[0].due <= now:
                return account
        return None

    # --- orders that are sent ---

    def take_next(self, now: float) -> Task | None:
        """The next task that may be sent; its account and its place are taken."""
        account = self._free_account(now)
        if account is None:
            return None
        tasks = self._waiting.pop(account)
        task = tasks.popleft()
        if tasks:
            self._waiting[account] = tasks  # behind the other accounts
        self._busy_accounts.add(account)
        self._sending += 1
        return task

    def note_sent(self, task: Task, request: str, now: float) -> None:
        self._sending -= 1
        task.request, task.sent, task.pause = request, now, 0.0
        task.look_at = now + self._expected_seconds
        self.outstanding[request] = task

    def note_refused(self, task: Task) -> None:
        self._sending -= 1
        self._busy_accounts.discard(task.order.grant.account)

    def send_again(self, task: Task, due: float) -> None:
        task.due = due
        account = task.order.grant.account
        self._waiting.setdefault(account, deque()).appendleft(task)

    # --- what AWS is working on ---

    def next_look(self, now: float) -> float | None:
        """When to look; None while there is nothing to look at, or an order can be sent: the requests are for that."""
        if not self.outstanding or self._sending or self._free_account(now) is not None:
            return None
        expected = min(task.look_at for task in self.outstanding.values())
        return max(expected, self._looked + LEAST_GAP)

    def note_look(self, requests: Iterable[str], in_progress: Iterable[str], now: float) -> None:
        """requests: those that were asked about. in_progress: those of them that AWS is still working on."""
        unfinished = set(in_progress)
        finished = [self.outstanding[request] for request in requests if request not in unfinished]
        if finished:
            youngest_age = now - max(task.sent for task in finished)
            self._expected_seconds = _EXPECTED_SHARE * youngest_age
        for task in finished:
            self.remove_outstanding(task)
            self.unverified[task.request] = task
            task.mark_finished_by_aws()
        for request in unfinished:
            task = self.outstanding[request]
            expected = task.sent + self._expected_seconds
            gap = min(max(LEAST_GAP, _GAP_OF_DELAY * (now - expected)), LONGEST_GAP)
            task.look_at = max(expected, now + gap)
        self._looked = now

    def remove_outstanding(self, task: Task) -> None:
        del self.outstanding[task.request]
        self._busy_accounts.discard(task.order.grant.account)

    def has_finished_batch(self) -> bool:
        """Whether a caller waits for nothing but to know what failed."""
        return any(batch.in_aws == 0 for task in self.unverified.values() for batch in task.batches)

    def forget(self, task: Task) -> tuple[Batch, ...]:
        """Those who wait for a task that is over."""
        self._tasks.pop(task.order, None)
        task.mark_finished_by_aws()
        return tuple(task.batches)
