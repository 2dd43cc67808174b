"""What can't be read of a stack's state is nothing, or None where the difference counts; never an error of its own."""

from __future__ import annotations

import asyncio
import json
import os
import stat
from pathlib import Path
from typing import Any

import pulumi
import pytest
from pulumi.runtime.proto import resource_pb2
from pulumi_aws_identity_center.components import stack_state

TYPE = "aws:organizations/awsServiceAccess:AwsServiceAccess"
URNS = {name: f"urn:pulumi:dev::p::{TYPE}::{name}" for name in ("loose", "protected", "retained", "read", "other")}


@pytest.fixture(autouse=True)
def engine(monkeypatch: pytest.MonkeyPatch) -> None:
    feature = resource_pb2.RESOURCE_MONITOR_FEATURE_RESOURCE_HOOKS
    monkeypatch.setattr(stack_state, "monitor_supports_feature", lambda asked: asked == feature)
    monkeypatch.setattr(stack_state, "is_mocked", lambda: False)
    monkeypatch.setattr(stack_state, "_stack", lambda: "organization/p/dev")


def _answers(monkeypatch: pytest.MonkeyPatch, answer: Any) -> list[tuple[str, Any]]:
    asked: list[tuple[str, Any]] = []

    async def invoke(function: str, arguments: Any) -> Any:
        asked.append((function, arguments))
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(pulumi.runtime, "invoke_async", invoke)
    return asked


async def _held() -> dict[str, Any]:
    return stack_state.of_type(await stack_state._rows(), TYPE)


def test_the_outputs_of_one_type_by_urn(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = {"u1": {"type": TYPE, "outputs": {"servicePrincipal": "sso.amazonaws.com"}}, "u2": {"type": "other"}}
    asked = _answers(monkeypatch, {"outputs": {**rows, "u3": {"type": TYPE}}})
    found = asyncio.run(_held())
    assert found == {"u1": {"servicePrincipal": "sso.amazonaws.com"}, "u3": {}}
    assert asked == [("pulumi:pulumi:readStackResourceOutputs", {"stackName": "organization/p/dev"})]


@pytest.mark.parametrize("answer", [None, {}, {"outputs": None}, Exception("unknown stack")])
def test_a_state_that_can_not_be_read_holds_nothing(monkeypatch: pytest.MonkeyPatch, answer: Any) -> None:
    _answers(monkeypatch, answer)
    assert asyncio.run(_held()) == {}


def test_an_engine_that_would_end_in_a_panic_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = _answers(monkeypatch, {})
    monkeypatch.setattr(stack_state, "monitor_supports_feature", lambda _: False)
    assert asyncio.run(_held()) == {}
    assert asked == []


def test_nor_are_the_mocks_of_somebodys_unit_test(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = _answers(monkeypatch, {})
    monkeypatch.setattr(stack_state, "is_mocked", lambda: True)
    assert asyncio.run(_held()) == {}
    assert asked == []


def _cli(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, script: str) -> None:
    """A `pulumi` that does what the script says."""
    command = tmp_path / "pulumi"
    command.write_text(f"#!/bin/sh\n{script}\n")
    command.chmod(command.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")


def test_what_an_update_deletes_is_neither_protected_nor_retained_nor_only_read(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    options = {"protected": {"protect": True}, "retained": {"retainOnDelete": True}, "read": {"external": True}}
    provider = "urn:pulumi:dev::p::pulumi:providers:aws::org"
    own = {"type": TYPE, "provider": f"{provider}::0c1d-id"}
    rows = [{"urn": urn, **own, **options.get(name, {})} for name, urn in URNS.items()]
    (tmp_path / "state.json").write_text(json.dumps({"version": 3, "deployment": {"resources": rows}}))
    # An export only reads, of just this stack.
    _cli(
        monkeypatch,
        tmp_path,
        f'test "$*" = "stack export --stack organization/p/dev" && cat {tmp_path}/state.json',
    )
    asked = [urn for name, urn in URNS.items() if name != "other"]
    assert asyncio.run(stack_state.unprotected(asked)) == {URNS["loose"]: provider}


@pytest.mark.parametrize(
    "script", ["exit 1", "echo no JSON", "echo '{}'", "echo '[]'", "echo '{\"deployment\": null}'"]
)
def test_where_the_cli_can_not_tell_that_is_known(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, script: str) -> None:
    _cli(monkeypatch, tmp_path, script)
    assert asyncio.run(stack_state.unprotected([URNS["loose"]])) is None


def test_nor_where_there_is_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert asyncio.run(stack_state.unprotected([URNS["loose"]])) is None


def test_a_cli_that_never_answers_is_not_waited_for_for_ever(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    _cli(monkeypatch, tmp_path, "exec sleep 60")
    monkeypatch.setattr(stack_state, "_SECONDS", 0.2)
    assert asyncio.run(stack_state.unprotected([URNS["loose"]])) is None
