"""The main job, as `make up` runs it: again and again, and killed in the middle."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import psutil

from sandbox.engine import Engine
from sandbox.processes.keep import kept_run
from sandbox.session import ROOT, Session
from tests.make_recipes import recipe


def _command(keep: Path) -> list[str]:
    """`make up`'s, with another place to keep its state."""
    return [str(keep) if word == ".sandbox" else word for word in recipe("up")]


def _finish(command: list[str]) -> str:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _family(pid: int) -> list[psutil.Process]:
    try:
        process = psutil.Process(pid)
        return [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def test_after_a_kill_it_ends_and_then_changes_nothing(engine: Engine, warm_python: Path, tmp_path: Path) -> None:
    keep = tmp_path / "keep"
    _kill_make_at("Updating (sandbox)", keep)
    job = _command(keep)
    output = _finish(job)
    assert "\nverdict: healthy" in output
    assert "Trusted access is on since" in output
    assert "ACTIVE" in output
    assert "the management account administers it" in output
    # The sandbox has kept the stack's state and AWS's.
    both = "pulumi stack output grants --stack sandbox && identity-center matrix"
    grants, _, matrix = _finish([*job[: job.index("--") + 1], "bash", "-c", both]).partition("\n")
    assert int(grants) > 0
    assert matrix in output
    # So does a sandbox with a Python that starts faster.
    with kept_run(keep) as kept, Session(home=kept.home, engine=engine, python=warm_python, load=kept.load) as session:
        again = session.pulumi("preview", "--stack", "sandbox", "--refresh", "--expect-no-changes", cwd=ROOT)
    assert re.search(r"[4-9]\d unchanged", again.out)


def _kill_make_at(sign: str, keep: Path) -> None:
    """Runs the job until it prints `sign`, kills what waits for it, and sees that nothing is left."""
    # The parent stands for make: it waits for the job, and passes on what the job prints.
    parent = "import subprocess, sys; sys.exit(subprocess.run(sys.argv[1:]).returncode)"
    with subprocess.Popen(
        [sys.executable, "-c", parent, *_command(keep)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        text=True,
    ) as make:
        assert make.stdout is not None
        has_started = any(sign in line for line in make.stdout)
        assert has_started, f"the job ended without {sign!r}"
        family = _family(make.pid)
        assert len(family) > 2
        make.kill()
        make.stdout.read()
    _, alive = psutil.wait_procs(family, timeout=120)
    assert alive == []
