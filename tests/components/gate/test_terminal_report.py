"""The gate on a terminal: the verdict first, blocks that fit the width, no URN."""

from __future__ import annotations

import pytest
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


def test_a_safe_plan_is_one_line() -> None:
    assert [line.text for line in terminal_lines(Judgement("safe"), 80)] == ["SAFE: no findings"]


def test_findings_of_one_rule_fold_after_three() -> None:
    findings = [Finding("r", f"{URN}::{number}", "delete", "d", "") for number in range(5)]
    shown = [line.text for line in terminal_lines(Judgement("unsafe", findings), 80)]
    assert sum(line.startswith("✗") for line in shown) == 3
    assert shown[-1] == "  and 2 more of this rule"
