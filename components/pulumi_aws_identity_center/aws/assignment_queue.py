"""Makes and deletes account assignments at AWS's limits, and never above them.

One queue for the whole plugin process: at most 15 outstanding assignments (singlesignon/latest/userguide/limits.html),
one an account at a time (the same page: "1 role in an account can be updated at a time"), and the request rate of
`rates.py`. What AWS works on is watched by the list of statuses, a page for all; a status by itself is read for
failures only. An order that is asked for twice while it is on its way is sent once.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from .plugin_client import CONFLICT, CallFailed, PluginClient

OUTSTANDING = 15
_SENDERS = 8
_FIRST_PAUSE, _LONGEST_PAUSE = 0.3, 10.0
_SHORTEST_LOOK, _LONGEST_LOOK = 0.05, 1.0
_JUDGE_EVERY = 2.0
# How long AWS may say IN_PROGRESS, and how long a conflict or throttling is tried again.
PATIENCE = 1800.0
# How long a cancelled update waits for what AWS is working on.
GRACE = 30.0
CANCELLED = "cancelled before it was sent to AWS"

Action = Literal["create", "delete"]
PrincipalType = str


class Grant(NamedTuple):
    """Who has which permission set in which account."""

    account: str
    permission_set: str
    principal_type: PrincipalType
    principal_id: str


class Order(NamedTuple):
    """One assignment to make or delete."""

    action: Action
    instance: str
    grant: Grant


Listener = Callable[[Order, "str | None"], None]


class _Batch:
    """The orders of one caller. open: how many AWS has not finished with. left: those whose outcome isn't known."""

    def __init__(self, orders: Iterable[Order], listener: Listener) -> None:
        self._listener = listener
        self._lock = threading.Lock()
        self._over = threading.Event()
        self.left = set(orders)
        self.open = len(self.left)
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
class _Task:
    order: Order
    batches: list[_Batch] = field(default_factory=list)
    due: float = 0.0
    pause: float = _FIRST_PAUSE
    started: float = field(default_factory=time.monotonic)
    request: str = ""
    is_released: bool = False


def _mark_released(task: _Task) -> None:
    """AWS has finished with it."""
    task.is_released = True
    for batch in task.batches:
        batch.open -= 1


class _Kind(NamedTuple):
    """Names of one action's operations in sso-admin's API."""

    send: str
    answer: str
    list: str
    rows: str
    describe: str
    request: str


_KINDS: dict[Action, _Kind] = {
    "create": _Kind(
        "create_account_assignment",
        "AccountAssignmentCreationStatus",
        "list_account_assignment_creation_status",
        "AccountAssignmentsCreationStatus",
        "describe_account_assignment_creation_status",
        "AccountAssignmentCreationRequestId",
    ),
    "delete": _Kind(
        "delete_account_assignment",
        "AccountAssignmentDeletionStatus",
        "list_account_assignment_deletion_status",
        "AccountAssignmentsDeletionStatus",
        "describe_account_assignment_deletion_status",
        "AccountAssignmentDeletionRequestId",
    ),
}


class AssignmentQueue:
    """Threads start with the first order and live as long as the process."""

    def __init__(self, client: PluginClient, outstanding: int = OUTSTANDING, patience: float = PATIENCE) -> None:
        self._client = client
        self._most = outstanding
        self._patience = patience
        self._changed = threading.Condition()
        self._tasks: dict[Order, _Task] = {}
        self._waiting: OrderedDict[str, deque[_Task]] = OrderedDict()
        self._busy: set[str] = set()
        self._outstanding: dict[str, _Task] = {}
        self._unjudged: dict[str, _Task] = {}
        self._sending = 0
        self._judged = 0.0
        self._threads: list[threading.Thread] = []
        self._stopped: float | None = None

    # --- what the provider calls ---

    def run(
        self,
        orders: Iterable[Order],
        on_finished: Listener = lambda order, reason: None,
    ) -> dict[Order, str]:
        """Waits until each order is done, has failed, or was cancelled. Returns why, for those that are not done.

        on_finished: called for each order, with None or the reason.
        """
        batch = _Batch(orders, on_finished)
        self._add(batch)
        return batch.wait()

    def stop(self) -> None:
        """Sends nothing more. What AWS is working on is still waited for, for GRACE seconds."""
        with self._changed:
            self._stopped = time.monotonic()
            waiting = [task for tasks in self._waiting.values() for task in tasks]
            self._waiting.clear()
            self._changed.notify_all()
        for task in waiting:
            self._finish(task, CANCELLED)

    @property
    def is_stopped(self) -> bool:
        return self._stopped is not None

    # --- the queue ---

    def _add(self, batch: _Batch) -> None:
        orders = sorted(batch.left)
        with self._changed:
            refused = orders if self._stopped is not None else []
            for order in orders if not refused else ():
                task = self._tasks.get(order)
                if task is None:
                    task = self._tasks[order] = _Task(order)
                    self._waiting.setdefault(order.grant.account, deque()).append(task)
                task.batches.append(batch)
                batch.open -= task.is_released
            self._start_threads()
            self._changed.notify_all()
        for order in refused:
            batch.finish(order, CANCELLED)

    def _start_threads(self) -> None:
        if self._threads:
            return
        targets = [self._send_all] * _SENDERS + [self._watch_all]
        self._threads = [threading.Thread(target=target, daemon=True) for target in targets]
        for thread in self._threads:
            thread.start()

    def _wait_to_look(self, seconds: float) -> None:
        """While there is something to send, the requests that AWS allows are for that; then so many seconds."""
        deadline = time.monotonic() + _LONGEST_LOOK
        while self._is_sending() and (left := deadline - time.monotonic()) > 0:
            self._changed.wait(left)
        self._changed.wait_for(self._is_sending, seconds)

    def _is_sending(self) -> bool:
        """Whether an order waits for its turn in the limiter, or could be sent."""
        return self._sending > 0 or self._free_account() is not None

    def _free_account(self) -> str | None:
        """An account for which something waits that may be sent now."""
        if len(self._outstanding) + self._sending >= self._most:
            return None
        moment = time.monotonic()
        for account, tasks in self._waiting.items():
            if account not in self._busy and tasks[0].due <= moment:
                return account
        return None

    def _next(self) -> _Task | None:
        """The next task that may be sent now, with its account and its place taken."""
        account = self._free_account()
        if account is None:
            return None
        tasks = self._waiting.pop(account)
        task = tasks.popleft()
        if tasks:
            self._waiting[account] = tasks  # behind the other accounts
        self._busy.add(account)
        self._sending += 1
        return task

    def _send_all(self) -> None:
        while True:
            with self._changed:
                while (task := self._next()) is None:
                    # Also for tasks that become due: nobody notifies of those.
                    self._changed.wait(0.2 if self._waiting else None)
            self._send(task)

    def _send(self, task: _Task) -> None:
        order, kind = task.order, _KINDS[task.order.action]
        try:
            status = self._client.call_once("sso-admin", kind.send, **_parameters(order))[kind.answer]
        except CallFailed as error:
            self._refused(task, error)
            return
        with self._changed:
            self._sending -= 1
            task.request = status["RequestId"]
            task.pause = _FIRST_PAUSE
            self._outstanding[task.request] = task
            self._changed.notify_all()

    def _refused(self, task: _Task, error: CallFailed) -> None:
        again = error.is_transient or error.code == CONFLICT
        expired = time.monotonic() - task.started > self._patience
        with self._changed:
            self._sending -= 1
            self._busy.discard(task.order.grant.account)
            if again and not expired and self._stopped is None:
                task.due = time.monotonic() + task.pause
                task.pause = min(2 * task.pause, _LONGEST_PAUSE)
                self._waiting.setdefault(task.order.grant.account, deque()).appendleft(task)
            self._changed.notify_all()
        if again and not expired and self._stopped is None:
            return
        is_gone = task.order.action == "delete" and error.is_not_found
        self._finish(task, None if is_gone else error.explanation)

    def _finish(self, task: _Task, reason: str | None) -> None:
        with self._changed:
            self._tasks.pop(task.order, None)
            if not task.is_released:
                _mark_released(task)
            batches = tuple(task.batches)
        for batch in batches:
            batch.finish(task.order, reason)

    # --- what AWS is working on ---

    def _watch_all(self) -> None:
        look = _SHORTEST_LOOK
        while True:
            with self._changed:
                while not self._outstanding and not self._unjudged:
                    self._changed.wait()
                self._wait_to_look(look)
            finished = sum(self._watch(action) for action in _KINDS)
            look = _SHORTEST_LOOK if finished else min(look * 1.5, _LONGEST_LOOK / 2)

    def _watch(self, action: Action) -> int:
        """Takes out what AWS has finished with. Returns how many."""
        with self._changed:
            watched = {request for request, task in self._outstanding.items() if task.order.action == action}
            instances = {self._outstanding[request].order.instance for request in watched}
        if watched:
            try:
                in_progress = self._requests(action, instances, "IN_PROGRESS")
            except CallFailed as error:
                self._give_up(watched, f"its status could not be read: {error.explanation}")
                return len(watched)
            self._release(watched - in_progress)
            self._expire(watched & in_progress)
        self._judge(action)
        return len(watched - in_progress) if watched else 0

    def _requests(self, action: Action, instances: Iterable[str], status: str) -> set[str]:
        kind = _KINDS[action]
        return {
            row["RequestId"]
            for instance in instances
            for row in self._client.rows(
                "sso-admin", kind.list, kind.rows, InstanceArn=instance, Filter={"Status": status}, MaxResults=100
            )
        }

    def _release(self, requests: set[str]) -> None:
        with self._changed:
            for request in requests:
                task = self._outstanding.pop(request)
                self._busy.discard(task.order.grant.account)
                self._unjudged[request] = task
                _mark_released(task)
            self._changed.notify_all()

    def _judge(self, action: Action) -> None:
        """Tells failed from done, by one list for all that finished; and for those that failed reads why."""
        with self._changed:
            tasks = {request: task for request, task in self._unjudged.items() if task.order.action == action}
            somebody_waits = any(batch.open == 0 for task in tasks.values() for batch in task.batches)
        if not tasks or not (somebody_waits or time.monotonic() - self._judged > _JUDGE_EVERY):
            return
        try:
            failed = self._requests(action, {task.order.instance for task in tasks.values()}, "FAILED")
            reasons = {request: self._reason(tasks[request]) for request in failed & tasks.keys()}
        except CallFailed as error:
            reasons = dict.fromkeys(tasks, f"its status could not be read: {error.explanation}")
        self._judged = time.monotonic()
        with self._changed:
            for request in tasks:
                del self._unjudged[request]
        for request, task in tasks.items():
            self._finish(task, reasons.get(request))

    def _reason(self, task: _Task) -> str | None:
        kind = _KINDS[task.order.action]
        parameters: dict[str, Any] = {"InstanceArn": task.order.instance, kind.request: task.request}
        status = self._client.call("sso-admin", kind.describe, **parameters)[kind.answer]
        reason: str = status.get("FailureReason") or "AWS gives no reason"
        if task.order.action == "delete" and "404" in reason:
            # The assignment or its principal is gone already (terraform-provider-aws reports): nothing is left to do.
            return None
        return reason

    def _expire(self, requests: set[str]) -> None:
        moment = time.monotonic()
        if self._stopped is not None and moment - self._stopped > GRACE:
            self._give_up(requests, "cancelled while AWS was working on it")
            return
        with self._changed:
            late = {one for one in requests if moment - self._outstanding[one].started > self._patience}
        self._give_up(late, f"AWS still says IN_PROGRESS after {self._patience / 60:.0f} minutes")

    def _give_up(self, requests: set[str], reason: str) -> None:
        with self._changed:
            tasks = [self._outstanding.pop(request) for request in requests]
            for task in tasks:
                self._busy.discard(task.order.grant.account)
            self._changed.notify_all()
        for task in tasks:
            self._finish(task, reason)


def _parameters(order: Order) -> dict[str, str]:
    grant = order.grant
    return {
        "InstanceArn": order.instance,
        "TargetId": grant.account,
        "TargetType": "AWS_ACCOUNT",
        "PermissionSetArn": grant.permission_set,
        "PrincipalType": grant.principal_type,
        "PrincipalId": grant.principal_id,
    }
