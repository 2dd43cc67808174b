"""`make sentinel-demo` tells the whole story, and ends with trusted access on."""

from __future__ import annotations

import pytest

from sandbox import sentinel_demo


def test_the_demo_tells_how_trusted_access_came_back_twice(capsys: pytest.CaptureFixture[str]) -> None:
    assert sentinel_demo.main() == 0
    story = capsys.readouterr().out
    assert story.count("organizations:DisableAWSServiceAccess sso.amazonaws.com") == 2
    assert story.count("organizations:EnableAWSServiceAccess sso.amazonaws.com") == 2
    assert story.count("queue on-call") >= 2
    assert "ALARM" not in story
    assert story.rstrip().endswith("Trusted access for sso.amazonaws.com is on.")
    assert max(map(len, story.splitlines())) <= 120
