"""The stack's state that the engine gives to a program."""

from __future__ import annotations

import asyncio
from typing import Any

import pulumi
import pytest
from pulumi_aws_identity_center.components import stack_state

TYPE = "aws:organizations/awsServiceAccess:AwsServiceAccess"


@pytest.fixture
def versions(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    commands: list[str] = []
    monkeypatch.setattr(pulumi, "require_pulumi_version", commands.append)
    return commands


def _answer(monkeypatch: pytest.MonkeyPatch, answer: Any) -> list[tuple[str, Any]]:
    commands: list[tuple[str, Any]] = []

    async def invoke(function: str, arguments: Any) -> Any:
        commands.append((function, arguments))
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(pulumi.runtime, "invoke_async", invoke)
    return commands


def test_the_outputs_of_one_type_are_given_by_urn(monkeypatch: pytest.MonkeyPatch, versions: list[str]) -> None:
    rows = {"u1": {"type": TYPE, "outputs": {"servicePrincipal": "sso.amazonaws.com"}}, "u2": {"type": "other"}}
    commands = _answer(monkeypatch, {"outputs": {**rows, "u3": {"type": TYPE}}})
    outputs = stack_state.outputs_of_type(asyncio.run(stack_state.read_state()), TYPE)
    assert outputs == {"u1": {"servicePrincipal": "sso.amazonaws.com"}, "u3": {}}
    assert [function for function, _ in commands] == ["pulumi:pulumi:readStackResourceOutputs"]
    assert versions == [">=3.182.0"]


@pytest.mark.parametrize("answer", [None, {}, {"outputs": None}])
def test_a_new_stacks_state_is_empty(monkeypatch: pytest.MonkeyPatch, versions: list[str], answer: Any) -> None:
    _answer(monkeypatch, answer)
    assert asyncio.run(stack_state.read_state()) == {}


def test_a_state_that_is_written_meanwhile_is_read_again(monkeypatch: pytest.MonkeyPatch, versions: list[str]) -> None:
    answers: list[Any] = [Exception("failed to load checkpoint: EOF"), {"outputs": {"u1": {"type": TYPE}}}]

    async def invoke(*_: Any) -> Any:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(pulumi.runtime, "invoke_async", invoke)
    assert asyncio.run(stack_state.read_state()) == {"u1": {"type": TYPE}}


def test_a_state_that_cannot_be_read_ends_the_program(monkeypatch: pytest.MonkeyPatch, versions: list[str]) -> None:
    monkeypatch.setattr(stack_state, "_PAUSES", (0.0, 0.0))
    _answer(monkeypatch, Exception("the backend is away"))
    with pytest.raises(pulumi.RunError, match="could not be read: the backend is away"):
        asyncio.run(stack_state.read_state())


def test_an_older_cli_ends_the_program_before_it_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: str) -> None:
        raise Exception("CLI version 3.100.0 does not satisfy it")

    monkeypatch.setattr(pulumi, "require_pulumi_version", refuse)
    commands = _answer(monkeypatch, {})
    with pytest.raises(pulumi.RunError, match=r"needs the Pulumi CLI >=3.182.0: CLI version 3.100.0"):
        asyncio.run(stack_state.read_state())
    assert commands == []


def test_mocks_of_a_unit_test_have_no_state(deploy: Any) -> None:
    rows: list[Any] = []

    async def read() -> None:
        rows.append(await stack_state.read_state())

    def build() -> Any:
        done: pulumi.Output[Any] = pulumi.Output.from_input(0).apply(lambda _: read())
        return done

    graph = deploy(build)
    assert (rows, graph.invoked) == ([None], [])
