"""The search for the instance: what the deadline leaves out is never "not enabled"."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, cast

import pytest
from pulumi_aws_identity_center.aws.client import Account
from pulumi_aws_identity_center.aws.concurrency import Clock
from pulumi_aws_identity_center.aws.results import Answer
from pulumi_aws_identity_center.status.checks import Check, judge
from pulumi_aws_identity_center.status.facts import Facts
from pulumi_aws_identity_center.status.gather import gather


class BlindRegion:
    """Every answer is healthy; the Region that is asked knows of no instance, and the time is over at `late`."""

    def __init__(self, good: Facts, late: str) -> None:
        self.region, self.seconds, self.end = good.region, 0.0, threading.Event()
        self._good, self._late = good, late

    def __getattr__(self, question: str) -> Callable[..., Answer[Any]]:
        def ask(*_: Any) -> Answer[Any]:
            if question == self._late:
                self.seconds = 99.0
                self.end.wait()
            return Answer([]) if question == "instances" else getattr(self._good, question, Answer([]))

        return ask

    def known_regions(self, _partition: str) -> list[str]:
        return ["us-east-1", "eu-west-1"]


@pytest.mark.parametrize("late", ["administrators", "enabled_regions"])
def test_regions_that_nobody_had_time_to_ask_leave_it_open(good: Facts, late: str) -> None:
    account = BlindRegion(good, late)
    facts = gather(cast(Account, account), Clock(9, now=lambda: account.seconds))
    account.end.set()
    checks: dict[str, Check] = {check.id: check for check in judge(facts)}
    assert checks["instance"].result == "undetermined"
    assert "the deadline passed" in checks["instance"].detail
