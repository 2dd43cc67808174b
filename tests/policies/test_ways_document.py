"""docs/ways-to-lose-trusted-access.md names tests and rules; each of them exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from rules.registry import RULES

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs/ways-to-lose-trusted-access.md").read_text()
TESTS = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", TEXT)))


@pytest.mark.parametrize(("file", "name"), TESTS)
def test_a_test_that_it_names_is_there(file: str, name: str) -> None:
    assert re.search(rf"^def {name}\(", (ROOT / file).read_text(), re.MULTILINE)


def test_every_rule_stops_something_or_is_named_as_a_limit() -> None:
    assert {rule.id for rule in RULES} == set(re.findall("|".join(rule.id for rule in RULES), TEXT))


def test_every_row_has_its_four_cells_and_names_a_test_or_says_why_not() -> None:
    rows = [line for line in TEXT.splitlines() if line.startswith("| ") and not line.startswith("| way")]
    assert len(rows) > 20
    for row in rows:
        cells = [cell.strip() for cell in row.strip("|").split("|")]
        assert len(cells) == 4, row
        assert all(cells), row
        assert cells[3].startswith(("`tests/", "none")), row
