"""Sends an account assignments' orders to the queue, notes what is done, and reports how far it is."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from typing import Any

from pulumi_aws_identity_center.aws.assignment_queue import CANCELLED
from pulumi_aws_identity_center.aws.assignments import Grant, Order
from pulumi_aws_identity_center.errors import count

from .revocation_guard import may_administer, wait_for_another_administrator
from .run import Instance, Report, Run

_STATUS_EVERY = 0.5
# Why a revocation is not done that another resource does later in the run.
DEFERRED = "left to the resource that grants it to somebody else"


class AssignmentWork:
    """Sends orders, notes what is done, and says how far it is."""

    def __init__(self, run: Run, instance: Instance, report: Report) -> None:
        self._run, self._instance, self._report = run, instance, report
        self._lock = threading.Lock()
        self._reported_at = 0.0

    def run(self, action: Any, grants: Iterable[Grant]) -> dict[Order, str]:
        orders = [Order(action, self._instance.arn, grant) for grant in grants]
        done = failed = 0

        def on_finished(order: Order, reason: str | None) -> None:
            nonlocal done, failed
            if reason is None:
                self._instance.holdings.note(order)
            with self._lock:
                if reason is None:
                    done += 1
                else:
                    failed += 1
                self._report_progress(done, failed, len(orders))

        return self._run.queue.run(orders, on_finished)

    def revoke(self, grants: Iterable[Grant]) -> dict[Order, str]:
        """As `run`, but the last administrator's grant stays (`revocation_guard.py`). Raises CallFailed."""
        grants = list(grants)
        guarded = [grant for grant in grants if may_administer(self._run, grant)]
        failures = self.run("delete", [grant for grant in grants if grant not in guarded])
        return failures | self._revoke_guarded(guarded) if guarded else failures

    def _revoke_guarded(self, grants: list[Grant]) -> dict[Order, str]:
        """One at a time in a run: two that go at once would each take the other for the one that stays."""
        with self._run.administration_lock:
            reason = wait_for_another_administrator(self._run, self._instance, grants)
            if reason is None:
                return self.run("delete", grants)
        return {Order("delete", self._instance.arn, grant): reason for grant in grants}

    def _report_progress(self, done: int, failed: int, total: int) -> None:
        moment = time.monotonic()
        if done + failed < total and moment - self._reported_at < _STATUS_EVERY:
            return
        self._reported_at = moment
        self._report.status(f"{done:,} of {count(total, 'account')}" + (f", {failed:,} failed" if failed else ""))


def failure_reasons(failures: dict[Order, str]) -> list[str]:
    """A sentence an account; one for all that were not sent; none for what is left to another resource."""
    verbs = {"create": "not granted", "delete": "not revoked"}
    cancelled = [order for order, reason in failures.items() if reason == CANCELLED]
    reasons = [
        f"Account {order.grant.account}: {verbs[order.action]}: {reason}"
        for order, reason in sorted(failures.items())
        if reason not in (CANCELLED, DEFERRED)
    ]
    if cancelled:
        reasons.append(f"Cancelled: {count(len(cancelled), 'account')} not begun. Run pulumi up to do the rest.")
    return reasons


def shorten_accounts(accounts: list[str]) -> str:
    return ", ".join(accounts[:5]) + (", …" if len(accounts) > 5 else "")
