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
    """How long the calls take at the pace, and how many of them were throttled. A thread does something else, as long
    as a call, after each answer."""
    clock = [0.0]
    pace = Pace(lambda: clock[0])
    left, refused = calls, 0
    sent = [0.0] * threads
    events = [(0.0, thread, "turn") for thread in range(threads)]
    while left > 0:
        clock[0], thread, what = heapq.heappop(events)
        after, then = latency / 2, "turn"
        if what == "arrives":
            then = "answered" if limit.takes(clock[0]) else "refused"
        elif what == "answered":
            pace.answered()
            left -= 1
            after = latency
        elif what == "refused":
            refused += 1
            after = pace.throttled(sent[thread])
        elif wait := pace.turn():
            after = wait
        else:
            sent[thread], then = clock[0], "arrives"
        heapq.heappush(events, (clock[0] + after, thread, then))
    return clock[0], refused


@pytest.mark.parametrize(("rate", "burst"), [(100, 200), (25, 100), (600, 600)])
@pytest.mark.parametrize("latency", [0.01, 0.03, 0.2])
def test_it_takes_little_longer_than_the_limit_dictates_and_is_seldom_throttled(
    rate: float, burst: float, latency: float
) -> None:
    calls, threads = 1000, 32
    seconds, refused = _simulate(calls, threads, latency, Limit(rate, burst))
    least = max((calls - burst) / rate, 2 * calls * latency / threads)
    assert seconds <= 1.05 * least + 2 * latency
    # Each account takes two calls, of which one is paced. A second at a slow limit may cost one refusal.
    assert refused <= 0.02 * 2 * calls + 0.2 * least


def test_without_throttling_nothing_waits() -> None:
    pace = Pace()
    for _ in range(1000):
        assert pace.turn() == 0
        pace.answered()
    assert pace.rate is None


def test_what_is_answered_between_two_refusals_is_the_rate_and_it_stays_just_below() -> None:
    moment = [0.0]
    pace = Pace(lambda: moment[0])
    pace.throttled(0.0)
    for _ in range(25):
        moment[0] += 0.02
        pace.answered()
    pace.throttled(moment[0])
    assert pace.rate == pytest.approx(50 * 0.97)
    before = pace.rate
    pace.throttled(0.1)  # left before the rate was lowered
    assert pace.rate == before


def test_throttling_that_has_nothing_to_do_with_the_rate_does_not_bring_it_to_a_stop() -> None:
    moment = [0.0]
    pace = Pace(lambda: moment[0])
    for _ in range(100):
        moment[0] += 1
        pace.throttled(moment[0])
    assert pace.rate == 20


def test_a_limit_that_rose_is_found_again() -> None:
    moment = [0.0]
    pace = Pace(lambda: moment[0])
    pace.throttled(0.0)
    slow = pace.rate
    assert slow is not None
    for _ in range(60):
        moment[0] += 1
        pace.answered()
    assert pace.rate > slow * 50
