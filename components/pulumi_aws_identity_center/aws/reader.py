"""Many reads in parallel, within AWS's rates: for commands that need every answer.

Takes any service and operation, by botocore's names. A call that AWS doesn't answer raises, with a remedy. It keeps to
the limiter of `provider_client.py`, and isn't the same reader: a command gives up soon and stops at Ctrl-C, where the
plugin tries a call again for minutes.
"""

from __future__ import annotations

import contextlib
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from typing import Any, Protocol, TypeVar

from pulumi_aws_identity_center.errors import IdentityCenterError, NotPossibleHere

from .calls import ask
from .client import Account, open_account
from .results import Answer, NoAnswer, list_rows
from .sign_in_settings import SignIn
from .trusted_access import explain_refusal

Item = TypeVar("Item")
Value = TypeVar("Value")
Row = dict[str, Any]

# 20 requests a second, each of which may take a second and more.
READERS = 32
_IAM_PREFIXES = {"sso-admin": "sso"}


class Unanswered(NoAnswer, IdentityCenterError):
    """AWS didn't answer a read. answer: what it came to instead."""

    def __init__(self, answer: Answer[Any]) -> None:
        self.answer, self.code = answer, answer.code
        start = "Could not ask AWS: " if answer.kind == "no-credentials" else ""
        super().__init__(f"{start}{answer.reason}. {answer.remedy}")


@contextlib.contextmanager
def malformed_is_unanswered() -> Iterator[None]:
    """Around what reads AWS's answers and does nothing else: one of another shape raises Unanswered."""
    try:
        yield
    except (KeyError, TypeError, AttributeError, ValueError, IndexError) as error:
        what = f"it lacks {error}" if isinstance(error, KeyError) else type(error).__name__
        raise Unanswered(Answer(kind="malformed", message=what)) from error


class Rows(Protocol):
    """What reads AWS: a command's `Reader`, or the resource provider's `ProviderClient`."""

    def call(self, service: str, operation: str, **parameters: Any) -> Row: ...

    def rows(self, service: str, operation: str, key: str, **parameters: Any) -> Iterator[Any]: ...

    def map(self, read: Callable[[Item], Value], items: Iterable[Item]) -> list[Value]: ...


class Reader:
    """Thread-safe. region: where the regional services are asked."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.region = account.region
        # Of the thread: the event that ends the map for which it reads.
        self._of_thread = threading.local()

    def call(self, service: str, operation: str, **parameters: Any) -> Row:
        """One answer. Raises Unanswered, and NotPossibleHere if AWS refuses it because trusted access is off."""
        action = f"{_IAM_PREFIXES.get(service, service)}:{''.join(map(str.capitalize, operation.split('_')))}"
        answer = ask(lambda: getattr(self.account.client(service, self.region), operation)(**parameters), action)
        if answer.value is None:
            self._refuse_without_trusted_access(service, answer)
            raise Unanswered(answer)
        return answer.value  # type: ignore[no-any-return]

    def _refuse_without_trusted_access(self, service: str, answer: Answer[Any]) -> None:
        explanation = explain_refusal(service, answer, self.account.trusted)
        if explanation is not None:
            raise NotPossibleHere(explanation)

    def rows(self, service: str, operation: str, key: str, **parameters: Any) -> Iterator[Any]:
        """Raises Unanswered."""

        def ask(**parameters: Any) -> Row:
            if self._stopped().is_set():
                raise Unanswered(Answer(kind="interrupted"))
            return self.call(service, operation, **parameters)

        return list_rows(ask, key, parameters, Unanswered)

    def map(
        self, read: Callable[[Item], Value], items: Iterable[Item], done: Callable[[int], None] | None = None
    ) -> list[Value]:
        """What `read` gives for each item, in order. done: is told how many are. The first error ends it."""
        jobs: list[tuple[Item, Future[Value]]] = [(item, Future()) for item in items]
        around, stopped, waiting = self._stopped(), threading.Event(), deque(jobs)

        def work() -> None:
            self._of_thread.stopped = stopped
            with contextlib.suppress(IndexError):  # none is left
                while not stopped.is_set():
                    _fulfil(read, *waiting.popleft())

        # Daemons: after an error or Ctrl-C, a call that hangs doesn't keep the process alive.
        for _ in range(min(READERS, len(jobs))):
            threading.Thread(target=work, daemon=True).start()
        try:
            _await([future for _, future in jobs], around, done or (lambda _count: None))
        finally:
            stopped.set()
        return [future.result() for _, future in jobs]

    def both(self, first: Callable[[], Item], second: Callable[[], Value]) -> tuple[Item, Value]:
        """Two reads side by side; each may have maps of its own."""
        reads: list[Callable[[], Any]] = [first, second]
        first_result, second_result = self.map(lambda read: read(), reads)
        return first_result, second_result

    def _stopped(self) -> threading.Event:
        """Whether the map for which this thread reads was ended."""
        event: threading.Event = getattr(self._of_thread, "stopped", None) or threading.Event()
        return event


def _fulfil(read: Callable[[Item], Value], item: Item, future: Future[Value]) -> None:
    try:
        future.set_result(read(item))
    except Exception as error:  # noqa: BLE001 - raised again in the thread that waits
        future.set_exception(error)


def _await(futures: list[Future[Any]], around: threading.Event, done: Callable[[int], None]) -> None:
    open_ = set(futures)
    while open_:
        finished, open_ = wait(open_, timeout=0.5, return_when=FIRST_COMPLETED)
        for future in finished:
            future.result()
        if around.is_set():
            raise Unanswered(Answer(kind="interrupted"))
        done(len(futures) - len(open_))


def open_reader(sign_in: SignIn) -> Reader:
    """Raises Unanswered for a sign-in that can't be used."""
    account = open_account(sign_in)
    if account.value is None:
        raise Unanswered(account)
    return Reader(account.value)
