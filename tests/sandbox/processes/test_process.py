"""The promises of `process` and `reaper`: status, signals, and that nothing outlives its sandbox."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from sandbox.processes import reaper
from sandbox.processes.process import MARK
from sandbox.processes.reaper import marked
from sandbox.session import ROOT

# Runs the command in its arguments as the sandbox would; prints the mark first, the status last.
_RUNNER = textwrap.dedent("""
    import os, sys
    from sandbox.processes.process import Reaper, run_command
    reaper = Reaper(None)
    print(reaper.mark, flush=True)
    code = run_command(sys.argv[1:], dict(os.environ), reaper.mark)
    reaper.finish()
    print(code, flush=True)
""")

Runner = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start() -> Iterator[Runner]:
    started: list[subprocess.Popen[str]] = []

    def run(*command: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", _RUNNER, *command],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield run
    for process in started:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


def _line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def _wait_until_gone(mark: str) -> None:
    for process in marked(mark):
        process.wait(timeout=120)
    assert marked(mark) == []


@pytest.mark.parametrize("status", [0, 3, 255])
def test_the_commands_own_exit_status_is_returned(start: Runner, status: int) -> None:
    process = start("bash", "-c", f"exit {status}")
    _line(process)
    assert _line(process) == str(status)


def test_a_signals_exit_status_is_a_shells(start: Runner) -> None:
    process = start("bash", "-c", "kill -KILL $$")
    _line(process)
    assert _line(process) == str(128 + signal.SIGKILL)


def test_what_a_command_leaves_running_is_ended(start: Runner) -> None:
    process = start("bash", "-c", "setsid sleep 600 & exec true")
    mark = _line(process)
    assert _line(process) == "0"
    assert marked(mark) == []


def test_a_process_that_ignores_sigterm_is_ended_all_the_same(start: Runner) -> None:
    process = start("bash", "-c", "(trap '' TERM; echo ready; while :; do sleep 600; done) & read -r -t 0.1; exit 0")
    mark = _line(process)
    process.communicate(timeout=120)
    assert marked(mark) == []


def test_an_interrupt_of_the_sandbox_reaches_the_command_once(start: Runner, tmp_path: Path) -> None:
    heard = tmp_path / "heard"
    program = textwrap.dedent(f"""
        import signal, sys
        def hear(number, frame):
            with open({str(heard)!r}, "a") as file: file.write("x")
            if len(open({str(heard)!r}).read()) > 1: sys.exit(9)
            signal.alarm(1)
        signal.signal(signal.SIGINT, hear)
        signal.signal(signal.SIGALRM, lambda *_: sys.exit(7))
        print("ready", flush=True)
        while True: signal.pause()
    """)
    process = start(sys.executable, "-c", program)
    _line(process)
    assert _line(process) == "ready"
    os.kill(process.pid, signal.SIGINT)
    assert _line(process) == "7"
    assert heard.read_text() == "x"


def test_nothing_is_left_when_the_sandbox_itself_is_killed(start: Runner) -> None:
    # Both shells stay what they are: a process that is just becoming another program shows no environment.
    process = start("bash", "-c", "setsid bash -c 'echo ready; while :; do sleep 600; done' & wait")
    mark = _line(process)
    assert _line(process) == "ready"
    assert len(marked(mark)) >= 2
    process.kill()
    _wait_until_gone(mark)


def test_only_processes_with_the_same_mark_are_found() -> None:
    own_mark, other_mark = uuid.uuid4().hex, uuid.uuid4().hex
    with subprocess.Popen(["sleep", "600"], env={**os.environ, MARK: own_mark}) as process:
        try:
            assert [process.pid for process in marked(own_mark)] == [process.pid]
            assert marked(other_mark) == []
        finally:
            process.kill()
    assert not psutil.pid_exists(process.pid)


def test_a_process_in_the_middle_of_an_exec_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reaper, "_EXEC_SECONDS", 30.0)  # a shell takes longer than one exec
    # This program starts without an environment, as every one does at the moment of its exec, and then gets the mark.
    mark = uuid.uuid4().hex
    becomes = f"read line; export {MARK}={mark}; exec sleep 600"
    with subprocess.Popen(["/bin/sh", "-c", becomes], env={}, stdin=subprocess.PIPE) as process:
        assert psutil.Process(process.pid).environ() == {}
        assert process.stdin is not None
        process.stdin.close()
        try:
            assert [process.pid for process in marked(mark)] == [process.pid]
        finally:
            process.kill()
