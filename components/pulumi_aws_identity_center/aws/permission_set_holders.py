"""Who has a permission set, whether or not a program names them.

No operation lists all assignments of a permission set. Two ways, and the one with fewer calls is taken:
- by principal: ListAccountAssignmentsForPrincipal, for each group and user that this run has not read yet. It answers
  for all permission sets. Assignments of a group or user that was deleted are not seen.
- by place: ListAccountAssignments, for each account in which the permission set is provisioned.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Mapping

from .directory import Directory
from .permission_sets import PermissionSets
from .principal_assignments import Holdings, Principal
from .provider_client import ProviderClient


class Holders:
    """Of one instance. Thread-safe: one reads, and the others wait for what it finds."""

    def __init__(
        self, client: ProviderClient, holdings: Holdings, directory: Directory, permission_sets: PermissionSets
    ) -> None:
        self._client, self._holdings = client, holdings
        self._directory, self._permission_sets = directory, permission_sets
        self._lock = threading.Lock()
        self._places_read = 0

    def accounts(self, permission_set: str) -> Mapping[Principal, frozenset[str]]:
        """Principal → the accounts in which it has the permission set. Raises CallFailed."""
        with self._lock:
            if not self._has_more_unread_than(self._places_read):
                return self._read_by_principal(permission_set)
            places = list(self._permission_sets.provisioned_accounts(permission_set))
            if not self._has_more_unread_than(self._places_read + len(places)):
                return self._read_by_principal(permission_set)
            self._places_read += len(places)
            return self._read_by_place(permission_set, places)

    def _has_more_unread_than(self, limit: int) -> bool:
        """Whether more groups and users than that are not read yet. Lists no more of them than it takes to tell."""
        unread = 0
        for listed in self._directory.everyone():
            unread += not self._holdings.is_read((listed.type, listed.id))
            if unread > limit:
                return True
        return False

    def _read_by_principal(self, permission_set: str) -> Mapping[Principal, frozenset[str]]:
        principals = [(listed.type, listed.id) for listed in self._directory.everyone()]
        accounts = self._client.map(lambda one: self._holdings.accounts(permission_set, one), principals)
        return {principal: frozenset(ids) for principal, ids in zip(principals, accounts, strict=True) if ids}

    def _read_by_place(self, permission_set: str, places: list[str]) -> Mapping[Principal, frozenset[str]]:
        rows_by_place = self._client.map(
            lambda account: self._permission_sets.assignments(permission_set, account), places
        )
        accounts: dict[Principal, set[str]] = defaultdict(set)
        for account, rows in zip(places, rows_by_place, strict=True):
            for row in rows:
                accounts[row["PrincipalType"], row["PrincipalId"]].add(account)
        return {principal: frozenset(ids) for principal, ids in accounts.items()}
