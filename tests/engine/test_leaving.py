"""docs/leaving.md, run as it stands: the tool goes, and sign-in and everybody's access stay."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Callable

import pytest

from sandbox.session import ROOT
from tests.conftest import Stack

# An assignment that the aws provider made stays as those of the matrix do, whatever its name has in a shell or in JSON.
ALSO = """
import pulumi_aws as aws

instances = aws.ssoadmin.get_instances()
instance, store = instances.arns[0], instances.identity_store_ids[0]
kept = aws.iam.User("kept", name="Kept")
audit = aws.ssoadmin.PermissionSet("audit", name="Audit", instance_arn=instance, description=kept.arn)
group = aws.identitystore.Group("auditors", display_name="External", identity_store_id=store)
aws.ssoadmin.AccountAssignment(
    "O'Brien's  R&D \\ <ü>\\nverdict: safe",
    instance_arn=instance,
    permission_set_arn=audit.arn,
    principal_id=group.group_id,
    principal_type="GROUP",
    target_id="444455556666",
    target_type="AWS_ACCOUNT",
)
aws.ssm.Parameter("audit", name="/sso/audit", type="String", value=audit.arn)  # depends on what stays
"""
ACCESS = """
permissionSets:
  ReadOnly:
    managedPolicies: ["arn:aws:iam::aws:policy/ReadOnlyAccess"]
assignments:
  - groups: [Auditors]
    users: [alice]
    permissionSets: [ReadOnly]
    accounts: {organizationalUnits: [Workloads]}
"""
TAKES_ACCESS = {"DeleteAccountAssignment", "DeletePermissionSet", "DeleteGroup", "DisableAWSServiceAccess"}


@pytest.mark.timeout(300)
def test_the_tool_goes_and_sign_in_stays(main_stack: Callable[..., Stack]) -> None:
    stack = main_stack()
    program = (stack.folder / "__main__.py").read_text()
    (stack.folder / "__main__.py").unlink()
    stack.write(program + ALSO)
    (stack.folder / "access.yaml").write_text(ACCESS)
    stack.config(
        **{
            "aws-identity-center__delegatedAdministratorAccountId": "333344445555",
            "aws-identity-center__sentinel": {},
            "aws-identity-center__accessMatrix": "access.yaml",
        }
    )
    stack.up()
    access = _access(stack)
    assert {"ReadOnly", "Audit"} <= {grant["permissionSet"] for grant in access}

    blocks = re.findall(r"```sh\n(.*?)```", (ROOT / "docs/leaving.md").read_text(), re.DOTALL)
    [kept] = [row["urn"] for row in stack.state() if row["urn"].endswith("::kept")]
    for block in blocks:
        script = f"set -euo pipefail\n{textwrap.dedent(block).replace('URN', kept)}"
        stack.session.run("bash", "-c", script, cwd=stack.folder, env={"PULUMI_STACK": stack.name})

    assert stack.state() == []
    assert TAKES_ACCESS.isdisjoint(call["operation"] for call in stack.session.aws.calls)
    assert _access(stack) == access
    assert stack.session.run("identity-center", "status", cwd=stack.folder).code == 0
    assert "DeleteUser" not in stack.session.operations()
    assert stack.session.aws.client("lambda").list_functions()["Functions"] == []


def _access(stack: Stack) -> list[dict[str, object]]:
    printed = stack.session.run("identity-center", "matrix", "--format", "json", cwd=stack.folder).out
    grants: list[dict[str, object]] = json.loads(printed)["grants"]
    return grants
