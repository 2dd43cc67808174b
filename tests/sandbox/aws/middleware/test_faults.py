"""Faults beyond the basic form: at the nth call, by chance, late, in part."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from sandbox.aws import SandboxError
from sandbox.aws.middleware.faults import Faults, parse
from tests.walk import walk


def hits(text: str, calls: int = 10) -> list[bool]:
    faults = Faults([text])
    return [faults.next_for("iam", "ListRoles") is not None for _ in range(calls)]


def test_only_the_nth_call_is_hit() -> None:
    assert hits("iam:ListRoles:503:1,after=2", 5) == [False, False, True, False, False]


def test_chance_repeats_by_its_seed_and_hits_its_share() -> None:
    first = hits("iam:*:503,p=0.3,seed=1", 1_000)
    assert first == hits("iam:*:503,p=0.3,seed=1", 1_000)
    assert first != hits("iam:*:503,p=0.3,seed=2", 1_000)
    assert 250 < sum(first) < 350


def test_a_count_counts_hits_and_not_calls() -> None:
    assert sum(hits("*:*:reset:3,p=0.5,seed=1", 100)) == 3


@walk(
    "option",
    [
        "p=0",
        "p=2",
        "p=nan",
        "after=-1",
        "after=1.5",
        "after=inf",
        "seed=inf",
        "seconds=x",
        "seconds=1e400",
        "often=1",
        "p",
    ],
)
def test_a_bad_option_is_refused_with_the_known_ones(option: str) -> None:
    with pytest.raises(SandboxError, match="after=N, p=SHARE"):
        parse(f"iam:ListRoles:503,{option}")


@walk("error", ["7", "200", "302", "600", "99999", "²", "503²", "A\nB", " 503", "*", "é"])
def test_what_is_neither_code_nor_status_is_refused(error: str) -> None:
    with pytest.raises(SandboxError, match="is no error code, and no HTTP status from 400 to 599"):
        parse(f"iam:ListRoles:{error}")


@walk("count", ["0", "00", "-1", "1.5", "²", "x"])
def test_a_count_is_a_whole_number_from_one(count: str) -> None:
    with pytest.raises(SandboxError, match="COUNT is"):
        parse(f"iam:ListRoles:503:{count}")


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


def test_a_timeout_lasts_as_given_and_the_sdk_retries(aws: Callable) -> None:
    running = aws("organization", faults=["organizations:ListRoots:timeout:1,seconds=0.2"])
    before = time.monotonic()
    running.client("organizations").list_roots()
    assert time.monotonic() - before >= 0.2
    assert [call["status"] for call in running.calls] == [0, 200]


def test_an_empty_page_is_followed_by_the_rest(aws: Callable) -> None:
    running = aws("sso-enabled", faults=["organizations:ListAccounts:empty:1", "sso-admin:ListInstances:empty:1"])
    pages = list(running.client("organizations").get_paginator("list_accounts").paginate())
    assert [len(page["Accounts"]) for page in pages] == [0, 4]
    pages = list(running.client("sso-admin").get_paginator("list_instances").paginate())
    assert [len(page["Instances"]) for page in pages] == [0, 1]


def test_motos_pages_are_partial_too(aws: Callable) -> None:
    client = aws("sso-enabled", faults=["iam:ListRoles:partial"]).client("iam")
    for name in ("a", "b", "c"):
        client.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST)
    pages = list(client.get_paginator("list_roles").paginate())
    assert {len(page["Roles"]) for page in pages} == {1}
    assert {"a", "b", "c", "AWSServiceRoleForSSO"} <= {page["Roles"][0]["RoleName"] for page in pages}


TRUST = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:*"}]}'


@walk(
    ("fault", "message"),
    [
        ("organizations:DescribeOrganization:partial", "has no pages"),
        ("iam:ListRoles:empty", "not for iam"),
        ("sso-admin:DescribeInstance:empty", "has no pages"),
    ],
)
def test_a_page_fault_that_could_never_be_seen_is_refused(fault: str, message: str) -> None:
    with pytest.raises(SandboxError, match=message):
        parse(fault)


def test_chance_repeats_in_a_repeatable_run() -> None:
    def run(seed: int | None, text: str = "iam:*:503,p=0.5") -> list[bool]:
        faults = Faults([text], seed)
        return [faults.next_for("iam", "ListRoles") is not None for _ in range(50)]

    assert run(1) == run(1)
    assert run(1) != run(2)
    assert run(1, "iam:*:503,p=0.5,seed=9") == run(2, "iam:*:503,p=0.5,seed=9")
