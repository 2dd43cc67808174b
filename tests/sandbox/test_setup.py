"""`make setup`: which Python it takes, and what it says of one that is too old."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from sandbox.session import ROOT


def _setup(folder: Path, **scripts: str) -> subprocess.CompletedProcess[str]:
    """With these commands first on PATH."""
    for name, script in scripts.items():
        command = folder / name.replace("_", ".")
        command.write_text(f"#!/bin/sh\n{script}\n")
        command.chmod(0o755)
    environment = {**os.environ, "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}
    environment.pop("PYTHON", None)
    return subprocess.run(
        ["make", "--no-print-directory", "setup"], cwd=ROOT, env=environment, capture_output=True, text=True
    )


def test_a_name_whose_python_is_not_there_is_passed_over(tmp_path: Path) -> None:
    done = _setup(tmp_path, python3_11="exit 127", python3='echo "chosen $@"')
    assert (done.returncode, done.stdout) == (0, "chosen sandbox/setup.py\n")


def test_python_3_11_goes_before_python3(tmp_path: Path) -> None:
    done = _setup(tmp_path, python3_11='[ "$1" = -c ] || echo "chosen $@"', python3="exit 1")
    assert (done.returncode, done.stdout) == (0, "chosen sandbox/setup.py\n")
