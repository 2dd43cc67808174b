"""Two writers that meet, and two that don't."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

MEMBER, OTHER = "222233334444", "333344445555"
SEED = """
organization: {change_seconds: %s}
accounts: [{id: '222233334444', name: a}, {id: '333344445555', name: b}]
assumptions: {refuse_concurrent_changes: %s}
"""


@pytest.fixture
def outcomes(aws: Callable, tmp_path: Path) -> Callable[..., list[str]]:
    """`outcomes(calls, refuse=)`: what comes of calls that are made at the same time, each of a client of its own."""

    def run(*calls: Callable[[Any], Any], refuse: bool = True, seconds: float = 0.4) -> list[str]:
        (tmp_path / "seed.yaml").write_text(SEED % (seconds, str(refuse).lower()))
        running = aws(tmp_path / "seed.yaml")
        clients = [running.client("organizations") for _ in calls]

        def outcome(call: Callable[[Any], Any], client: Any) -> str:
            try:
                call(client)
            except ClientError as error:
                return str(error.response["Error"]["Code"])
            return "done"

        with ThreadPoolExecutor(len(calls)) as pool:
            return sorted(pool.map(outcome, calls, clients))

    return run


def tag(resource: str) -> Callable[[Any], Any]:
    return lambda client: client.tag_resource(ResourceId=resource, Tags=[{"Key": "a", "Value": "b"}])


def test_of_two_writers_of_a_target_one_is_refused(outcomes: Callable) -> None:
    assert outcomes(tag(MEMBER), tag(MEMBER)) == ["ConcurrentModificationException", "done"]


def test_readers_and_writers_of_other_targets_are_not_refused(outcomes: Callable) -> None:
    reading = [lambda client: client.describe_account(AccountId=MEMBER)] * 2
    assert outcomes(tag(MEMBER), tag(OTHER), *reading) == ["done"] * 4


def test_a_move_has_three_targets(outcomes: Callable) -> None:
    def unit(client: Any) -> Any:
        return client.create_organizational_unit(ParentId="r-exam", Name="x")

    assert outcomes(unit, tag("r-exam")) == ["ConcurrentModificationException", "done"]


def test_a_seed_can_have_the_second_wait_instead(outcomes: Callable) -> None:
    assert outcomes(tag(MEMBER), tag(MEMBER), refuse=False, seconds=0.1) == ["done", "done"]


def test_when_the_first_is_done_or_refused_the_next_may(aws: Callable, code: Callable) -> None:
    client = aws("organization").client("organizations")
    delete = client.delete_policy
    for _ in range(2):
        assert code(delete, PolicyId="p-0000000000") == "PolicyNotFoundException"
    for name in ("a", "b"):
        client.create_organizational_unit(ParentId="r-exam", Name=name)
