"""Groups and users by name, and the instance of their identity store, which it reads once a run."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from .results import unless_missing

if TYPE_CHECKING:
    from .reader import Rows

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

    def __init__(self, client: Rows, instance: str, store: str = "") -> None:
        """store: its id, if that is known."""
        self._client, self._instance, self._known_store = client, instance, store
        self._listed: dict[tuple[str, str], ListedPrincipal] = {}
        self._unlisted: Iterator[ListedPrincipal] | None = None
        self._names: dict[tuple[str, str], str | None] = {}
        self._names_lock = threading.Lock()

    @cached_property
    def _store(self) -> str:
        if self._known_store:
            return self._known_store
        instance = self._client.call("sso-admin", "describe_instance", InstanceArn=self._instance)
        return str(instance["IdentityStoreId"])

    def everyone(self) -> Iterator[ListedPrincipal]:
        """Every group, then every user; reads as many pages as the caller takes, each once a run. For one caller at a
        time."""
        yield from self._listed.values()
        if self._unlisted is None:
            self._unlisted = (principal for kind in _KINDS for principal in self.list_all(kind))
        for principal in self._unlisted:
            self._listed[principal.type, principal.id] = principal
            yield principal

    def list_all(self, kind: str) -> Iterator[ListedPrincipal]:
        """Those of one kind: a call a page. Raises NoAnswer."""
        about, store = _KINDS[kind], self._store
        for row in self._client.rows("identitystore", about.list, about.rows, IdentityStoreId=store, MaxResults=_PAGE):
            yield ListedPrincipal(kind, row[about.id], row.get(about.name))

    def principal_ids(self, kind: str, names: Iterable[str]) -> dict[str, str]:
        """Name → id, of those that the identity store knows.

        One page of the list first, which holds all of them in most directories; a call for each of the others, since
        a directory can hold 100,000 users, and only AWS knows whether it takes a name in another case.
        """
        wanted = sorted(set(names))
        if not wanted:
            return {}
        about = _KINDS[kind]
        page = self._client.call("identitystore", about.list, IdentityStoreId=self._store, MaxResults=_PAGE)
        listed = {row[about.name]: row[about.id] for row in page[about.rows] if about.name in row}
        ids = {name: listed[name] for name in wanted if name in listed}
        left = [name for name in wanted if name not in ids]
        looked_up = self._client.map(lambda name: self.principal_id(kind, name), left)
        return ids | {name: id_ for name, id_ in zip(left, looked_up, strict=True) if id_ is not None}

    def principal_id(self, kind: str, name: str) -> str | None:
        """None if the identity store doesn't know it. Raises NoAnswer."""
        about = _KINDS[kind]
        attribute = {"UniqueAttribute": {"AttributePath": about.attribute, "AttributeValue": name}}
        row = self._call(about.look_up, AlternateIdentifier=attribute)
        return None if row is None else str(row[about.id])

    def principal_name(self, kind: str, principal: str) -> str | None:
        """Of an id, asked once a run: the id itself of who has no name, and None if the identity store doesn't know
        it."""
        key = (kind, principal)
        with self._names_lock:
            if key not in self._names:
                known = self._listed.get(key) or self.describe(kind, principal)
                self._names[key] = known and (known.name or principal)
            return self._names[key]

    def describe(self, kind: str, principal: str) -> ListedPrincipal | None:
        """None if the identity store doesn't know it. Raises NoAnswer."""
        about = _KINDS[kind]
        row = self._call(about.describe, **{about.id: principal})
        return None if row is None else ListedPrincipal(kind, principal, row.get(about.name))

    def _call(self, operation: str, **parameters: Any) -> dict[str, Any] | None:
        store = self._store
        return unless_missing(
            lambda: self._client.call("identitystore", operation, IdentityStoreId=store, **parameters)
        )
