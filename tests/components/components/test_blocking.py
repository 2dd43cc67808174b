"""A constructor waits by `pulumi.runtime.invoke` alone, and that calls no provider."""

from __future__ import annotations

import asyncio
from typing import Any

import pulumi
import pytest
from pulumi_aws_identity_center.components.blocking import known_or_unknown, wait_for


async def _slowly(value: Any) -> Any:
    await asyncio.sleep(0.01)
    if isinstance(value, Exception):
        raise value
    return value


def test_it_gives_the_result_while_other_tasks_go_on(deploy: Any) -> None:
    results: list[Any] = []

    def build() -> Any:
        second_task = asyncio.ensure_future(_slowly("other"))
        results.extend([wait_for(_slowly("mine")), wait_for(second_task)])
        return pulumi.Output.from_input(0)

    graph = deploy(build)
    assert results == ["mine", "other"]
    assert graph.invoked == []


def test_it_raises_what_the_awaitable_raises(deploy: Any) -> None:
    def build() -> None:
        with pytest.raises(ValueError, match="no such thing"):
            wait_for(_slowly(ValueError("no such thing")))

    deploy(build)


def test_it_waits_within_an_apply_too(deploy: Any) -> None:
    graph = deploy(lambda: pulumi.Output.from_input(1).apply(lambda one: wait_for(_slowly(one + 1))))
    assert graph.value == 2


def test_only_nothing_becomes_unknown(deploy: Any) -> None:
    are_known: list[bool] = []

    async def note(output: pulumi.Output[Any]) -> None:
        are_known.append(await output.is_known())

    def build() -> Any:
        outputs = [pulumi.Output.from_input(value).apply(known_or_unknown) for value in (None, "a", "")]
        return pulumi.Output.from_input(0).apply(lambda _: asyncio.gather(*map(note, outputs)))

    deploy(build)
    assert sorted(are_known) == [False, True, True]
