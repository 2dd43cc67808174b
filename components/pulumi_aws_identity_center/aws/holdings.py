"""Each principal's account assignments, read once a run and updated with every change that this run makes.

ListAccountAssignmentsForPrincipal gives a principal's assignments over all accounts and permission sets
(singlesignon/latest/APIReference/API_ListAccountAssignmentsForPrincipal.html). Whether a user's list also holds its
groups' rows is not documented: rows of another principal are left out.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

from .assignments import Grant, Order
from .plugin_client import CallFailed, PluginClient

Principal = tuple[str, str]


@dataclass
class _Holding:
    lock: threading.Lock = field(default_factory=threading.Lock)
    grants: set[Grant] | None = None
    is_gone: bool = False


class Holdings:
    """Of one instance. Thread-safe; two that ask for one principal read it once."""

    def __init__(self, client: PluginClient, instance: str) -> None:
        self._client, self._instance = client, instance
        self._lock = threading.Lock()
        self._of: dict[Principal, _Holding] = {}

    def accounts(self, permission_set: str, principal: Principal) -> set[str]:
        """The accounts in which the principal has the permission set; none for one that the store doesn't know."""
        holding = self._read(principal)
        with holding.lock:
            return {grant.account for grant in holding.grants or () if grant.permission_set == permission_set}

    def grants(self, principal: Principal) -> set[Grant]:
        holding = self._read(principal)
        with holding.lock:
            return set(holding.grants or ())

    def is_gone(self, principal: Principal) -> bool:
        """Whether the identity store doesn't know the principal any more."""
        return self._read(principal).is_gone

    def is_read(self, principal: Principal) -> bool:
        """Whether this run has read the principal's assignments already."""
        with self._lock:
            holding = self._of.get(principal)
        return holding is not None and holding.grants is not None

    def note(self, order: Order) -> None:
        """An order that is done."""
        holding = self._holding((order.grant.principal_type, order.grant.principal_id))
        with holding.lock:
            if holding.grants is None:
                return
            if order.action == "create":
                holding.grants.add(order.grant)
            else:
                holding.grants.discard(order.grant)

    def _holding(self, principal: Principal) -> _Holding:
        with self._lock:
            return self._of.setdefault(principal, _Holding())

    def _read(self, principal: Principal) -> _Holding:
        holding = self._holding(principal)
        with holding.lock:
            if holding.grants is None:
                try:
                    holding.grants = set(self._list(principal))
                except CallFailed as error:
                    if not error.is_not_found:
                        raise
                    holding.grants, holding.is_gone = set(), True
        return holding

    def _list(self, principal: Principal) -> Iterator[Grant]:
        kind, principal_id = principal
        rows = self._client.rows(
            "sso-admin",
            "list_account_assignments_for_principal",
            "AccountAssignments",
            InstanceArn=self._instance,
            PrincipalType=kind,
            PrincipalId=principal_id,
            MaxResults=100,
        )
        for row in rows:
            if (row["PrincipalType"], row["PrincipalId"]) == principal:
                # One text for each permission set and account, however many grants there are.
                yield Grant(sys.intern(row["AccountId"]), sys.intern(row["PermissionSetArn"]), kind, principal_id)
