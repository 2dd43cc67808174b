"""The pace against a limit like AWS's, on a clock of the test's own: no call waits for real."""

from __future__ import annotations

import heapq

import pytest
from pulumi_aws_identity_center.audit.pace import Pace


class Limit:
    """A token bucket: so many calls a second, so many at once after a pause."""

    def __init__(self, rate: float, burst: float) -> None:
        self.rate, self.burst, self.tokens, self.moment = rate, burst, burst, 0.0

    def takes(self, moment: float) -> bool:
        self.tokens = min(self.burst, self.tokens + (moment - self.moment) * self.rate)
        self.moment = moment
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True


def _simulate(calls: int, threads: int, latency: float, limit: Limit) -> tuple[float, int]:
    """How long the calls take at the pace, and how many of them were throttled."""
    clock = [0.0]
    pace = Pace(lambda: clock[0])
    left, refused = calls, 0
    # When, which thread, and whether its call arrives then; otherwise it asks for its turn.
    events = [(0.0, thread, False) for thread in range(threads)]
    while left > 0:
        clock[0], thread, arrives = heapq.heappop(events)
        pause = 0.0
        if arrives and limit.takes(clock[0]):
            pace.answered()
            left -= 1
        elif arrives:
            pause = pace.throttled()
            refused += 1
        wait = pause or pace.turn()
        heapq.heappush(events, (clock[0] + (wait or latency), thread, not wait))
    return clock[0], refused


@pytest.mark.parametrize(("rate", "burst"), [(100, 200), (20, 20), (600, 600), (10, 100)])
@pytest.mark.parametrize("latency", [0.02, 0.2])
def test_it_takes_little_longer_than_the_limit_dictates_and_is_seldom_throttled(
    rate: float, burst: float, latency: float
) -> None:
    calls, threads = 1000, 32
    seconds, refused = _simulate(calls, threads, latency, Limit(rate, burst))
    least = max((calls - burst) / rate, calls * latency / threads)
    assert seconds <= 1.2 * least
    assert refused <= calls * 0.2


def test_without_throttling_nothing_waits() -> None:
    pace = Pace()
    for _ in range(1000):
        assert pace.turn() == 0
        pace.answered()
    assert pace.rate is None


def test_a_limit_that_rose_is_found_again() -> None:
    moment = [0.0]
    pace = Pace(lambda: moment[0])
    pace.throttled()
    for _ in range(5):
        moment[0] += 0.2
        pace.answered()
    slow = pace.rate
    assert slow == pytest.approx(5 * 0.97)
    for _ in range(60):
        moment[0] += 1
        pace.answered()
    assert pace.rate is not None
    assert pace.rate > slow * 50
