"""The README's table of rules is the registry: the same rules, in the same order, none that isn't there."""

from __future__ import annotations

import re
from pathlib import Path

from rules.registry import RULES

ROOT = Path(__file__).resolve().parents[2]


def test_the_readme_lists_the_rules_in_order() -> None:
    table = (ROOT / "README.md").read_text().partition("<!-- rules:")[2].partition("<!-- end of rules -->")[0]
    assert re.findall(r"^\| `([a-z-]+)` \|", table, re.MULTILINE) == [rule.id for rule in RULES]


def test_every_rule_has_a_check_and_its_types() -> None:
    for rule in RULES:
        assert rule.check is not None or rule.check_stack is not None, rule.id
        assert rule.types, rule.id
