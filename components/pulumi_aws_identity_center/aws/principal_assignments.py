"""Each principal's account assignments, read once a run and updated with every change that this run makes.

ListAccountAssignmentsForPrincipal gives a principal's assignments over all accounts and permission sets
(singlesignon/latest/APIReference/API_ListAccountAssignmentsForPrincipal.html). Whether a user's list also holds its
groups' rows is not documented: rows of another principal are left out.
"""

from __future__ import annotations

import sys
import threading
from collections import defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from .assignments import Order
from .provider_client import CallFailed, ProviderClient

Principal = tuple[str, str]
AccountsBySet = dict[str, set[str]]
"""Permission set's ARN → account ids."""


@dataclass
class _Holding:
    """accounts: None until it is read."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    accounts: AccountsBySet | None = None
    is_gone: bool = False


class Holdings:
    """Of one instance. Thread-safe; two that ask for one principal read it once.

    inactive_accounts: whose assignments are left out, since AWS changes none there.
    """

    def __init__(
        self, client: ProviderClient, instance: str, inactive_accounts: Callable[[], Collection[str]] = frozenset
    ) -> None:
        self._client, self._instance, self._inactive_accounts = client, instance, inactive_accounts
        self._lock = threading.Lock()
        self._of: dict[Principal, _Holding] = {}

    def accounts(self, permission_set: str, principal: Principal) -> set[str]:
        """The accounts in which the principal has the permission set; none for one that the store doesn't know."""
        holding = self._read(principal)
        with holding.lock:
            accounts = set((holding.accounts or {}).get(permission_set, ()))
        return accounts.difference(self._inactive_accounts())

    def is_gone(self, principal: Principal) -> bool:
        """Whether the identity store doesn't know the principal any more."""
        return self._read(principal).is_gone

    def is_read(self, principal: Principal) -> bool:
        """Whether this run has read the principal's assignments already."""
        with self._lock:
            holding = self._of.get(principal)
        return holding is not None and holding.accounts is not None

    def note(self, order: Order) -> None:
        """An order that is done."""
        grant = order.grant
        holding = self._holding((grant.principal_type, grant.principal_id))
        with holding.lock:
            if holding.accounts is None:
                return
            accounts = holding.accounts[grant.permission_set]
            if order.action == "create":
                accounts.add(grant.account)
            else:
                accounts.discard(grant.account)

    def _holding(self, principal: Principal) -> _Holding:
        with self._lock:
            return self._of.setdefault(principal, _Holding())

    def _read(self, principal: Principal) -> _Holding:
        holding = self._holding(principal)
        with holding.lock:
            if holding.accounts is None:
                try:
                    holding.accounts = self._list(principal)
                except CallFailed as error:
                    if not error.is_not_found:
                        raise
                    holding.accounts, holding.is_gone = defaultdict(set), True
        return holding

    def _list(self, principal: Principal) -> AccountsBySet:
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
        accounts: AccountsBySet = defaultdict(set)
        for row in rows:
            if (row["PrincipalType"], row["PrincipalId"]) == principal:
                # One text for each permission set and account, however many grants there are.
                accounts[sys.intern(row["PermissionSetArn"])].add(sys.intern(row["AccountId"]))
        return accounts
