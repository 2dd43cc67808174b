"""The resource provider's AWS client, with its retries: `call()`. One session and one limiter for the whole process.

botocore retries nothing here, because a retry also has to wait for its turn in the limiter. An error is raised as
`CallFailed`, with AWS's code and message. Only the first call imports botocore, because the engine also starts a plugin
that just checks the provider's configuration.
"""

from __future__ import annotations

import math
import random
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from . import rates
from .results import Answer, NoAnswer, list_rows
from .sign_in_settings import SignIn
from .trusted_access import explain_refusal

if TYPE_CHECKING:
    from botocore.session import Session

Item = TypeVar("Item")
Value = TypeVar("Value")
# Kinds of results.py after which the same call may succeed.
TRANSIENT = frozenset({"throttled", "unavailable", "unreachable"})
CONFLICT = "ConflictException"
_CONNECTIONS = 64
_READERS = 8
_FIRST_PAUSE, _LONGEST_PAUSE = 0.2, 8.0
_CONNECT_TIMEOUT, _READ_TIMEOUT = 5, 30
# How long a call is retried, in seconds. While others use up a limit, AWS may refuse for minutes. Until AWS has
# answered once, there may be no network, or a wrong endpoint: then a call whose answer is late is retried once.
PATIENCE, PATIENCE_UNTIL_ANSWERED = 300.0, 5.0 + _READ_TIMEOUT
# For how long a cancelled update waits for AWS.
CANCEL_TIMEOUT = 30.0


class CallFailed(NoAnswer):
    """AWS refused a call, or did not answer. kind: a key of results.KINDS or "other". follows_no_answer: whether an
    earlier attempt got no answer, and may have done what was asked."""

    follows_no_answer = False

    def __init__(self, operation: str, kind: str, code: str, explanation: str) -> None:
        self.operation, self.kind, self.code, self.explanation = operation, kind, code, explanation
        super().__init__(f"{operation}: {explanation}")

    @property
    def is_transient(self) -> bool:
        return self.kind in TRANSIENT


@dataclass
class ProviderClient:
    """Thread-safe. Clients are made on first use, so that a plugin starts without credentials."""

    sign_in: SignIn = field(default_factory=SignIn)
    windows: Mapping[str, rates.Window] = field(default_factory=rates.windows)

    def __post_init__(self) -> None:
        self._lock = threading.RLock()
        self._session: Session | None = None
        self._clients: dict[str, Any] = {}
        self._services: Answer[list[Any]] | None = None
        self._has_answered = False
        self._last_moment = math.inf

    def call(self, service: str, operation: str, **parameters: Any) -> dict[str, Any]:
        """The answer to one operation (botocore's snake_case name). Tries again while AWS throttles or fails.

        Raises CallFailed.
        """
        started, pause = time.monotonic(), _FIRST_PAUSE
        was_unanswered = False
        while True:
            try:
                return self.call_once(service, operation, **parameters)
            except CallFailed as error:
                error.follows_no_answer = was_unanswered
                if not error.is_transient or time.monotonic() + pause > self._deadline(started):
                    raise
                was_unanswered |= error.kind != "throttled"
            time.sleep(pause * random.uniform(0.5, 1.0))
            pause = min(2 * pause, _LONGEST_PAUSE)

    def _deadline(self, started: float) -> float:
        """Until when a call is retried."""
        patience = PATIENCE if self._has_answered else PATIENCE_UNTIL_ANSWERED
        return min(started + patience, self._last_moment)

    def stop(self) -> None:
        """The run is cancelled: retries end with CANCEL_TIMEOUT."""
        self._last_moment = time.monotonic() + CANCEL_TIMEOUT

    def call_once(self, service: str, operation: str, **parameters: Any) -> dict[str, Any]:
        """As `call`, without a retry: for callers that retry by themselves (`assignment_queue.py`)."""
        from .calls import ask

        answer: Answer[dict[str, Any]] = ask(lambda: getattr(self._client(service), operation)(**parameters))
        self._has_answered |= answer.kind != "unreachable"
        if answer.value is None:
            explanation = explain_refusal(service, answer, self._trusted_services) or answer.explanation
            raise CallFailed(operation, answer.kind, answer.code, explanation)
        return answer.value

    def _trusted_services(self) -> Answer[list[Any]]:
        """The services with trusted access, asked at the first refusal: an update may meet thousands of them."""
        from .calls import ask
        from .client import trusted_services

        with self._lock:
            if self._services is None:
                self._services = ask(lambda: trusted_services(self._client("organizations")))
            return self._services

    def rows(self, service: str, operation: str, key: str, **parameters: Any) -> Iterator[Any]:
        """The rows of a list operation, over all its pages. Raises CallFailed."""

        def error(answer: Answer[Any]) -> CallFailed:
            return CallFailed(operation, answer.kind, answer.code, answer.explanation)

        return list_rows(partial(self.call, service, operation), key, parameters, error)

    def map(self, read: Callable[[Item], Value], items: Iterable[Item]) -> list[Value]:
        """What `read` gives for each item, in order; several are read at a time."""
        with ThreadPoolExecutor(_READERS) as readers:
            return list(readers.map(read, items))

    def _client(self, service: str) -> Any:
        with self._lock:  # making clients is not thread-safe, using them is
            if service not in self._clients:
                self._clients[service] = self._made(service)
            return self._clients[service]

    def _made(self, service: str) -> Any:
        from botocore.config import Config

        from .sign_in import make_client, region_of, signed_in

        if self._session is None:
            self._session = rates.keep_within(self.windows, signed_in(self.sign_in))
        config = Config(
            retries={"mode": "standard", "total_max_attempts": 1},
            connect_timeout=_CONNECT_TIMEOUT,
            read_timeout=_READ_TIMEOUT,
            max_pool_connections=_CONNECTIONS,
        )
        return make_client(self._session, service, region_of(self._session, self.sign_in.region), config)
