"""How a refusal of `guard_stack()` reaches the user: as its sentence, with every refused resource named.

An error raised in a transform travels through the engine into the failing registration, and the SDK tells of that one
with a trace. So the transform notes what it refuses, and here, where this process hands resources to the engine, the
call fails with a pulumi.RunError, which every language host prints as it is. Once something is refused, this process
registers nothing more. The transform also stays the last one of the stack: one registered later could undo it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any

import grpc
import pulumi


class Refused(pulumi.RunError):
    """Says, when it is printed, all that is refused by then."""

    def __init__(self, sentences: Callable[[], Mapping[str, str]]) -> None:
        super().__init__()
        self._sentences = sentences

    def __str__(self) -> str:
        told = list(self._sentences().values())
        return told[0] if len(told) == 1 else "\n".join(f"- {sentence}" for sentence in told)


class Refusals:
    """What is refused, by resource, in one program.

    foreseen: what needs no look at the engine to be refused. running: whether the program still runs; with Pulumi's
    mocks the next test is another one.
    """

    def __init__(self, foreseen: Callable[[], Mapping[str, str]], running: Callable[[], bool] = lambda: True) -> None:
        self._running = running
        self._sentences: dict[str, str] = {}
        self._foreseen = foreseen
        self._held = False
        self._sent: set[tuple[str, str, str]] = set()
        self._waiting: set[threading.Event] = set()
        self._lock = threading.Lock()
        # Whether a transform of someone else's may still change what a resource asks for.
        self.transformed = False

    def add(self, resource: str, sentence: str) -> None:
        """From the transform: this resource must not be registered."""
        with self._lock:
            self._sentences[resource] = sentence
            for ended in self._waiting:
                ended.set()

    def is_of_another_process(self, type_: str, name: str, parent: str) -> bool:
        """Whether a remote component registers it; this process's own calls come through here."""
        return self._held and (type_, name, parent) not in self._sent

    def all(self) -> dict[str, str]:
        """The sentences, by resource."""
        if not self._running():
            return {}
        foreseen = {} if self.transformed else self._foreseen()
        return {**foreseen, **self._sentences}

    def check(self) -> None:
        """Raises Refused if anything is."""
        if self.all():
            raise Refused(self.all)

    def hold(self, monitor: Any) -> None:
        """From now on the program's calls to the engine end with what is refused, if anything is."""
        self._held = True
        monitor.RegisterResource = self._checked(monitor.RegisterResource)
        monitor.RegisterResourceOutputs = self._checked(monitor.RegisterResourceOutputs)
        if hasattr(monitor, "Call"):  # mocks have none
            monitor.Call = self._checked(monitor.Call, elsewhere=True)
        monitor.RegisterStackTransform = self._kept_last(monitor.RegisterStackTransform)

    def _checked(self, call: Any, *, elsewhere: bool = False) -> Callable[[Any], Any]:
        """elsewhere: it runs in another process, as a remote component's constructor does, and its methods."""

        def checked(request: Any) -> Any:
            if getattr(request, "custom", False):
                self._sent.add((request.type, request.name, request.parent))
            self.check()
            # Under Pulumi's mocks there is no engine, and a call ends at once.
            waits = (elsewhere or getattr(request, "remote", False)) and hasattr(call, "future")
            try:
                return self._unless_refused(call, request) if waits else call(request)
            except grpc.RpcError:
                self.check()
                raise

        return checked

    def _unless_refused(self, call: Any, request: Any) -> Any:
        """That process would tell of the refusal with a trace of its own, so it isn't waited for."""
        answer = call.future(request)
        ended = threading.Event()
        answer.add_done_callback(lambda _: ended.set())
        with self._lock:
            self._waiting.add(ended)
        self.check()
        ended.wait()
        self.check()
        return answer.result()

    def _kept_last(self, register: Callable[[Any], Any]) -> Callable[[Any], Any]:
        """The engine runs them in the order in which they came: ours, the first to come through here, comes again."""
        own: list[Any] = []

        def kept_last(callback: Any) -> Any:
            answer = register(callback)
            if own:
                self.transformed = True
                register(own[0])
            else:
                own.append(callback)
            return answer

        return kept_last
