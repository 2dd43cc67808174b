"""The sentinel's settings as plain data."""

from __future__ import annotations

import pytest
from pulumi_aws_identity_center.domain.sentinel import alarm_period, parse_sentinel
from pulumi_aws_identity_center.errors import InvalidInput

from tests.walk import walk


def test_nothing_given_is_the_defaults() -> None:
    settings = parse_sentinel({})
    assert (settings.mode, settings.schedule, settings.max_enables_per_hour) == ("enforce", "rate(1 minute)", 6)


def test_settings_pass_unchanged() -> None:
    settings = parse_sentinel({"mode": "alert"})
    assert parse_sentinel(settings) is settings


def test_every_problem_is_told_at_once() -> None:
    with pytest.raises(InvalidInput) as caught:
        parse_sentinel({"mode": 1, "schedule": 2, "notify": 3, "maxEnablesPerHour": "x", "more": 5})
    assert len(caught.value.problems) == 5


@walk(
    "notify",
    [
        {"email": ["on-call@example.com"]},
        {"emails": "on-call@example.com"},
        {"emails": ["on-call"]},
        {"emails": ["on-call@example.com", "on-call@example.com"]},
        {"topicArn": 7},
    ],
)
def test_a_receiver_that_nobody_would_reach_is_refused(notify: object) -> None:
    with pytest.raises(InvalidInput, match=r"notify"):
        parse_sentinel({"notify": notify})


@walk("number", [6, 6.0, "6"])
def test_a_number_comes_in_any_language(number: object) -> None:
    assert parse_sentinel({"maxEnablesPerHour": number}).max_enables_per_hour == 6


@walk("days", ["* * *", "? * ?", "1 * MON"])
def test_a_cron_has_a_question_mark_for_one_kind_of_day(days: str) -> None:
    with pytest.raises(InvalidInput):
        parse_sentinel({"schedule": f"cron(0 8 {days} *)"})
    for right in ("1 * ?", "? * MON"):
        parse_sentinel({"schedule": f"cron(0 8 {right} *)"})


@walk(
    ("schedule", "seconds"),
    [
        ("rate(1 minute)", 300),
        ("rate(5 minutes)", 900),
        ("rate(1 hour)", 10800),
        ("rate(2 days)", 86400),
        ("cron(0 * * * ? *)", 86400),
    ],
)
def test_a_stopped_schedule_is_seen_in_time(schedule: str, seconds: int) -> None:
    assert parse_sentinel({"schedule": schedule}).schedule == schedule
    assert alarm_period(schedule) == seconds
