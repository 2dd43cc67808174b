"""Faults beyond the basic form: at the nth call, by chance, late, in part."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from sandbox.aws import SandboxError
from sandbox.aws.faults import Faults, parse


def hits(text: str, calls: int = 10) -> list[bool]:
    found = Faults([text])
    return [found.next_for("iam", "ListRoles") is not None for _ in range(calls)]


def test_the_nth_call_is_hit_and_those_before_and_after_pass() -> None:
    assert hits("iam:ListRoles:503:1,after=2", 5) == [False, False, True, False, False]


def test_chance_repeats_by_its_seed_and_hits_its_share() -> None:
    first = hits("iam:*:503,p=0.3,seed=1", 1_000)
    assert first == hits("iam:*:503,p=0.3,seed=1", 1_000)
    assert first != hits("iam:*:503,p=0.3,seed=2", 1_000)
    assert 250 < sum(first) < 350


def test_a_count_counts_hits_and_not_calls() -> None:
    assert sum(hits("*:*:reset:3,p=0.5,seed=1", 100)) == 3


@pytest.mark.parametrize("option", ["p=0", "p=2", "after=-1", "after=1.5", "seconds=x", "often=1", "p"])
def test_an_option_that_cannot_be_meant_is_refused_with_those_there_are(option: str) -> None:
    with pytest.raises(SandboxError, match="after=N, p=SHARE"):
        parse(f"iam:ListRoles:503,{option}")


def test_a_slow_answer_is_the_right_one(aws: Callable) -> None:
    client = aws("organization", faults=["organizations:ListRoots:slow,seconds=0.3"]).client("organizations")
    before = time.monotonic()
    assert client.list_roots()["Roots"][0]["Id"] == "r-exam"
    assert time.monotonic() - before >= 0.3


def test_partial_pages_still_lead_to_everything(aws: Callable) -> None:
    running = aws("organization", faults=["*:ListAccounts:partial"])
    client = running.client("organizations")
    assert len(client.list_accounts()["Accounts"]) == 1
    pages = list(client.get_paginator("list_accounts").paginate())
    assert [len(page["Accounts"]) for page in pages] == [1, 1, 1, 1]


def test_a_timeout_lasts_as_long_as_it_says_and_the_sdk_tries_again(aws: Callable) -> None:
    running = aws("organization", faults=["organizations:ListRoots:timeout:1,seconds=0.2"])
    before = time.monotonic()
    running.client("organizations").list_roots()
    assert time.monotonic() - before >= 0.2
    assert [call["status"] for call in running.calls] == [0, 200]
