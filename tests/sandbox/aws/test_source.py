"""Times and ids that repeat, and a clock that moves."""

from __future__ import annotations

import pytest

from sandbox.aws.source import Source


def test_the_same_seed_gives_the_same_ids() -> None:
    first, second, other = Source(seed=1), Source(seed=1), Source(seed=2)
    assert [first.text(8) for _ in range(3)] == [second.text(8) for _ in range(3)]
    assert first.text(8) != other.text(8)


def test_a_stopped_clock_moves_only_when_it_is_moved_and_never_back() -> None:
    source = Source(start=100.0)
    assert (source.now(), source.now()) == (100.0, 100.0)
    source.move(5)
    assert source.now() == 105.0
    with pytest.raises(ValueError, match="back"):
        source.move(-1)
