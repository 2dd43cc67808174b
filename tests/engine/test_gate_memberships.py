"""A user's groups, through which it has the guard, as the engine's previews show them to the gate."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from pulumi_aws_identity_center.gate.judge import judge
from pulumi_aws_identity_center.gate.readers import read

from tests.conftest import Stack

FORMS: tuple[dict[str, str], ...] = ({}, {"PULUMI_ENABLE_STREAMING_JSON_PREVIEW": "1"})
PROGRAM = """
import json
import pulumi_aws as aws
from pulumi_aws_identity_center import guard_document

document = guard_document(break_glass_principals=["arn:aws:iam::111122223333:role/break-glass"])
guard = aws.iam.Policy("guard", name="guard", policy=json.dumps(document))
guarded, plain = aws.iam.Group("guarded", name="guarded"), aws.iam.Group("plain", name="plain")
aws.iam.GroupPolicyAttachment("guarded", group=guarded.name, policy_arn=guard.arn)
ann = aws.iam.User("ann", name="ann")
"""
MEMBER = 'aws.iam.UserGroupMembership("ann", user=ann.name, groups=[{}])'
IN_IT = MEMBER.format("guarded.name")


@pytest.mark.parametrize(
    ("after", "verdict", "rules"),
    [
        ("", "unsafe", {"guard-removed"}),
        (MEMBER.format("plain.name"), "unsafe", {"guard-removed"}),
        (MEMBER.format("plain.name, guarded.name"), "safe", set()),
    ],
    ids=["gone", "moved", "in both"],
)
def test_who_leaves_the_guards_group_is_seen(
    new_stack: Callable[..., Stack], after: str, verdict: str, rules: set[str]
) -> None:
    stack = new_stack(PROGRAM + IN_IT, deployed=True)
    stack.write(PROGRAM + after)
    for form in FORMS:
        preview = stack.pulumi("preview", "--json", "--show-sames", env=form)
        judged, findings = judge(read(io.StringIO(preview.out)))
        assert (judged, {finding.rule for finding in findings}) == (verdict, rules)
