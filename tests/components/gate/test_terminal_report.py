"""The gate on a terminal: the verdict first, blocks that fit the width, no URN."""

from __future__ import annotations

import pytest
from pulumi_aws_identity_center.gate.break_glass import OpenBreakGlass
from pulumi_aws_identity_center.gate.finding import Finding
from pulumi_aws_identity_center.gate.judge import Judgement
from pulumi_aws_identity_center.gate.terminal_report import terminal_lines

URN = "urn:pulumi:dev::own::aws-identity-center:index:TrustedAccess$aws:organizations/awsServiceAccess:AwsServiceAccess"
FINDINGS = [
    Finding("trusted-access-deleted", f"{URN}::sso", "delete", f"{URN}::sso would be " + "gone " * 40, "Keep it."),
    Finding("value-unknown", f"{URN}::other", "", "unknown", "", certain=False),
]


@pytest.mark.parametrize("width", [80, 120])
def test_blocks_fit_the_width_and_show_no_urn(width: int) -> None:
    shown = [line.text for line in terminal_lines(Judgement("unsafe", FINDINGS), width)]
    assert shown[0] == "UNSAFE: 2 findings"
    assert "✗ trusted-access-deleted: AwsServiceAccess sso (delete)" in shown
    assert "? value-unknown: AwsServiceAccess other" in shown
    assert max(len(line) for line in shown) <= width
    assert "urn:pulumi" not in "".join(shown)


def test_an_open_break_glass_ends_with_a_command_to_paste() -> None:
    opened = OpenBreakGlass("moving", "2026-12-02T23:59:59.999999+00:00")
    shown = list(terminal_lines(Judgement("unsafe", FINDINGS[:1], break_glasses=[opened]), 100))
    told = [line.text for line in shown if line.style == "bold yellow"]
    assert told == [
        "Break-glass is open until 2026-12-02 23:59 UTC, by the stack's configuration: moving",
        "To accept what it allows: identity-center gate --break-glass-acknowledged REASON",
    ]


def test_a_safe_plan_is_one_line() -> None:
    assert [line.text for line in terminal_lines(Judgement("safe"), 80)] == ["SAFE: no findings"]


def test_findings_of_one_rule_fold_after_three() -> None:
    findings = [Finding("r", f"{URN}::{number}", "delete", "d", "") for number in range(5)]
    shown = [line.text for line in terminal_lines(Judgement("unsafe", findings), 80)]
    assert sum(line.startswith("✗") for line in shown) == 3
    assert shown[-1] == "  and 2 more of this rule"
