"""`make sentinel-demo` tells the whole story, and ends with trusted access on."""

from __future__ import annotations

import subprocess

from sandbox.session import ROOT
from tests.make_recipes import recipe


def test_the_demo_tells_how_trusted_access_came_back_twice() -> None:
    story = subprocess.run(recipe("sentinel-demo"), cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert story.count("organizations:DisableAWSServiceAccess sso.amazonaws.com") == 2
    assert story.count("organizations:EnableAWSServiceAccess sso.amazonaws.com") == 2
    assert story.count("queue on-call") >= 2
    assert "ALARM" not in story
    assert story.rstrip().endswith("Trusted access for sso.amazonaws.com is on.")
    assert max(map(len, story.splitlines())) <= 120
