"""docs/policies.md: every rule has its section. tests/engine/test_policy_document.py runs the fixes."""

from __future__ import annotations

import re
from pathlib import Path

from rules.registry import RULES

from tests.walk import walk

TEXT = (Path(__file__).resolve().parents[2] / "docs/policies.md").read_text()
SECTIONS = dict(re.findall(r"^## ([a-z-]+)\n(.*?)(?=^## |\Z)", TEXT, re.MULTILINE | re.DOTALL))


def test_every_rule_has_a_section_and_no_other_has_one() -> None:
    assert [name for name in SECTIONS if name != "which-account"] == [rule.id for rule in RULES]


@walk("rule", [rule.id for rule in RULES])
def test_a_section_has_its_assumptions_and_every_key(rule: str) -> None:
    assert "Assumptions: " in SECTIONS[rule]
    (config,) = (registered.config for registered in RULES if registered.id == rule)
    for key in config:
        assert f"`{key}`" in SECTIONS[rule], key
