"""The Makefile's recipes, as commands that a test runs: `make` itself could begin by making .venv again."""

from __future__ import annotations

import subprocess

from sandbox.session import ROOT


def recipe(target: str) -> list[str]:
    """The command of a target, after its set-up."""
    # Below `make test`, make would print as its last line which directory it leaves.
    command = ["make", "--dry-run", "--no-print-directory", target]
    shown = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return shown.splitlines()[-1].split()
