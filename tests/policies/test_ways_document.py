"""docs/ways-to-lose-trusted-access.md: every rule is in it, every row is whole, and the tests that it names exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from rules.registry import RULES

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs/ways-to-lose-trusted-access.md").read_text()
TESTS = sorted(set(re.findall(r"`([\w/]+\.py)::(\w+)`", TEXT)))


@pytest.mark.parametrize(("file", "name"), TESTS)
def test_a_test_that_it_names_is_there(file: str, name: str) -> None:
    assert re.search(rf"^def {name}\(", (ROOT / "tests" / file).read_text(), re.MULTILINE)


def test_every_rule_stops_something_or_is_named_as_a_limit() -> None:
    assert {rule.id for rule in RULES} == set(re.findall("|".join(rule.id for rule in RULES), TEXT))


def test_every_row_says_what_stops_it_and_what_can_not_each_with_a_test_or_why_there_is_none() -> None:
    rows = [line for line in TEXT.splitlines() if line.startswith("| ") and not line.startswith("| way")]
    assert len(rows) > 30
    for row in rows:
        cells = [cell.strip() for cell in row.strip("|").split("|")]
        assert len(cells) == 5, row
        assert all(cells), row
        for proof in (cells[2], cells[4]):
            assert re.match(r"`[\w/]+\.py::|none: |the same$", proof), row
