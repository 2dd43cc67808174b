"""A walk keeps what a test of its own for each case gives: all of them run, and a failure says which failed."""

from __future__ import annotations

import traceback

import pytest

from tests.walk import walk


def test_a_walk_runs_every_case_and_names_each_that_failed() -> None:
    ran: list[tuple[int, int]] = []

    @walk("second", [7, 8])
    @walk(("first",), [(1,), (2,)])
    def is_even(first: int, second: int) -> None:
        ran.append((first, second))
        with pytest.raises(ZeroDivisionError):
            assert (first + second) / ((first + second) % 2)

    with pytest.raises(BaseExceptionGroup) as caught:
        is_even()
    assert ran == [(1, 7), (2, 7), (1, 8), (2, 8)]
    assert caught.group_contains(pytest.fail.Exception, match="DID NOT RAISE", depth=2)
    text = "".join(traceback.format_exception(caught.value))
    assert "1 of 2 cases failed" in text
    cases = [line.partition("The case: ")[2] for line in text.splitlines() if "The case: " in line]
    assert sorted(cases) == ["{'first': 1}", "{'first': 2}", "{'second': 7}", "{'second': 8}"]


def test_a_walk_without_cases_is_refused() -> None:
    with pytest.raises(AssertionError, match="no cases of"):
        walk("name", [])
