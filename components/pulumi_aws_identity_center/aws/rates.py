"""How many requests a second each service may get: every call, also a retry, waits for its turn.

`DOCUMENTED` has AWS's rates. A sliding window of a second holds them, because a token bucket allows a burst at first.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from botocore.session import Session

# Calls a second, by botocore's name of the service. AWS publishes no rate for the other services that are called.
# singlesignon/latest/userguide/limits.html: all operations together.
# IAM/latest/UserGuide/reference_iam-quotas.html: AssumeRole, GetCallerIdentity and others together.
# accounts/latest/reference/quotas.html: ListRegions.
# organizations/latest/userguide/orgs_reference_limits.html has a rate an operation; 8 for ListAccounts is assumed.
DOCUMENTED = {"sso-admin": 20, "identitystore": 20, "sts": 600, "account": 5, "organizations": 8}
# A little over a second, because calls may arrive closer together than they left.
_SECOND = 1.01
# A window's calls leave over at least so many seconds. If all left at once, they would wait for each other, and arrive
# late, together with the calls of the next second.
_SPREAD = 0.2


class Window:
    """Lets at most `limit` calls leave in any second. Threads share it.

    A call counts from the moment when it leaves, not from the planned one: a thread may get the processor late.
    """

    def __init__(
        self,
        limit: int,
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._turn = threading.Lock()
        self._departures: deque[float] = deque(maxlen=limit)
        self._gap = _SPREAD / limit
        self._now, self._sleep = now, sleep

    def wait(self, **_request: Any) -> None:
        """Waits for this call's turn. A handler of botocore's event before-send: None sends the call."""
        with self._turn:  # one waits for the clock, the others for the lock
            self._sleep(max(0.0, self._next_departure() - self._now()))
            self._departures.append(self._now())

    def _next_departure(self) -> float:
        if not self._departures:
            return self._now()
        after_last = self._departures[-1] + self._gap
        is_full = len(self._departures) == self._departures.maxlen
        return max(after_last, self._departures[0] + _SECOND) if is_full else after_last


def windows() -> dict[str, Window]:
    """A window for each service with a documented rate: for all calls of one set of credentials."""
    return {service: Window(limit) for service, limit in DOCUMENTED.items()}


def keep_within(windows_: Mapping[str, Window], session: Session) -> Session:
    """The same session. botocore sends before-send for every attempt, so that its own retries wait too."""
    for service, window in windows_.items():
        session.register(f"before-send.{service}", window.wait)
    return session
