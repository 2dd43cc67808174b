"""The KMS key of an Identity Center instance, as the engine's previews show it to the gate."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

from pulumi_aws_identity_center.gate.judge import judge
from pulumi_aws_identity_center.gate.readers import read

from tests.conftest import Stack

FORMS: tuple[dict[str, str], ...] = ({}, {"PULUMI_ENABLE_STREAMING_JSON_PREVIEW": "1"})
PROGRAM = """
import json
import pulumi_aws as aws

root = {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "kms:*", "Resource": "*"}
services = ["sso.amazonaws.com", "identitystore.amazonaws.com"]
uses = {"Effect": "Allow", "Principal": {"Service": services}, "Action": "kms:Decrypt", "Resource": "*"}

def policy(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": statements})

def key(name, **changes):
    return aws.kms.Key(name, **{"policy": policy(root, uses), **changes})

def apart(name, statements, **changes):
    key_id = aws.kms.Key(f"{name}-key", **changes).key_id
    return statements and aws.kms.KeyPolicy(name, key_id=key_id, policy=policy(*statements))
"""
# A key each: before the update, after it, and whether the gate says that Identity Center may lose it.
KEYS = {
    "deleted": ("key('deleted')", "", True),
    "replaced": ("key('replaced')", "key('replaced', multi_region=True)", True),
    "disabled": ("key('disabled')", "key('disabled', is_enabled=False)", True),
    "refused": ("key('refused')", "key('refused', policy=policy(root))", True),
    "denied": (
        "key('denied')",
        "key('denied', policy=policy(root, uses, {**root, 'Effect': 'Deny', 'Principal': '*'}))",
        True,
    ),
    "policy-deleted": ("apart('policy-deleted', [root, uses])", "apart('policy-deleted', [])", True),
    "policy-changed": ("apart('policy-changed', [root, uses])", "apart('policy-changed', [root])", True),
    "reordered": ("key('reordered')", "key('reordered', policy=policy({**uses, 'Sid': 'Uses'}, root))", False),
    "wider": (
        "key('wider')",
        "key('wider', policy=policy(root, uses, {**uses, 'Action': 'kms:DescribeKey'}))",
        False,
    ),
    "described": ("key('described')", "key('described', description='new', enable_key_rotation=True)", False),
    "enabled": ("key('enabled', is_enabled=False)", "key('enabled')", False),
    "apart": ("apart('apart', [root, uses])", "apart('apart', [uses, root], description='new')", False),
    "unused": ("key('unused', policy=policy(root))", "", False),
    "without-policy": ("aws.kms.Key('without-policy')", "aws.kms.Key('without-policy', is_enabled=False)", False),
}


def _program(moment: int) -> str:
    return "\n".join([PROGRAM, *(str(row[moment]) for row in KEYS.values())])


def test_the_gate_sees_which_key_identity_center_may_lose(new_stack: Callable[..., Stack], policies: str) -> None:
    stack = new_stack(_program(0), deployed=True)
    stack.refresh()
    stack.write(_program(1))
    for form in FORMS:
        options = ("--json", "--show-sames", "--show-replacement-steps", "--policy-pack", policies)
        verdict, findings = judge(read(io.StringIO(stack.pulumi("preview", *options, env=form).out)))
        assert verdict == "undetermined"
        assert {finding.rule for finding in findings} == {"encryption-key-lost"}
        lost = {finding.urn.rpartition("::")[2] for finding in findings}
        assert lost == {name for name, row in KEYS.items() if row[2]}


def test_whoever_may_delete_the_instances_key_is_listed(new_stack: Callable[..., Stack]) -> None:
    clerk = """
key("key")
user = aws.iam.User("clerk", name="clerk")
statement = {"Effect": "Allow", "Action": "kms:ScheduleKeyDeletion", "Resource": "*"}
aws.iam.UserPolicy("clerk", user=user.name, policy=policy(statement))
"""
    stack = new_stack(PROGRAM + clerk, deployed=True)
    assert "clerk" not in _who_can_disable(stack)
    [key] = [row["outputs"]["arn"] for row in stack.state() if row["type"] == "aws:kms/key:Key"]
    admin = stack.session.aws.client("sso-admin")
    [instance] = admin.list_instances()["Instances"]
    encryption = {"KeyType": "CUSTOMER_MANAGED_KEY", "KmsKeyArn": key}
    admin.update_instance(InstanceArn=instance["InstanceArn"], EncryptionConfiguration=encryption)
    assert _who_can_disable(stack)["clerk"]["actions"] == ["kms:ScheduleKeyDeletion"]


def _who_can_disable(stack: Stack) -> dict[str, Any]:
    """The principals that `identity-center who-can-disable` lists, by name."""
    command = ("identity-center", "who-can-disable", "--format", "json")
    report = json.loads(stack.session.run(*command, cwd=stack.folder, check=False).out)
    return {row["arn"].rpartition("/")[2]: row for row in report["principals"]}
