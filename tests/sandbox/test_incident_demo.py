"""`make incident` prints what the README shows."""

from __future__ import annotations

import re
from collections.abc import Callable

from sandbox.session import ROOT, Session
from tests.make_recipes import recipe


def test_it_prints_what_the_readme_shows(sandbox_session: Callable[..., Session]) -> None:
    """In a sandbox with a Python that starts faster; the command that makes a sandbox is test_main.py's."""
    readme = (ROOT / "README.md").read_text("utf-8")
    (shown,) = re.findall(r"<!-- incident:.*?-->\n```text\n(.*?)```", readme, re.DOTALL)
    sandbox, script = " ".join(recipe("incident")).split(" -- ")
    assert sandbox.endswith(" -m sandbox run --end-with-parent")
    assert sandbox_session().run("bash", "-c", script, cwd=ROOT).out == shown
