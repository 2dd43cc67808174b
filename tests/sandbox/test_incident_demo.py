"""`make incident` shows what the README says it shows."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable

from sandbox.session import ROOT, Session


def test_it_prints_what_the_readme_shows(sandbox_session: Callable[..., Session]) -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    (shown,) = re.findall(r"<!-- incident:.*?-->\n```text\n(.*?)```", readme, re.DOTALL)
    session = sandbox_session()
    command = [ROOT / "sandbox/incident.sh"]
    done = subprocess.run(command, env=session.environment, capture_output=True, text=True, check=True)
    assert done.stdout == shown
