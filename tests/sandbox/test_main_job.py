"""The main job, as `make up` runs it: again and again, and killed in the middle."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from sandbox.engine import Engine
from sandbox.session import ROOT

JOB = str(ROOT / "sandbox" / "main-job.sh")


def _command(keep: Path) -> list[str]:
    return [sys.executable, "-m", "sandbox", "run", "--end-with-parent", "--keep", str(keep), "--", JOB]


def _finish(keep: Path) -> str:
    done = subprocess.run(_command(keep), cwd=ROOT, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _family(pid: int) -> list[psutil.Process]:
    try:
        process = psutil.Process(pid)
        return [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def test_the_second_time_nothing_changes_and_both_end_healthy(engine: Engine, tmp_path: Path) -> None:
    first, second = _finish(tmp_path / "keep"), _finish(tmp_path / "keep")
    assert "45 created" in first
    assert "45 unchanged" in second
    for output in (first, second):
        assert "\nverdict: healthy" in output
        assert "Trusted access is on since" in output
        assert "ACTIVE" in output
        assert "only the management account administers" in output


@pytest.mark.parametrize("how", ["interrupt", "kill the parent"])
def test_after_many_kills_the_next_run_works(engine: Engine, tmp_path: Path, how: str) -> None:
    keep = tmp_path / "keep"
    for sign in ("Previewing update", "pulumi:pulumi:Stack aws-identity-center", "Updating (sandbox)"):
        _kill_at(sign, how, keep)
    assert "verdict: healthy" in _finish(keep)


def _kill_at(sign: str, how: str, keep: Path) -> None:
    """Runs the job until it prints `sign`, kills it, and sees that nothing is left."""
    # The parent stands for make: it waits for the job, and passes on what the job prints.
    parent = "import subprocess, sys; sys.exit(subprocess.run(sys.argv[1:]).returncode)"
    with subprocess.Popen(
        [sys.executable, "-c", parent, *_command(keep)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    ) as make:
        assert make.stdout is not None
        seen = any(sign in line for line in make.stdout)
        assert seen, f"the job ended without {sign!r}"
        family = _family(make.pid)
        assert len(family) > 2
        if how == "interrupt":
            os.killpg(make.pid, signal.SIGINT)  # as a terminal's Ctrl-C does
        else:
            make.kill()
        make.stdout.read()
    _, alive = psutil.wait_procs(family, timeout=30)
    assert alive == []
