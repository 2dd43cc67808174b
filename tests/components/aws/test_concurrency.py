"""Deadlines and Ctrl-C: answers stay, and every other question says why it is open."""

from __future__ import annotations

import signal
import threading

import pytest
from pulumi_aws_identity_center.aws.concurrency import Clock, Crew, Question, Stop
from pulumi_aws_identity_center.aws.results import Answer


def test_an_answer_in_time_is_the_answer() -> None:
    assert Question(Clock(30), lambda: Answer(7)).answer() == Answer(7)


def test_at_the_deadline_answers_stay() -> None:
    never = threading.Event()
    clock = Clock(0.2)
    quick = Question(clock, lambda: Answer(7))
    slow = Question(clock, lambda: Answer(never.wait()))
    assert slow.answer().kind == "deadline"
    assert quick.answer() == Answer(7)
    never.set()


def test_ctrl_c_keeps_the_answers_and_waits_for_nothing() -> None:
    never = threading.Event()
    stop = Stop()
    clock = Clock(3600, stop)
    quick = Question(clock, lambda: Answer(7))
    assert quick.answer().ok
    with stop.listening():
        slow = [Question(clock, lambda: Answer(never.wait())) for _ in range(2)]
        threading.Timer(0.1, signal.raise_signal, [signal.SIGINT]).start()
        assert slow[0].answer().kind == "interrupted"
    assert slow[1].answer().kind == "interrupted"
    assert quick.answer() == Answer(7)
    assert not stop.pause(3600)
    never.set()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_second_signal_ends_it_at_once(number: signal.Signals) -> None:
    came: list[int] = []
    before = signal.signal(number, lambda given, _frame: came.append(given))
    try:
        stop = Stop()
        with stop.listening():
            signal.raise_signal(number)
            assert (stop.asked, came) == (True, [])
            signal.raise_signal(number)
            assert came == [number]
        signal.raise_signal(number)
        assert came == [number] * 2
    finally:
        signal.signal(number, before)


def test_a_bug_in_a_question_is_raised_to_the_waiter() -> None:
    with pytest.raises(ZeroDivisionError):
        Question(Clock(30), lambda: Answer(1 // 0)).answer()


def test_a_crew_asks_about_every_item_within_its_size() -> None:
    lock, busy, most = threading.Lock(), 0, 0
    both = threading.Barrier(2)

    def ask(number: int) -> Answer[int]:
        nonlocal busy, most
        with lock:
            busy += 1
            most = max(most, busy)
        both.wait(30)  # two have to be here together
        with lock:
            busy -= 1
        return Answer(number * 2)

    crew: Crew[int, int] = Crew(Clock(60), [ask, ask])
    for number in range(10):
        crew.add(number)
    assert [(item, answer.value) for item, answer in crew.answers()] == [(n, n * 2) for n in range(10)]
    assert most == 2


def test_a_crew_keeps_what_it_has_at_the_deadline() -> None:
    never = threading.Event()
    crew: Crew[int, int] = Crew(Clock(0.3), [lambda n: Answer(n) if n < 2 else Answer(never.wait() and n)])
    for number in range(4):
        crew.add(number)
    assert [answer.kind for _, answer in crew.answers()] == ["", "", "deadline", "deadline"]
    never.set()
