"""A violation's text: what is wrong, what would happen, the fix; each in a line of the CLI's."""

from __future__ import annotations

from pulumi_aws_identity_center.domain.violation import WIDTH, Fix, Violation

from tests.walk import walk

MORE = "docs/policies.md#rule"
FIX = Fix("in Python.", "in TypeScript.", "in YAML.", "in HCL.")


@walk(
    ("violation", "lines"),
    [
        (Violation("It is wrong.", "It ends.", FIX), ["It is wrong.", f"It ends. {MORE}", "Fix: in YAML."]),
        (Violation("It is wrong."), [f"It is wrong. {MORE}"]),
        (Violation("It is wrong.", fix=FIX), [f"It is wrong. {MORE}", "Fix: in YAML."]),
        (Violation(f"{'x' * (WIDTH - 10)}."), [f"{'x' * (WIDTH - 10)}."]),
        (Violation(f"{'x' * WIDTH}."), [f"{'x' * (WIDTH - 1)}…"]),
    ],
)
def test_each_part_has_a_line_of_its_own(violation: Violation, lines: list[str]) -> None:
    assert violation.text("yaml", MORE).splitlines() == lines


def test_the_fix_of_an_unknown_language_says_that_it_is_pythons() -> None:
    assert FIX.line("cobol") == "Fix in Python: in Python."
    assert Fix("remove it.").line("cobol") == "Fix: remove it."
