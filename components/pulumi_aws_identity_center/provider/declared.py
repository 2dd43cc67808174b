"""What this run's program has declared so far, as the plugin sees it.

It refuses two resources that declare the same thing. A grant is not revoked before this run has made the grant that
replaces it.

With the last assignment of a permission set in an account AWS deletes the role there, and makes one of another name
when the next comes (github.com/aws-ia/terraform-aws-iam-identity-center issue 33).
"""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable

Principal = tuple[str, str]
# For how long the engine may show no further assignments until nobody waits for them any more in this run. It may show
# the rest later: with --parallel 1 not before the update that waits has ended.
QUIET = 2.0


class Declared:
    """Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._shown = threading.Condition(self._lock)
        self._shown_at = 0.0
        self._ends_waits = False
        self._owners: dict[Hashable, str] = {}
        self._names: dict[str, tuple[str, str]] = {}
        self._grants: dict[Hashable, dict[Principal, frozenset[str]]] = defaultdict(dict)
        self._granting: dict[str, dict[str, str]] = defaultdict(dict)
        self._exclusive: dict[str, tuple[str, frozenset[str]]] = {}

    def claim(self, thing: Hashable, urn: str) -> str | None:
        """The URN of another resource that declares this already."""
        with self._lock:
            owner = self._owners.setdefault(thing, urn)
            return None if owner == urn else owner

    def name(self, instance: str, name: str, arn: str) -> None:
        """Notes the ARN of a permission set, by whose name grants may have been declared."""
        with self._lock:
            self._names[arn] = (instance, name)

    def by_arn(self, arn: str, principal: Principal, accounts: Iterable[str]) -> None:
        """Of a resource that the engine shows: one that --target leaves out is never shown."""
        with self._shown:
            self._grants[arn][principal] = frozenset(accounts)
            self._shown_at = time.monotonic()
            self._shown.notify_all()

    def by_name(self, instance: str, name: str, principal: Principal, accounts: Iterable[str]) -> None:
        with self._lock:
            self._grants[instance, name][principal] = frozenset(accounts)

    def claim_exclusively(self, arn: str, urn: str, principal_ids: Iterable[str]) -> list[str]:
        """The URNs of resources that give the permission set to other principals than these."""
        listed = frozenset(principal_ids)
        with self._lock:
            self._exclusive[arn] = (urn, listed)
            return sorted(owner for id_, owner in self._granting[arn].items() if id_ not in listed)

    def claim_for(self, arn: str, urn: str, principal_id: str) -> str | None:
        """The URN of the resource that takes the permission set from principals that it doesn't list, as this one."""
        with self._lock:
            self._granting[arn][principal_id] = urn
            owner, listed = self._exclusive.get(arn, ("", frozenset({principal_id})))
            return None if principal_id in listed else owner

    def accounts(self, arn: str, principal: Principal) -> frozenset[str]:
        """Those in which this run declares the principal to have the permission set, whichever resource does."""
        with self._lock:
            return frozenset().union(*(self._grants[key].get(principal, frozenset()) for key in self._keys(arn)))

    def other_principals(self, arn: str, account: str, principal: Principal) -> list[Principal]:
        """Those that this run declares to have the permission set in the account, without this one."""
        with self._lock:
            grants = [self._grants[key] for key in self._keys(arn)]
            holders = {holder for accounts_of in grants for holder, ids in accounts_of.items() if account in ids}
        return sorted(holders - {principal})

    def shown_principals(self, arn: str, account: str, principals: Collection[Principal]) -> list[Principal]:
        """Those of these whose resource the engine has shown. Waits for the first, as long as it shows others."""
        with self._shown:
            self._wait_for(lambda: bool(self._shown_of(arn, account, principals)))
            return self._shown_of(arn, account, principals)

    def wait_for_principal(self, arn: str, principal: Principal) -> None:
        """Until a resource declares it to have the permission set, as long as the engine shows others."""
        with self._shown:
            self._wait_for(lambda: any(principal in self._grants[key] for key in self._keys(arn)))

    def _wait_for(self, is_shown: Callable[[], bool]) -> None:
        while not is_shown() and not self._ends_waits:
            quiet = time.monotonic() - self._shown_at
            self._ends_waits = quiet >= QUIET
            self._shown.wait(max(0.0, QUIET - quiet))

    def _keys(self, arn: str) -> list[Hashable]:
        """Those under which this run declares grants of the permission set."""
        return [key for key in (arn, self._names.get(arn)) if key in self._grants]

    def stop(self) -> None:
        """Ends all waits: the run is cancelled."""
        with self._shown:
            self._ends_waits = True
            self._shown.notify_all()

    def _shown_of(self, arn: str, account: str, principals: Collection[Principal]) -> list[Principal]:
        grants = self._grants.get(arn, {})
        return [principal for principal in principals if account in grants.get(principal, ())]
