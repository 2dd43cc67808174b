"""Times and ids that repeat, and a clock that moves."""

from __future__ import annotations

import pytest

from sandbox.aws import SandboxError
from sandbox.aws.core.clock import Source, moment_of
from tests.walk import walk


def test_the_same_seed_gives_the_same_ids() -> None:
    first, second, other_seed = Source(seed=1), Source(seed=1), Source(seed=2)
    assert [first.text(8) for _ in range(3)] == [second.text(8) for _ in range(3)]
    assert first.text(8) != other_seed.text(8)


def test_a_stopped_clock_moves_only_forward_when_moved() -> None:
    source = Source(start=100.0)
    assert (source.now(), source.now()) == (100.0, 100.0)
    source.move(5)
    assert source.now() == 105.0
    with pytest.raises(ValueError, match="back"):
        source.move(-1)


def test_a_call_moves_a_stopped_clock_by_its_tick() -> None:
    source = Source(start=100.0, tick=0.5)
    source.tick()
    source.tick()
    assert source.now() == 101.0
    still = Source(start=100.0)
    still.tick()
    assert still.now() == 100.0


def test_a_set_clock_goes_on_or_stands_still(monkeypatch: pytest.MonkeyPatch) -> None:
    real = [1_000.0]
    monkeypatch.setattr("sandbox.aws.core.clock.time.time", lambda: real[0])
    source = Source()
    source.start_at(5_000.0, stopped=False)
    real[0] += 7
    assert source.now() == 5_007.0
    source.start_at(9_000.0, stopped=True)
    real[0] += 7
    assert source.now() == 9_000.0


@walk(
    ("text", "moment"),
    [("2030-01-31", 1896048000.0), ("2030-01-31T08:00:00Z", 1896076800.0), ("2030-01-31T10:00:00+02:00", 1896076800.0)],
)
def test_times_are_read_as_utc_unless_they_say_otherwise(text: str, moment: float) -> None:
    assert moment_of(text) == moment


def test_what_is_no_time_is_refused_with_one_that_is() -> None:
    with pytest.raises(SandboxError, match="2030-01-31"):
        moment_of("soon")
