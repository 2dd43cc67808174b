from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from sandbox.aws import EmbeddedAws

SEED = """\
organization: {}
accounts:
  - {id: "222233334444", name: log-archive, joined: INVITED}
  - {id: "333344445555", name: security, joined: INVITED}
  - {id: "444455556666", name: workloads, joined: INVITED}
trusted_services: [sso.amazonaws.com]
delegated_administrator: "333344445555"
identity_center:
  seconds: SECONDS
  users: [{name: ann}, {name: bob}]
  groups: [{name: admins, members: [ann]}, {name: readers}]
"""


@dataclass
class Scene:
    """An organization with users, groups and a delegated administrator (333344445555)."""

    cloud: EmbeddedAws
    instance: str
    store: str

    def client(self, account: str | None = None, service: str = "sso-admin") -> Any:
        return self.cloud.client(service, account=account)

    def ids(self, kind: str) -> dict[str, str]:
        """Names → ids of "users" or "groups"."""
        client = self.client(service="identitystore")
        if kind == "users":
            rows = client.list_users(IdentityStoreId=self.store)["Users"]
            return {row["UserName"]: row["UserId"] for row in rows}
        rows = client.list_groups(IdentityStoreId=self.store)["Groups"]
        return {row["DisplayName"]: row["GroupId"] for row in rows}

    def permission_set(self, name: str = "Reader", **arguments: Any) -> str:
        created = self.client().create_permission_set(InstanceArn=self.instance, Name=name, **arguments)
        return str(created["PermissionSet"]["PermissionSetArn"])

    def grant(self, permission_set: str, account: str, group: str = "admins", kind: str = "GROUP") -> dict[str, Any]:
        """What create_account_assignment and its deletion take."""
        return {
            "InstanceArn": self.instance,
            "TargetId": account,
            "TargetType": "AWS_ACCOUNT",
            "PermissionSetArn": permission_set,
            "PrincipalType": kind,
            "PrincipalId": self.ids("groups" if kind == "GROUP" else "users").get(group, group),
        }

    def assign(self, permission_set: str, account: str, group: str = "admins", kind: str = "GROUP") -> dict[str, Any]:
        """Assigns, and gives the status that the request ends with."""
        client = self.client()
        answer = client.create_account_assignment(**self.grant(permission_set, account, group, kind))
        return self.ended(answer["AccountAssignmentCreationStatus"]["RequestId"])

    def ended(self, request: str) -> dict[str, Any]:
        status: dict[str, Any] = self.client().describe_account_assignment_creation_status(
            InstanceArn=self.instance, AccountAssignmentCreationRequestId=request
        )["AccountAssignmentCreationStatus"]
        return status

    def roles(self, account: str) -> list[str]:
        rows = self.cloud.client("iam", account=account).list_roles()["Roles"]
        return [row["RoleName"] for row in rows if row["RoleName"].startswith("AWSReservedSSO_")]


@pytest.fixture
def scene(aws: Callable[..., EmbeddedAws], tmp_path: Path) -> Callable[..., Scene]:
    """`scene(seconds=0)`: seconds is how long asynchronous work takes."""

    def start(seconds: float = 0, **options: Any) -> Scene:
        path = tmp_path / "seed.yaml"
        path.write_text(SEED.replace("SECONDS", str(seconds)))
        cloud = aws(path, **options)
        row = cloud.client("sso-admin").list_instances()["Instances"][0]
        return Scene(cloud, row["InstanceArn"], row["IdentityStoreId"])

    return start
