"""Processes that the host starts end when it says so."""

from __future__ import annotations

import os
from pathlib import Path

import psutil
import pytest

from sandbox.engine.language_host import children as module
from sandbox.engine.language_host.children import Children

DEAF = "trap '' TERM; (trap '' TERM; while :; do sleep 60; done) & echo $!; wait; while :; do sleep 60; done"


@pytest.fixture(autouse=True)
def little_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_GRACE_SECONDS", 0.1)


def started(children: Children, script: str) -> tuple[psutil.Process, psutil.Process]:
    """A shell and the process in its background."""
    process = children.start(["sh", "-c", script], cwd=Path("/"), environment=os.environ, capture=True)
    assert process.stdout is not None
    assert process.stderr is not None
    with process.stdout, process.stderr:
        return psutil.Process(process.pid), psutil.Process(int(process.stdout.readline()))


@pytest.mark.parametrize("script", [DEAF, "sleep 600 & echo $!; wait"])
def test_closing_ends_all_and_what_they_started_deaf_or_not(script: str) -> None:
    children = Children()
    family = [*started(children, script), *started(children, script)]
    children.close()
    _, alive = psutil.wait_procs(family, timeout=120)
    assert [process for process in alive if process.status() != psutil.STATUS_ZOMBIE] == []


def test_nothing_can_be_started_once_closed() -> None:
    children = Children()
    children.close()
    with pytest.raises(InterruptedError, match="cancelled"):
        children.start(["true"], cwd=Path("/"), environment={})


def test_waiting_returns_the_exit_status() -> None:
    children = Children()
    process = children.start(["sh", "-c", "exit 7"], cwd=Path("/"), environment=os.environ)
    assert children.wait(process) == 7
    children.close()
