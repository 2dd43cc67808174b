"""The pace against a limit like AWS's, on a clock of the test's own: no call waits for real."""

from __future__ import annotations

import heapq

import pytest
from pulumi_aws_identity_center.aws.pace import Pace


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


class Server:
    """Takes one call after the other, each so long: calls that have left may wait there while the pace changes."""

    def __init__(self, seconds: float) -> None:
        self.seconds, self.free = seconds, 0.0

    def done(self, moment: float) -> float:
        self.free = max(moment, self.free) + self.seconds
        return self.free


def _simulate(calls: int, threads: int, latency: float, limit: Limit, server: Server) -> tuple[float, int]:
    """How long the calls take at the pace, and how many of them were throttled. After each answer the thread makes
    another call, which isn't paced."""
    clock = [0.0]
    pace = Pace(lambda: clock[0])
    left, refused = calls, 0
    sent = [0.0] * threads
    events = [(0.0, thread, "turn") for thread in range(threads)]
    while left > 0:
        clock[0], thread, what = heapq.heappop(events)
        moment, then = clock[0] + latency / 2, "turn"
        if what == "arrives":
            moment, then = server.done(clock[0]), "is judged"
        elif what == "is judged":
            then = "answered" if limit.takes(clock[0]) else "refused"
        elif what == "answered":
            pace.answered()
            left -= 1
            moment = server.done(clock[0] + latency / 2) + latency / 2
        elif what == "refused":
            refused += 1
            moment = clock[0] + pace.throttled(sent[thread])
        elif wait := pace.turn():
            moment = clock[0] + wait
        else:
            sent[thread], then = clock[0], "arrives"
        heapq.heappush(events, (moment, thread, then))
    return clock[0], refused


@pytest.mark.parametrize(("rate", "burst"), [(100, 200), (25, 100), (600, 600)])
@pytest.mark.parametrize(("latency", "busy"), [(0.01, 0.0), (0.03, 0.0), (0.03, 0.0015), (0.03, 0.0025), (0.2, 0.0)])
def test_the_pace_stays_near_the_limit_and_is_seldom_throttled(
    rate: float, burst: float, latency: float, busy: float
) -> None:
    calls, threads = 1000, 32
    seconds, refused = _simulate(calls, threads, latency, Limit(rate, burst), Server(busy))
    least = max((calls - burst) / rate, 2 * calls * (latency + busy) / threads, 2 * calls * busy)
    assert seconds <= 1.1 * least + 2 * latency
    # Each account takes two calls, of which one is paced. Two seconds at a slow limit may cost a refusal.
    assert refused <= 0.022 * 2 * calls + 0.5 * least


def test_without_throttling_nothing_waits() -> None:
    pace = Pace()
    for _ in range(1000):
        assert pace.turn() == 0
        pace.answered()
    assert pace.rate is None


def test_the_pace_stays_just_below_the_measured_rate() -> None:
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


def test_throttling_for_other_reasons_does_not_stop_the_calls() -> None:
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
    assert pace.rate is not None
    assert pace.rate > slow * 50
