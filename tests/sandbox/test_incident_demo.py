"""`make incident` prints what the README shows."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

from sandbox.session import ROOT, Session
from tests.make_recipes import recipe


def test_it_prints_what_the_readme_shows(sandbox_session: Callable[..., Session]) -> None:
    """In a sandbox with a Python that starts faster; the command that makes a sandbox is test_main.py's."""
    readme = (ROOT / "README.md").read_text("utf-8")
    (shown,) = re.findall(r"<!-- incident:.*?-->\n```text\n(.*?)```", readme, re.DOTALL)
    sandbox, script = " ".join(recipe("incident")).split(" -- ")
    assert sandbox.endswith(" -m sandbox run --end-with-parent")
    assert sandbox_session().run("bash", "-c", script, cwd=ROOT).out == shown


def test_it_ends_at_a_command_that_fails_and_shows_its_output(
    sandbox_session: Callable[..., Session], tmp_path: Path
) -> None:
    session = sandbox_session()
    for name in ("pulumi", "identity-center"):
        command = tmp_path / name
        command.write_text(f"#!/bin/sh\necho {name} is broken\nexit 7\n")
        command.chmod(0o755)
        path = f"{tmp_path}{os.pathsep}{session.environment['PATH']}"
        ended = session.run("sandbox/incident.sh", cwd=ROOT, env={"PATH": path}, check=False)
        assert (ended.code != 0, f"{name} is broken" in ended.text) == (True, True)
        command.unlink()
