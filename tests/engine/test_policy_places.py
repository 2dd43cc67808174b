"""no-disable-grant on the engine: what providers, accounts, assignments and names tell it about a grant."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

EVENTS = {"PULUMI_ENABLE_STREAMING_JSON_PREVIEW": "1"}
HEAD = """
import json
import pulumi
import pulumi_aws as aws
from pulumi_aws_identity_center import guard_document
TRUST = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}}
ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"

def administrator(options=None, name="admin"):
    document = json.dumps({"Version": "2012-10-17", "Statement": [TRUST]})
    role = aws.iam.Role(name, name="Admin", assume_role_policy=document, opts=options)
    aws.iam.RolePolicyAttachment(name, role=role.name, policy_arn=ADMIN, opts=options)

def signed_in_to(account):
    role = pulumi.Output.concat("arn:aws:iam::", account, ":role/OrganizationAccountAccessRole")
    roles = [aws.ProviderAssumeRoleArgs(role_arn=role)]
    provider = aws.Provider("other", region="us-east-1", assume_roles=roles, allowed_account_ids=[account])
    return pulumi.ResourceOptions(provider=provider)

def trusted_access():
    kept = pulumi.ResourceOptions(protect=True)
    aws.organizations.AwsServiceAccess("sso", service_principal="sso.amazonaws.com", opts=kept)

def permission_set(*targets):
    instance = aws.ssoadmin.get_instances().arns[0]
    admins = aws.ssoadmin.PermissionSet("everything", name="AdministratorAccess", instance_arn=instance)
    aws.ssoadmin.ManagedPolicyAttachment(
        "attached", instance_arn=instance, permission_set_arn=admins.arn, managed_policy_arn=ADMIN
    )
    for target in targets:
        aws.ssoadmin.AccountAssignment(
            target, instance_arn=instance, permission_set_arn=admins.arn, target_id=target, target_type="AWS_ACCOUNT",
            principal_id="11111111-2222-3333-4444-555555555555", principal_type="GROUP",
        )

def guarded(role):
    guard = guard_document(break_glass_principals=["arn:aws:iam::111122223333:role/break-glass"])
    document = {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "*", "Resource": "*"}, *guard["Statement"]]}
    aws.iam.RolePolicy(role, role=role, policy=json.dumps(document))

"""
MADE = 'made = aws.organizations.Account("sandbox", name="sandbox", email="sandbox@example.com")\n'
KNOWN = {"managementAccountId": "111122223333"}
OWNED = {"ownerStacks": ["test/dev"]}
ONE, NONE, LINE = ["mandatory"], list[str](), ["advisory"]
# One of a kind; all that an account, an assignment or a name decides: tests/components/domain/grants/test_places.py.
CASES: dict[str, tuple[str, dict[str, Any], list[str]]] = {
    "management": ("trusted_access()\nadministrator()", {}, ONE),
    "member, and not told": ('administrator(signed_in_to("444455556666"), "member")\nadministrator()', {}, LINE),
    "created": (f'{MADE}administrator(signed_in_to(made.id), "member")', {}, NONE),
    "set in the management account": ('permission_set("444455556666", "111122223333")', KNOWN, ONE),
    "guard that a name settles": ('guarded("admin")', OWNED, NONE),
}


@pytest.mark.timeout(600)  # a preview a case, and its machine may be busy
def test_a_grant_is_refused_where_it_can_do_harm(new_stack: Callable, policies: str, tmp_path) -> None:
    stack = new_stack("")
    for name, (program, config, expected) in CASES.items():
        stack.write(HEAD + program)
        file = tmp_path / "config.json"
        file.write_text(
            json.dumps({"all": "disabled", "no-disable-grant": {"enforcementLevel": "mandatory", **config}})
        )
        pack = ("--policy-pack", policies, "--policy-pack-config", str(file))
        result = stack.pulumi("preview", "--json", *pack, check=False, env=EVENTS)
        events = [json.loads(line).get("policyEvent") for line in result.out.splitlines()]
        assert [event["enforcementLevel"] for event in events if event] == expected, (name, result.text[-1500:])
        assert not [event for event in events if event and event["resourceUrn"].endswith("::member")]
        assert (result.code != 0) == ("mandatory" in expected), name


MATRIX = """
from pulumi_aws_identity_center import AccessMatrix
sets = {"Admin": {"managedPolicies": ["arn:aws:iam::aws:policy/AdministratorAccess"]}}
everywhere = {"groups": ["Admins"], "permissionSets": ["Admin"], "accounts": {"ids": ["111122223333"]}}
AccessMatrix("access", {"permissionSets": sets, "assignments": [everywhere]})
"""
SEED = """
organization: {feature_set: ALL}
trusted_services: [sso.amazonaws.com]
identity_center: {region: us-east-1, groups: [{name: Admins}]}
"""


def test_what_the_program_removes_is_not_judged(new_stack: Callable, policies: str, tmp_path) -> None:
    seed, file = tmp_path / "seed.yaml", tmp_path / "config.json"
    seed.write_text(SEED)
    stack = new_stack(MATRIX, seed=seed)
    stack.up()
    pack = ("--policy-pack", policies, "--policy-pack-config", str(file))
    file.write_text(json.dumps({"no-disable-grant": KNOWN}))
    declared = stack.preview(*pack, check=False)
    assert declared.code != 0
    assert "no-disable-grant" in declared.text
    stack.write("")
    removed = stack.preview(*pack, check=False)
    assert "PermissionSet access/Admin delete" in removed.text
    assert removed.code == 0, removed.text
    assert "no-disable-grant" not in removed.text
    file.write_text(json.dumps({"last-administrator-kept": {"ownerStacks": ["test/dev"], **KNOWN}}))
    assert "last-administrator-kept" in stack.preview(*pack, check=False).text
