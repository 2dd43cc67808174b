"""What is sent next, and when AWS's statuses are worth a request: on moments of the test's own."""

from __future__ import annotations

import itertools
import math
import random

import pytest
from pulumi_aws_identity_center.aws.assignment_backlog import LEAST_GAP, LONGEST_GAP, Backlog, Batch, Task
from pulumi_aws_identity_center.aws.assignments import Grant, Order

from tests.walk import walk


def backlog(*accounts: str, most: int = 15) -> tuple[Backlog, Batch]:
    orders = [
        Order("create", "instance", Grant(account, f"set-{number}", "GROUP", "group"))
        for number, account in enumerate(accounts)
    ]
    batch = Batch(orders, lambda order, reason: None)
    waiting = Backlog(most)
    for order in orders:
        waiting.add(order, batch, now=0.0)
    return waiting, batch


def send_all(made: Backlog, now: float) -> list[Task]:
    tasks = []
    while (task := made.take_next(now)) is not None:
        made.note_sent(task, f"request-{task.order.grant.permission_set}", now)
        tasks.append(task)
    return tasks


def test_accounts_take_turns_one_order_each() -> None:
    waiting, _ = backlog("a", "a", "b")
    assert [task.order.grant.account for task in send_all(waiting, 0.0)] == ["a", "b"]
    waiting.note_look(["request-set-0"], [], 1.0)
    assert [task.order.grant.permission_set for task in send_all(waiting, 1.0)] == ["set-1"]


def test_a_task_that_is_due_later_waits() -> None:
    waiting, _ = backlog("a")
    task = waiting.take_next(0.0)
    assert task is not None
    waiting.note_refused(task)
    waiting.send_again(task, due=5.0)
    assert waiting.take_next(4.9) is None
    assert waiting.take_next(5.0) is task


def test_nobody_looks_while_an_order_can_be_sent() -> None:
    waiting, _ = backlog("a", "b", "a")
    assert waiting.next_look(0.0) is None
    first = waiting.take_next(0.0)
    assert first is not None
    waiting.note_sent(first, "first", 0.0)
    assert waiting.next_look(0.0) is None
    send_all(waiting, 0.0)
    assert waiting.next_look(0.0) is not None


def test_the_next_read_comes_when_the_oldest_should_be_done() -> None:
    waiting, _ = backlog("a", "a")
    send_all(waiting, 0.0)
    waiting.note_look(["request-set-0"], [], 2.0)  # it took two seconds
    send_all(waiting, 2.0)
    look = waiting.next_look(2.0)
    assert look == pytest.approx(4.0, abs=0.25)


def test_one_that_hangs_is_looked_at_ever_more_seldom() -> None:
    waiting, _ = backlog("a")
    send_all(waiting, 0.0)
    now, looks = 0.0, []
    while now < 600:
        look = waiting.next_look(now)
        assert look is not None
        now = look
        looks.append(now)
        waiting.note_look(["request-set-0"], ["request-set-0"], now)
    gaps = [later - earlier for earlier, later in itertools.pairwise(looks)]
    assert gaps == pytest.approx(sorted(gaps))
    assert gaps[0] == pytest.approx(LEAST_GAP)
    assert gaps[-1] == LONGEST_GAP


def test_a_batch_is_finished_by_aws_before_it_is_verified() -> None:
    waiting, batch = backlog("a", "b")
    send_all(waiting, 0.0)
    waiting.note_look(["request-set-0", "request-set-1"], ["request-set-1"], 1.0)
    assert not waiting.has_finished_batch()
    waiting.note_look(["request-set-1"], [], 2.0)
    assert waiting.has_finished_batch()
    assert len(batch.left) == 2


def _possible_share(seconds: float) -> float:
    """Of what the two limits allow without any status, the most that is possible with them.

    With a look every T seconds, 20 - 1/T orders leave a second. AWS has finished with an order after `seconds`, and the
    next look shows it up to T later, so that 15 outstanding are (20 - 1/T) * (seconds + T): a quadratic equation.
    """
    rate, outstanding = 20 / 1.01, 15
    linear = rate * seconds - 1 - outstanding
    gap = (-linear + math.sqrt(linear**2 + 4 * rate * seconds)) / (2 * rate)
    return (rate - 1 / gap) / min(20, outstanding / seconds)


@walk("seconds", [0.1, 0.2, 0.3, 0.5, 0.6, 0.75, 1.0, 2.0, 5.0])
def test_looks_leave_the_orders_what_is_possible(seconds: float) -> None:
    """Simulated: 20 requests in any second, 15 outstanding."""
    waiting, _ = backlog(*(f"account-{number}" for number in range(1500)))
    now = 0.0
    calls: list[float] = []

    def wait_for_turn() -> None:
        nonlocal now
        if len(calls) >= 20:
            now = max(now, calls[-20] + 1.01)
        calls.append(now)
        now += 0.005

    while waiting.waiting_count or waiting.outstanding:
        task = waiting.take_next(now)
        if task is not None:
            wait_for_turn()
            waiting.note_sent(task, f"request-{task.order.grant.permission_set}", now)
            continue
        look = waiting.next_look(now)
        assert look is not None
        now = max(now, look)
        wait_for_turn()
        outstanding = list(waiting.outstanding)
        waiting.note_look(
            outstanding, [request for request in outstanding if waiting.outstanding[request].sent + seconds > now], now
        )
    assert max(1500 / 20, 1500 * seconds / 15) / now > 0.95 * _possible_share(seconds)


def test_any_order_of_events_keeps_to_the_limits() -> None:
    chance = random.Random(7)
    waiting, _ = backlog(*(f"account-{chance.randrange(6)}" for _ in range(200)), most=4)
    now = 0.0
    while waiting.waiting_count or waiting.outstanding:
        now += 0.1
        task = waiting.take_next(now)
        if task is not None and chance.random() < 0.2:
            waiting.note_refused(task)
            waiting.send_again(task, due=now + 0.3)
        elif task is not None:
            waiting.note_sent(task, f"request-{task.order.grant.permission_set}", now)
        accounts = [account_requests.order.grant.account for account_requests in waiting.outstanding.values()]
        assert len(accounts) <= 4
        assert len(accounts) == len(set(accounts))
        if chance.random() < 0.5:
            outstanding = list(waiting.outstanding)
            waiting.note_look(outstanding, [request for request in outstanding if chance.random() < 0.5], now)
    assert len(waiting.unverified) == 200
