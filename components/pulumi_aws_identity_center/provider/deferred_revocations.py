"""Revocations of this run that wait until somebody else has the permission set in the account. Without this, AWS would
delete the role there and create one with another name (`declared.py`).

The resource whose update makes the new grant then revokes them, also for another resource. That resource's state still
has them until the next refresh.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable

from pulumi_aws_identity_center.aws.assignments import Grant


class DeferredRevocations:
    """Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._grants: set[Grant] = set()

    def add(self, grants: Iterable[Grant]) -> None:
        with self._lock:
            self._grants.update(grants)

    def take(self, permission_set: str, may_go: Callable[[Grant], bool]) -> list[Grant]:
        """Those of the permission set that may go now; each is handed out once."""
        with self._lock:
            waiting = [grant for grant in self._grants if grant.permission_set == permission_set]
        ready = set(filter(may_go, waiting))
        with self._lock:
            ready &= self._grants
            self._grants -= ready
        return sorted(ready)
