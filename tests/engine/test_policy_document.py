"""docs/policies.md: its Python fixes, as they stand there, on the engine under the pack with every rule."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest

from sandbox.session import ROOT

TEXT = (ROOT / "docs/policies.md").read_text()
PYTHON = re.findall(r"^## ([a-z-]+)\n(?:(?!^## ).)*?^```python\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
EVENTS = {"PULUMI_ENABLE_STREAMING_JSON_PREVIEW": "1"}
OWNED = {"ownerStacks": ["test/*"], "managementAccountId": "111122223333"}


@pytest.mark.timeout(600)  # a preview for each rule, and its machine may be busy
def test_every_python_fix_passes_its_rule(new_stack: Callable, policies: str, tmp_path) -> None:
    config = tmp_path / "config.json"
    config.write_text(
        json.dumps({"last-administrator-kept": OWNED, "trusted-access-declared": {"ownerStacks": ["test/*"]}})
    )
    stack = new_stack("")
    for rule, program in PYTHON:
        stack.write(program)
        pack = ("--policy-pack", policies, "--policy-pack-config", str(config))
        result = stack.pulumi("preview", "--json", *pack, check=False, env=EVENTS)
        events = [json.loads(line).get("policyEvent") for line in result.out.splitlines()]
        fired = {event["policyName"] for event in events if event}
        assert rule not in fired, result.text[-2000:]
        assert any("resourcePreEvent" in line and "aws" in line for line in result.out.splitlines()), rule
