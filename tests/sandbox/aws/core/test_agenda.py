"""What is to happen at a time of the sandbox's clock."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator

import pytest

from sandbox.aws.core.agenda import Agenda
from sandbox.aws.core.clock import Source


@pytest.fixture
def source() -> Source:
    return Source(start=100.0)


@pytest.fixture
def agenda(source: Source) -> Iterator[Agenda]:
    running_agenda = Agenda(source)
    running_agenda.start(contextlib.nullcontext)
    yield running_agenda
    running_agenda.stop()


def _last(agenda: Agenda) -> threading.Event:
    """Is set when all that is due by now has happened."""
    happened = threading.Event()
    agenda.at(0.0, lambda: agenda.at(1_000.0, happened.set))
    return happened


def test_actions_happen_in_the_order_of_their_times(agenda: Agenda, source: Source) -> None:
    events: list[str] = []
    agenda.at(130.0, lambda: events.append("late"))
    agenda.at(110.0, lambda: events.append("early"))
    last = _last(agenda)
    source.move(10)
    assert events in ([], ["early"])
    source.move(1_000)
    assert last.wait(10)
    assert events == ["early", "late"]


def test_a_clock_that_runs_gets_there_by_itself() -> None:
    source = Source()
    agenda = Agenda(source)
    agenda.start(contextlib.nullcontext)
    happened = threading.Event()
    agenda.at(source.now() + 0.05, happened.set)
    assert happened.wait(10)
    agenda.stop()


def test_a_failed_action_lets_the_next_one_happen(
    agenda: Agenda, source: Source, capsys: pytest.CaptureFixture[str]
) -> None:
    happened = threading.Event()
    agenda.at(101.0, lambda: [][0])
    agenda.at(102.0, happened.set)
    source.move(5)
    assert happened.wait(10)
    assert "IndexError" in capsys.readouterr().err


def test_what_is_to_come_never_happens_after_the_end(source: Source) -> None:
    agenda = Agenda(source)
    agenda.start(contextlib.nullcontext)
    agenda.at(200.0, lambda: pytest.fail("it happened"))
    agenda.stop()
    source.move(200)
    assert not agenda.is_idle()
