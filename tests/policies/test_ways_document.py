"""docs/ways-to-lose-trusted-access.md has every rule, and docs/proofs.md a test, or a reason, for each of its rows."""

from __future__ import annotations

import re
from pathlib import Path

from rules.registry import RULES

ROOT = Path(__file__).resolve().parents[2]
WAYS = (ROOT / "docs/ways-to-lose-trusted-access.md").read_text("utf-8")
PROOFS = (ROOT / "docs/proofs.md").read_text("utf-8")
TESTS = sorted(set(re.findall(r"`([\w/]+\.py)::(\w+)`", PROOFS)))


def _rows(page: str) -> list[list[str]]:
    lines = [line for line in page.splitlines() if line.startswith("| ") and not line.startswith("| way")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_a_test_that_it_names_is_there() -> None:
    assert TESTS
    for file, name in TESTS:
        text = (ROOT / "tests" / file).read_text()
        assert re.search(rf"^def {name}\(", text, re.MULTILINE), f"{file} has no {name}"


def test_every_rule_stops_something_or_is_named_as_a_limit() -> None:
    assert {rule.id for rule in RULES} == set(re.findall("|".join(rule.id for rule in RULES), WAYS))


def test_every_row_names_what_stops_the_way() -> None:
    assert len(_rows(WAYS)) > 30
    for row in _rows(WAYS):
        assert len(row) == 3, row
        assert all(row), row


def test_every_way_has_its_proofs_in_the_same_order() -> None:
    assert [row[0] for row in _rows(PROOFS)] == [row[0] for row in _rows(WAYS)]
    for _, *proofs in _rows(PROOFS):
        assert len(proofs) == 2
        assert all(re.match(r"`[\w/]+\.py::|none: |the same$", proof) for proof in proofs), proofs


def test_the_page_for_readers_names_no_test() -> None:
    assert ".py" not in WAYS
