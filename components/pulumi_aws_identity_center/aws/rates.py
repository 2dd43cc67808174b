"""Keeps every call, retries included, within the request rates that AWS documents.

It uses a window instead of a token bucket, so that no second has more calls than that, not even the first.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any

# Calls a second, by botocore's name of the service; what isn't here has no published rate for what is asked.
# singlesignon/latest/userguide/limits.html: all operations together.
# IAM/latest/UserGuide/reference_iam-quotas.html: AssumeRole, GetCallerIdentity and others together.
# accounts/latest/reference/quotas.html: ListRegions.
# organizations/latest/userguide/orgs_reference_limits.html has a rate an operation; 8 for ListAccounts is assumed.
DOCUMENTED = {"sso-admin": 20, "identitystore": 20, "sts": 600, "account": 5, "organizations": 8}
# A little over a second, since calls don't arrive at just the distance at which they left.
_SECOND = 1.01


class Window:
    """Lets so many through in any second; shared by threads."""

    def __init__(
        self,
        limit: int,
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._lock = threading.Lock()
        self._starts: deque[float] = deque(maxlen=limit)
        self._now, self._sleep = now, sleep

    def wait(self, **_request: Any) -> None:
        """Waits for this call's turn. A handler of botocore's event before-send: None sends the call."""
        with self._lock:
            moment = start = self._now()
            if len(self._starts) == self._starts.maxlen:
                start = max(moment, self._starts[0] + _SECOND)
            self._starts.append(start)
        if start > moment:
            self._sleep(start - moment)


def windows() -> dict[str, Window]:
    """A window for each service with a documented rate: for all calls of one set of credentials."""
    return {service: Window(limit) for service, limit in DOCUMENTED.items()}
