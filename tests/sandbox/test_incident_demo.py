"""`make incident` prints what the README shows."""

from __future__ import annotations

import re
import subprocess

from sandbox.session import ROOT
from tests.make_recipes import recipe


def test_it_prints_what_the_readme_shows() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    (shown,) = re.findall(r"<!-- incident:.*?-->\n```text\n(.*?)```", readme, re.DOTALL)
    done = subprocess.run(recipe("incident"), cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == shown
