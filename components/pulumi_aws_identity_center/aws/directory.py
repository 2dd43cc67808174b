"""Who and what there is: groups and users by name, accounts with their organizational units, the instance. Each is
asked once a run.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from .plugin_client import CallFailed, PluginClient

_READERS = 8
_PAGE = 100


@dataclass(frozen=True)
class _Kind:
    """One kind of principal: its names in the identity store's API."""

    list: str
    rows: str
    id: str
    name: str
    look_up: str
    attribute: str
    describe: str


_KINDS = {
    "GROUP": _Kind("list_groups", "Groups", "GroupId", "DisplayName", "get_group_id", "displayName", "describe_group"),
    "USER": _Kind("list_users", "Users", "UserId", "UserName", "get_user_id", "userName", "describe_user"),
}


class Directory:
    """The identity store and the organization around one instance."""

    def __init__(self, client: PluginClient, instance: str) -> None:
        self._client, self._instance = client, instance

    @cached_property
    def instance(self) -> dict[str, Any]:
        """sso:DescribeInstance's answer."""
        return self._client.call("sso-admin", "describe_instance", InstanceArn=self._instance)

    def principal_ids(self, kind: str, names: Iterable[str]) -> dict[str, str]:
        """Name → id, of those that the identity store knows.

        One page of the list first, which holds all of them in most directories; a call for each of the others, since
        a directory can hold 100,000 users.
        """
        wanted = sorted(set(names))
        if not wanted:
            return {}
        about = _KINDS[kind]
        store = self.instance["IdentityStoreId"]
        page = self._client.call("identitystore", about.list, IdentityStoreId=store, MaxResults=_PAGE)
        listed = {row[about.name]: row[about.id] for row in page[about.rows] if about.name in row}
        ids = {name: listed[name] for name in wanted if name in listed}
        if not page.get("NextToken"):
            return ids
        left = [name for name in wanted if name not in ids]
        with ThreadPoolExecutor(_READERS) as readers:
            looked_up = readers.map(lambda name: self._principal_id(about, store, name), left)
            return ids | {name: id_ for name, id_ in zip(left, looked_up, strict=True) if id_ is not None}

    def _principal_id(self, about: _Kind, store: str, name: str) -> str | None:
        attribute = {"UniqueAttribute": {"AttributePath": about.attribute, "AttributeValue": name}}
        try:
            answer = self._client.call(
                "identitystore", about.look_up, IdentityStoreId=store, AlternateIdentifier=attribute
            )
        except CallFailed as error:
            if error.is_not_found:
                return None
            raise
        id_: str = answer[about.id]
        return id_

    def principal_name(self, kind: str, principal: str) -> str | None:
        """Of an id; None if the identity store doesn't know it."""
        about = _KINDS[kind]
        store = self.instance["IdentityStoreId"]
        try:
            row = self._client.call("identitystore", about.describe, IdentityStoreId=store, **{about.id: principal})
        except CallFailed as error:
            if error.is_not_found:
                return None
            raise
        return row.get(about.name)

    @cached_property
    def accounts(self) -> list[dict[str, Any]]:
        """organizations:ListAccounts' rows."""
        return list(self._client.pages("organizations", "list_accounts", "Accounts"))

    def tags(self, accounts: Iterable[str]) -> dict[str, dict[str, str]]:
        """Of each account: a call an account, so only where a selector asks for tags."""

        def read(account: str) -> dict[str, str]:
            rows = self._client.pages("organizations", "list_tags_for_resource", "Tags", ResourceId=account)
            return {row["Key"]: row["Value"] for row in rows}

        ids = list(accounts)
        with ThreadPoolExecutor(_READERS) as readers:
            return dict(zip(ids, readers.map(read, ids), strict=True))

    @cached_property
    def unit_paths(self) -> dict[str, str]:
        """Id of a root or organizational unit → its path of names below the root; "" for the root."""
        roots = self._client.pages("organizations", "list_roots", "Roots")
        paths = {row["Id"]: "" for row in roots}
        level = list(paths)
        with ThreadPoolExecutor(_READERS) as readers:
            while level:
                children = list(readers.map(self._units_in, level))
                above, level = level, []
                for parent, rows in zip(above, children, strict=True):
                    for row in rows:
                        paths[row["Id"]] = f"{paths[parent]}/{row['Name']}".lstrip("/")
                        level.append(row["Id"])
        return paths

    def _units_in(self, parent: str) -> list[Mapping[str, Any]]:
        operation = "list_organizational_units_for_parent"
        return list(self._client.pages("organizations", operation, "OrganizationalUnits", ParentId=parent))

    @cached_property
    def parents(self) -> dict[str, str]:
        """Account → the id of its root or organizational unit: from ListAccounts' `Paths`, or by walking the tree."""
        listed = {row["Id"]: _parent_in(row.get("Paths")) for row in self.accounts}
        if all(listed.values()):
            return {account: parent for account, parent in listed.items() if parent}
        units = list(self.unit_paths)
        with ThreadPoolExecutor(_READERS) as readers:
            rows = readers.map(
                lambda unit: [
                    row["Id"]
                    for row in self._client.pages(
                        "organizations", "list_accounts_for_parent", "Accounts", ParentId=unit
                    )
                ],
                units,
            )
            return {account: unit for unit, accounts in zip(units, rows, strict=True) for account in accounts}


def _parent_in(paths: list[str] | None) -> str | None:
    """organizations/latest/APIReference/API_Account.html: o-id/r-id/ou-id/…/account id/"""
    if not paths:
        return None
    ids = paths[0].strip("/").split("/")
    return ids[-2] if len(ids) > 2 else None
