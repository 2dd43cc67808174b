"""Request rates, as token buckets an account and a service.

sso-admin: 20 requests a second over all its operations together (singlesignon/latest/userguide/limits.html).
organizations, iam, identitystore, sts: AWS publishes some per operation and some not at all; the figures are assumed.
"""

from __future__ import annotations

import threading
import time

from sandbox.aws.core.errors import AwsError

# requests a second, and how many at once after a pause
RATES = {"sso-admin": (20.0, 20.0), "organizations": (20.0, 30.0), "iam": (20.0, 100.0), "identitystore": (20.0, 40.0)}
_OTHERS = (100.0, 200.0)


class Throttle:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._buckets: dict[tuple[str, str], tuple[float, float]] = {}

    def check(self, account: str, service: str, now: float | None = None) -> None:
        """Takes a token, or raises the error that AWS answers above its rate."""
        moment = time.monotonic() if now is None else now  # the world's own, so that a repeatable run repeats
        rate, burst = RATES.get(service, _OTHERS)
        with self._lock:
            tokens, before = self._buckets.get((account, service), (burst, moment))
            tokens = min(burst, tokens + (moment - before) * rate)
            if tokens < 1:
                self._buckets[account, service] = (tokens, moment)
                raise throttled(service)
            self._buckets[account, service] = (tokens - 1, moment)


def throttled(service: str) -> AwsError:
    """The throttling error of each service's model."""
    if service == "organizations":
        return AwsError("TooManyRequestsException", "You have sent too many requests in too short a period of time.")
    code = "Throttling" if service in ("iam", "sts") else "ThrottlingException"
    return AwsError(code, "Rate exceeded")
