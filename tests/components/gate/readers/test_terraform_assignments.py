"""Which account assignments are kept by permission set and account alone."""

from __future__ import annotations

from typing import Any

from pulumi_aws_identity_center.gate.change import Cause
from pulumi_aws_identity_center.gate.readers.terraform_assignments import tells_all
from pulumi_aws_identity_center.gate.readers.terraform_change import change_of

from tests.walk import walk

VALUES = {"permission_set_arn": "arn:x", "target_id": "1", "principal_id": "04da6b54", "principal_type": "GROUP"}


def _without(name: str) -> dict[str, str]:
    return {key: value for key, value in VALUES.items() if key != name}


@walk(
    ("more", "expected"),
    [
        ({}, True),
        ({"after": None}, True),
        ({"after_sensitive": {"principal_id": True}}, False),
        ({"before_sensitive": {"principal_id": True}}, False),
        ({"after": _without("target_id"), "after_unknown": {"target_id": True}}, False),
        ({"after": _without("permission_set_arn"), "after_unknown": {"permission_set_arn": True}}, False),
    ],
)
def test_an_assignment_tells_all_if_its_set_and_account_are_told(more: Any, expected: bool) -> None:
    type_ = "aws_ssoadmin_account_assignment"
    change = {"actions": ["update"], "before": VALUES, "after": VALUES, **more}
    row = {"address": f"{type_}.x", "mode": "managed", "type": type_, "name": "x", "change": change}
    assignment = change_of(row, Cause.PLAN)
    assert assignment is not None
    assert tells_all(assignment) is expected
