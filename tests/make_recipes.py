"""The Makefile's recipes, as commands that a test runs: `make` itself could begin by making .venv again."""

from __future__ import annotations

import subprocess

from sandbox.session import ROOT


def recipe(target: str) -> list[str]:
    """The command of a target, after its set-up."""
    shown = subprocess.run(["make", "--dry-run", target], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return shown.splitlines()[-1].split()
