"""docs/ci.md, "Apply what was checked": the saved plan of a checked preview lets nothing else through."""

from __future__ import annotations

import io
from collections.abc import Callable

from pulumi_aws_identity_center.gate.judge import judge_plan
from pulumi_aws_identity_center.gate.readers import read

EVENTS = {"PULUMI_ENABLE_STREAMING_JSON_PREVIEW": "1"}
LISTED = """
import pulumi
import pulumi_aws as aws
aws.organizations.Organization(
    "org",
    aws_service_access_principals={listed},
    opts=pulumi.ResourceOptions(protect=True, import_="o-exampleorg01"),
)
"""
GOOD = LISTED.format(listed=["sso.amazonaws.com"])


def _check(stack) -> None:
    preview = stack.pulumi("preview", "--json", "--save-plan", "plan.json", env=EVENTS)
    assert judge_plan(read(io.StringIO(preview.out))).verdict == "safe"


def _up(stack):
    return stack.pulumi("up", "--yes", "--skip-preview", "--plan", "plan.json", check=False)


def test_an_update_by_a_saved_plan_does_nothing_else(new_stack: Callable) -> None:
    stack = new_stack(GOOD)
    _check(stack)
    assert _up(stack).code == 0
    _check(stack)
    stack.write(LISTED.format(listed=["ram.amazonaws.com"]))
    refused = _up(stack)
    assert refused.code not in (0, None)
    assert "violates plan" in refused.text or "not allowed by the plan" in refused.text
    assert "DisableAWSServiceAccess" not in stack.session.operations()
