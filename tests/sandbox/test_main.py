"""`python -m sandbox run|serve` as a user runs it; what --keep keeps is in test_main_job.py."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sandbox.__main__ import main
from sandbox.engine import Engine
from sandbox.session import ROOT


@pytest.fixture
def sandbox(engine: Engine):
    def run(*arguments: str, **options) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "sandbox", *arguments],
            cwd=ROOT,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=120,
            **options,
        )

    return run


def test_a_command_runs_in_it_and_in_nothing_of_the_callers(sandbox, tmp_path: Path) -> None:
    variables = {
        "AWS_PROFILE": "production",
        "PULUMI_ACCESS_TOKEN": "pul-x",
        "AWS_SESSION_TOKEN": "t",
        "HTTPS_PROXY": "http://p",
        "Http_Proxy": "http://p",
    }
    log = tmp_path / "calls.jsonl"
    script = (
        "import boto3, json, os, sys; boto3.client('sts').get_caller_identity(); print(json.dumps(dict(os.environ)))"
    )
    command = [sys.executable, "-c", f"{script}; sys.exit(7)"]
    result = sandbox("run", "--log", str(log), "--", *command, env={**os.environ, **variables})
    assert result.returncode == 7
    inside = json.loads(result.stdout)
    assert not set(variables) & set(inside)
    assert inside["AWS_ENDPOINT_URL"].startswith("http://127.0.0.1:")
    assert inside["PULUMI_BACKEND_URL"].startswith("file://")
    assert inside["AWS_CONFIG_FILE"] == os.devnull
    assert [json.loads(line)["operation"] for line in log.read_text().splitlines()] == ["GetCallerIdentity"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run", "--seed", "nonsense", "--", "true"], "there is no seed 'nonsense'"),
        (["run", "--fault", "x", "--", "true"], "not of the form"),
        (["run", "--log", "no/such/folder/calls.jsonl", "--", "true"], "--log no/such/folder/calls.jsonl can't be"),
        (["run", "--save", ".", "--", "true"], "--save . can't be written"),
        (["run", "--save", "/dev/null", "--", "true"], "--save /dev/null can't be written"),
        (["run", "--keep", "README.md", "--", "true"], "--keep README.md is a file"),
        (["run", "--keep", "/dev/null/x", "--", "true"], "Not a directory"),
        (["serve", "--log", "."], "--log . can't be written"),
    ],
)
def test_a_mistake_is_one_sentence_and_exit_status_2(
    arguments: list[str], said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert said in capsys.readouterr().err


def test_a_command_that_is_not_there_is_one_sentence_too(sandbox) -> None:
    result = sandbox("run", "--", "no-such-command")
    assert result.returncode == 2
    assert result.stderr.startswith("sandbox: 'no-such-command' can't be run")


def test_serve_prints_a_working_environment_until_interrupted(engine: Engine) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "sandbox", "serve"], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        lines = []
        while not (line := process.stdout.readline()).startswith("#"):
            lines.append(line)
        script = "".join(lines) + "identity-center status >/dev/null && echo healthy; env"
        foreign = {"AWS_PROFILE": "work", "AWS_SESSION_TOKEN": "mine", "PULUMI_ACCESS_TOKEN": "mine", "all_proxy": "x"}
        environment = {**os.environ, **foreign}
        result = subprocess.run(["sh", "-c", script], capture_output=True, text=True, timeout=120, env=environment)
        assert "healthy" in result.stdout
        assert [name for name, value in foreign.items() if f"{name}={value}\n" in result.stdout] == []
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=120) == 0


def test_killed_in_the_middle_it_leaves_nothing_behind(engine: Engine, tmp_path: Path) -> None:
    from sandbox.processes.reaper import marked

    ready = tmp_path / "ready"
    script = f'echo "$IDENTITY_CENTER_SANDBOX_RUN" > {ready}.new; mv {ready}.new {ready}; sleep 600'
    command = [sys.executable, "-m", "sandbox", "run", "--", "bash", "-c", script]
    with subprocess.Popen(command, cwd=ROOT) as process:
        while not ready.exists() and process.poll() is None:
            time.sleep(0.02)
        mark = ready.read_text().strip()
        process.kill()
    for left in marked(mark):
        left.wait(timeout=120)
    assert marked(mark) == []
