"""A grant that moves from one resource to another, as the engine's previews show it to the gate, and what is left."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

from pulumi_aws_identity_center.gate.judge import judge_plan
from pulumi_aws_identity_center.gate.readers import read

from .access_matrices import SEED, Center

MANAGEMENT = "111122223333"
PROGRAM = """
import pulumi_aws as aws
from pulumi_aws_identity_center.components.provider_resources import AccountAssignments

instance = aws.ssoadmin.get_instances()
store, arn = instance.identity_store_ids[0], instance.arns[0]
group = aws.identitystore.Group("admins", identity_store_id=store, display_name="Admins")
admin = aws.ssoadmin.PermissionSet("admin", name="Admin", instance_arn=arn)
aws.ssoadmin.ManagedPolicyAttachment(
    "admin", instance_arn=arn, permission_set_arn=admin.arn,
    managed_policy_arn="arn:aws:iam::aws:policy/AdministratorAccess",
)
"""
SINGLE = """
aws.ssoadmin.AccountAssignment(
    "admins", instance_arn=arn, permission_set_arn=admin.arn, principal_id=group.group_id, principal_type="GROUP",
    target_id="111122223333", target_type="AWS_ACCOUNT",
)
"""
MANY = """
args = {"instanceArn": arn, "permissionSetArn": admin.arn, "principalType": "GROUP", "principalId": group.group_id}
AccountAssignments("admins", {**args, "accounts": ["111122223333"]})
"""


def test_account_assignments_in_place_of_single_ones_lose_them(new_stack: Callable, tmp_path: Path) -> None:
    seed = tmp_path / "seed.yaml"
    seed.write_text(SEED)
    stack = new_stack(PROGRAM + SINGLE, seed=seed, deployed=True)
    center = Center(stack)
    assert center.accounts(center.group("Admins"), "Admin") == [MANAGEMENT]
    stack.write(PROGRAM + MANY)
    for form in ({}, {"PULUMI_ENABLE_STREAMING_JSON_PREVIEW": "1"}):
        preview = stack.pulumi("preview", "--json", "--show-sames", env=form)
        judgement = judge_plan(read(io.StringIO(preview.out)), management_account=MANAGEMENT)
        assert (judgement.verdict, [finding.rule for finding in judgement.findings]) == (
            "unsafe",
            ["last-administrator-removed"],
        )
    stack.up(previewed=True)
    assert center.accounts(center.group("Admins"), "Admin") == []
