"""The step of the SDK at which a program is looked at last."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable

import pulumi
import pytest
from pulumi.runtime import stack
from pulumi_aws_identity_center.components import program_end


def test_the_sdk_goes_through_the_step_when_all_of_a_program_has_ended_well() -> None:
    source = inspect.getsource(stack.run_pulumi_func)
    waits, step = source.index("await wait_for_rpcs()"), source.index(f"await {program_end._STEP}()")
    assert waits < step
    assert "if ex is None:" in source[waits:step]


def test_all_looks_are_taken_before_the_engine_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[str] = []

    def note(name: str) -> Callable[[], object]:
        async def look() -> None:
            taken.append(name)

        return look

    looks: list[object] = []

    class Watch:
        def shared(self, _key: object, _make: object) -> list[object]:
            return looks

    monkeypatch.setattr(program_end, "watch", Watch)
    monkeypatch.setattr(program_end, "_WAIT_FOR_SHUTDOWN", note("told"))
    monkeypatch.setattr(pulumi.runtime, "get_root_resource", lambda: object())
    assert program_end.at_end(note("one"))  # type: ignore[arg-type]
    assert program_end.at_end(note("two"))  # type: ignore[arg-type]
    asyncio.run(stack.__dict__[program_end._STEP]())
    assert taken == ["one", "two", "told"]


def test_in_a_plugin_there_is_no_end_to_wait_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pulumi.runtime, "get_root_resource", lambda: None)

    async def look() -> None:
        raise AssertionError

    assert not program_end.at_end(look)
