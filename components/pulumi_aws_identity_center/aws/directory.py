"""Groups and users by name, and the instance of their identity store, which it reads once a run."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from .plugin_client import CallFailed, PluginClient

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


class ListedPrincipal(NamedTuple):
    type: str
    id: str
    name: str | None


class Directory:
    """The identity store of one instance."""

    def __init__(self, client: PluginClient, instance: str) -> None:
        self._client, self._instance = client, instance
        self._listed: dict[tuple[str, str], ListedPrincipal] = {}
        self._unlisted: Iterator[ListedPrincipal] | None = None
        self._names: dict[tuple[str, str], str | None] = {}
        self._names_lock = threading.Lock()

    @cached_property
    def instance(self) -> dict[str, Any]:
        """sso:DescribeInstance's answer."""
        return self._client.call("sso-admin", "describe_instance", InstanceArn=self._instance)

    def everyone(self) -> Iterator[ListedPrincipal]:
        """Every group, then every user; reads as many pages as the caller takes, each once a run. For one caller at a
        time."""
        yield from self._listed.values()
        if self._unlisted is None:
            self._unlisted = (principal for kind in _KINDS for principal in self._list(kind))
        for principal in self._unlisted:
            self._listed[principal.type, principal.id] = principal
            yield principal

    def _list(self, kind: str) -> Iterator[ListedPrincipal]:
        about = _KINDS[kind]
        store = self.instance["IdentityStoreId"]
        for row in self._client.rows("identitystore", about.list, about.rows, IdentityStoreId=store, MaxResults=_PAGE):
            yield ListedPrincipal(kind, row[about.id], row.get(about.name))

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
        looked_up = self._client.map(lambda name: self._principal_id(about, store, name), left)
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
        """Of an id, asked once a run; None if the identity store doesn't know it."""
        key = (kind, principal)
        with self._names_lock:
            if key not in self._names:
                listed = self._listed.get(key)
                self._names[key] = listed.name if listed else self._describe(kind, principal)
            return self._names[key]

    def _describe(self, kind: str, principal: str) -> str | None:
        about = _KINDS[kind]
        store = self.instance["IdentityStoreId"]
        try:
            row = self._client.call("identitystore", about.describe, IdentityStoreId=store, **{about.id: principal})
        except CallFailed as error:
            if error.is_not_found:
                return None
            raise
        return row.get(about.name)
