"""A message with a number of one reads "1 account": every number before a noun is written by `errors.count()`."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from pulumi_aws_identity_center.errors import count

from sandbox.session import ROOT
from tests.walk import walk

SOURCES = [
    path
    for folder in ("components/pulumi_aws_identity_center", "policies/pack", "policies/rules")
    for path in sorted((ROOT / folder).rglob("*.py"))
]
PLURAL = re.compile(r" ([a-z]+ )?[a-zA-Z]+s\b")
# Words that end in s and are no plural.
SINGULAR = re.compile(r" ([a-z]+ )?(is|was|has|as|this|gives|takes|says)\b")


def _is_number(value: ast.FormattedValue, numbers: set[str]) -> bool:
    """Of things that were counted: len(), sum(), a name for one of them, or a format of thousands."""
    in_thousands = value.format_spec is not None and "," in ast.unparse(value.format_spec)
    is_counted = isinstance(value.value, ast.Call) and ast.unparse(value.value.func) in {"len", "sum"}
    return in_thousands or is_counted or (isinstance(value.value, ast.Name) and value.value.id in numbers)


def _counted_names(tree: ast.AST) -> set[str]:
    return {
        name.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and re.match(r"\(?(len|sum)\(", ast.unparse(node.value))
        for target in node.targets
        for name in ast.walk(target)
        if isinstance(name, ast.Name)
    }


def _plurals(source: str) -> Iterator[str]:
    """Each number that a noun in the plural follows, whatever the number is."""
    tree = ast.parse(source)
    numbers = _counted_names(tree)
    for text in ast.walk(tree):
        if not isinstance(text, ast.JoinedStr):
            continue
        for part, after in zip(text.values, text.values[1:], strict=False):
            if not isinstance(part, ast.FormattedValue) or not isinstance(after, ast.Constant):
                continue
            noun = str(after.value)
            if PLURAL.match(noun) and not SINGULAR.match(noun) and _is_number(part, numbers):
                yield f"line {part.lineno}: {ast.unparse(text)}"


def test_a_number_of_one_is_never_before_a_plural() -> None:
    plurals = {str(path.relative_to(ROOT)): list(_plurals(path.read_text("utf-8"))) for path in SOURCES}
    assert len(plurals) > 200
    assert {path: lines for path, lines in plurals.items() if lines} == {}


@walk(
    "source",
    ['f"{len(rows)} accounts"', 'f"{total:,} open findings."', 'sets = len(x)\nf"in {sets} permission sets, so"'],
)
def test_the_walk_finds_each_spelling_of_a_number(source: str) -> None:
    assert len(list(_plurals(source))) == 1


def test_one_is_singular_and_thousands_have_a_comma() -> None:
    shown = [count(number, "account") for number in (0, 1, 2, 1000)]
    assert shown == ["0 accounts", "1 account", "2 accounts", "1,000 accounts"]
