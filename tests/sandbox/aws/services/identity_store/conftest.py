from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from sandbox.aws import EmbeddedAws

_SEED = """\
organization: {}
accounts: [{id: "222233334444", name: log-archive}, {id: "333344445555", name: security}]
trusted_services: [sso.amazonaws.com]
delegated_administrator: "333344445555"
identity_center:
  users: [{name: ann, external_id: {issuer: "https://scim", id: "7"}}, {name: bob}]
  groups: [{name: admins, members: [ann]}, {name: readers, external_id: {issuer: "https://scim", id: "9"}}]
"""


@dataclass
class Store:
    """The identity store of an organization with users ann (in admins) and bob, and groups admins and readers."""

    cloud: EmbeddedAws
    id: str

    def call(self, operation: str, account: str | None = None, **arguments: Any) -> dict[str, Any]:
        client = self.cloud.client("identitystore", account=account)
        answer: dict[str, Any] = getattr(client, operation)(IdentityStoreId=self.id, **arguments)
        return answer

    def user(self, name: str) -> str:
        return str(self.call("get_user_id", AlternateIdentifier=unique("userName", name))["UserId"])

    def group(self, name: str) -> str:
        return str(self.call("get_group_id", AlternateIdentifier=unique("displayName", name))["GroupId"])


def unique(path: str, value: str) -> dict[str, Any]:
    return {"UniqueAttribute": {"AttributePath": path, "AttributeValue": value}}


@pytest.fixture
def store(aws: Callable[..., EmbeddedAws], tmp_path: Path) -> Store:
    path = tmp_path / "seed.yaml"
    path.write_text(_SEED)
    cloud = aws(path)
    return Store(cloud, cloud.client("sso-admin").list_instances()["Instances"][0]["IdentityStoreId"])
