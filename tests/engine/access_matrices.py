"""What the engine's tests of AccessMatrix share: a program, its seed, and AWS's side by names."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

SEED = """
organization: {feature_set: ALL}
accounts:
  - {id: "222233334444", name: log-archive, unit: Security}
  - {id: "333344445555", name: security, unit: Security}
  - {id: "444455556666", name: workloads-prod, unit: Workloads/Prod}
  - {id: "555566667777", name: workloads-dev, unit: Workloads/Dev}
  - {id: "666677778888", name: old, unit: Workloads/Prod, state: SUSPENDED}
trusted_services: [sso.amazonaws.com]
identity_center:
  region: us-east-1
  users: [{name: alice}, {name: bob}]
  groups: [{name: Developers, members: [alice]}, {name: Operators, members: [bob]}]
"""
ALL = ["222233334444", "333344445555", "444455556666", "555566667777"]
PROGRAM = """
import json
import pathlib
import pulumi
from pulumi_aws_identity_center import AccessMatrix

matrix = AccessMatrix("access", json.loads(pathlib.Path("matrix.json").read_text()))
pulumi.export("arns", matrix.permission_set_arns)
pulumi.export("grants", matrix.grants)
"""
READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"
WRITES = ("Create", "Delete", "Update", "Attach", "Detach", "Put", "Provision", "Tag", "Untag")


def matrix(*assignments: dict[str, Any], **sets: Any) -> dict[str, Any]:
    return {"permissionSets": sets or {"ReadOnly": {"managedPolicies": [READ_ONLY]}}, "assignments": [*assignments]}


def entry(accounts: dict[str, Any], *groups: str, sets: tuple[str, ...] = ("ReadOnly",), **others: Any) -> dict:
    return {"groups": list(groups), "permissionSets": list(sets), "accounts": accounts, **others}


EVERYWHERE = {"all": True}
PRODUCTION = {"organizationalUnits": ["Workloads"], "except": {"names": ["*-dev"]}}
S3 = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}


class Center:
    """What the embedded AWS has, by names."""

    def __init__(self, stack) -> None:
        self.sso = stack.session.aws.client("sso-admin")
        self.store = stack.session.aws.client("identitystore")
        [instance] = self.sso.list_instances()["Instances"]
        self.arn, self.store_id = instance["InstanceArn"], instance["IdentityStoreId"]

    def group(self, name: str) -> Any:
        rows = self.store.list_groups(IdentityStoreId=self.store_id)["Groups"]
        return next(row["GroupId"] for row in rows if row["DisplayName"] == name)

    def sets(self) -> dict[str, str]:
        arns = self.sso.list_permission_sets(InstanceArn=self.arn)["PermissionSets"]
        about = [self.sso.describe_permission_set(InstanceArn=self.arn, PermissionSetArn=arn) for arn in arns]
        return {row["PermissionSet"]["Name"]: arn for row, arn in zip(about, arns, strict=True)}

    def accounts(self, principal: str, set_name: str = "ReadOnly", kind: str = "GROUP") -> list[str]:
        pages = self.sso.get_paginator("list_account_assignments_for_principal").paginate(
            InstanceArn=self.arn, PrincipalId=principal, PrincipalType=kind
        )
        arn = self.sets()[set_name]
        rows = [row for page in pages for row in page["AccountAssignments"]]
        return sorted(row["AccountId"] for row in rows if row["PermissionSetArn"] == arn)

    def assign(self, action: str, account: str, group: str, set_name: str = "ReadOnly") -> None:
        getattr(self.sso, f"{action}_account_assignment")(
            InstanceArn=self.arn,
            TargetId=account,
            TargetType="AWS_ACCOUNT",
            PermissionSetArn=self.sets()[set_name],
            PrincipalType="GROUP",
            PrincipalId=group,
        )


def writes(stack, since: int = 0) -> list[str]:
    return [name for name in stack.session.operations()[since:] if name.startswith(WRITES)]


def changed(preview: str) -> str:
    return preview[preview.index("Resources:") :]


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        threading.Event().wait(0.05)
