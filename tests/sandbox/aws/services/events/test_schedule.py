"""When schedules come due."""

from __future__ import annotations

import datetime

import pytest

from sandbox.aws.core.errors import AwsError
from sandbox.aws.services.events.schedule import next_time
from tests.walk import walk

START = "2030-01-30T08:00:30+00:00"  # a Wednesday


@walk(
    ("expression", "due"),
    [
        ("rate(1 minute)", "2030-01-30T08:01:30"),
        ("rate(5 minutes)", "2030-01-30T08:05:30"),
        ("rate(2 days)", "2030-02-01T08:00:30"),
        ("cron(* * * * ? *)", "2030-01-30T08:01:00"),
        ("cron(0 8 * * ? *)", "2030-01-31T08:00:00"),
        ("cron(0/15 8-9 * * ? *)", "2030-01-30T08:15:00"),
        ("cron(30 7 ? * MON-FRI *)", "2030-01-31T07:30:00"),
        ("cron(0 0 1 JAN,MAR ? *)", "2030-03-01T00:00:00"),
    ],
)
def test_a_schedule_comes_due_next(expression: str, due: str) -> None:
    moment = next_time(expression, datetime.datetime.fromisoformat(START).timestamp())
    assert moment == datetime.datetime.fromisoformat(f"{due}+00:00").timestamp()


def test_a_schedule_of_a_past_year_is_over() -> None:
    assert next_time("cron(0 0 1 1 ? 2020)", datetime.datetime.fromisoformat(START).timestamp()) is None


@walk(
    "expression",
    [
        *("rate(1 fortnight)", "rate(0 minutes)", "rate(1 minutes)", "rate(5 minute)", "daily"),
        *("cron(0 0 L * ? *)", "cron(99 0 1 1 ? *)", "cron(0 0 * * * *)", "cron(0 0 ? * ? *)", "cron(0 0 1 * MON *)"),
    ],
)
def test_what_is_no_schedule_is_refused(expression: str) -> None:
    with pytest.raises(AwsError):
        next_time(expression, 0.0)
