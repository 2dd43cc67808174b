from __future__ import annotations

import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pulumi_aws_identity_center.domain.break_glass import MAX_DAYS, parse_break_glass
from pulumi_aws_identity_center.errors import InvalidInput

from tests.walk import walk

NOW = datetime.datetime(2026, 6, 15, 12, tzinfo=datetime.UTC)


def test_none_asked_for_is_none_open() -> None:
    assert parse_break_glass(None, now=NOW) is None


def test_a_date_means_the_end_of_that_day_in_utc() -> None:
    break_glass = parse_break_glass({"reason": "  the move ", "expires": "2026-06-15"}, now=NOW)
    assert break_glass is not None
    assert break_glass.reason == "the move"
    assert break_glass.expires.isoformat() == "2026-06-15T23:59:59.999999+00:00"


@walk("expires", ["2026-06-15", "20260615", "2026-W25-1"])
def test_a_date_means_its_whole_day(expires: str) -> None:
    break_glass = parse_break_glass({"reason": "r", "expires": expires}, now=NOW)
    assert break_glass is not None
    assert break_glass.expires.isoformat() == "2026-06-15T23:59:59.999999+00:00"


@walk(
    ("expires", "taken"),
    [
        ("2026-06-15T14:00:01+02:00", True),
        ("2026-06-15T14:00:00+02:30", False),
        ("2026-06-15T07:00:01-05:00", True),
        ("2026-06-15 12:00:01Z", True),
        ("20260615T120001Z", True),
        ("2026-06-22T14:00:00+02:00", True),
        ("2026-06-22T14:00:01+02:00", False),
        ("2026-06-15T24:00:01", False),
        ("15.06.2026", False),
        ("2026-6-16", False),
        ("", False),
    ],
)
def test_a_time_is_a_moment_whatever_its_zone(expires: str, taken: bool) -> None:
    try:
        assert parse_break_glass({"reason": "r", "expires": expires}, now=NOW) is not None
        assert taken
    except InvalidInput:
        assert not taken


@walk(
    "expires", ["2026-06-16", "2026-06-15T12:00:01+00:00", "2026-06-22", "2026-06-22T12:00:00Z", "2026-06-15T13:00:00"]
)
def test_a_date_within_a_week_is_taken(expires: str) -> None:
    assert parse_break_glass({"reason": "r", "expires": expires}, now=NOW) is not None


@walk(
    ("unquoted", "moment"),
    [
        ("2026-06-16 00:00:00 +0000 UTC", "2026-06-16T23:59:59.999999+00:00"),
        ("2026-06-16 08:30:00 +0000 UTC", "2026-06-16T08:30:00+00:00"),
        ("2026-06-16 08:30:00.5 +0200 +0200", "2026-06-16T08:30:00.500000+02:00"),
        ("2026-06-22 00:00:00 +0000 UTC", "2026-06-22T23:59:59.999999+00:00"),
    ],
)
def test_an_unquoted_date_in_the_configuration_is_read(unquoted: str, moment: str) -> None:
    break_glass = parse_break_glass({"reason": "r", "expires": unquoted}, now=NOW)
    assert break_glass is not None
    assert break_glass.expires.isoformat() == moment


@walk(
    ("given", "said"),
    [
        ({"expires": "2026-06-16"}, "breakGlass.reason is None"),
        ({"reason": " ", "expires": "2026-06-16"}, "breakGlass.reason is ' '"),
        ({"reason": "r"}, "breakGlass.expires is None"),
        ({"reason": "r", "expires": "tomorrow"}, "breakGlass.expires is 'tomorrow'"),
        ({"reason": "r", "expires": 20260616}, "breakGlass.expires is 20260616"),
        ({"reason": "r", "expires": "2026-06-14"}, "2026-06-14, which is past: break-glass is over"),
        ({"reason": "r", "expires": "2026-06-15T11:59:59+00:00"}, "which is past"),
        ({"reason": "r", "expires": "2026-06-23"}, "more than 7 days ahead"),
        ({"reason": "r", "expires": "2026-06-22T12:00:01+00:00"}, "more than 7 days ahead"),
        ({"reason": "r", "expires": "2026-06-23T11:00:00+00:00"}, "more than 7 days ahead"),
        ({"reason": "r", "expires": "2026-06-16", "who": "me"}, "breakGlass.who is not a key"),
        ("yes", "breakGlass is 'yes'"),
    ],
)
def test_anything_else_is_an_error_that_says_what_is_allowed(given: Any, said: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        parse_break_glass(given, now=NOW)
    assert said in str(caught.value)


def test_all_problems_are_told_at_once() -> None:
    with pytest.raises(InvalidInput) as caught:
        parse_break_glass({"who": "me"}, now=NOW)
    assert len(caught.value.problems) == 3


@given(st.integers(-30, 30))
def test_only_dates_from_today_to_a_week_ahead_pass(days: int) -> None:
    expires = (NOW + datetime.timedelta(days=days)).date().isoformat()
    try:
        is_accepted = parse_break_glass({"reason": "r", "expires": expires}, now=NOW) is not None
    except InvalidInput:
        is_accepted = False
    assert is_accepted is (0 <= days <= MAX_DAYS)
