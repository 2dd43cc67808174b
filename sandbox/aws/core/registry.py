"""Who answers an operation: a function of this package (`handles`), moto behind a check (`guards`), or moto alone. Any
other operation is answered with 501."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .wire import Call, Response
from .world import World


@dataclass
class Context:
    """A handler's argument: the world, the call, and the account whose credentials signed it."""

    world: World
    call: Call
    account: str

    def parameter(self, name: str) -> Any:
        return self.call.parameters.get(name)

    def elements(self, name: str) -> list[Any]:
        """Those of a parameter that is a list; empty if the call doesn't have it."""
        return self.call.parameters.get(name) or []


# A Response is sent as it is: of operations whose answer isn't a structure.
Handler = Callable[[Context], dict[str, Any] | Response | None]

# Handlers that wait for others, whose calls need the world meanwhile: they run without its lock.
WAITING: set[tuple[str, str]] = set()
HANDLERS: dict[tuple[str, str], Handler] = {}
GUARDS: dict[tuple[str, str], list[Handler]] = {}
# What other services do when an account has left the organization: called with the world and the account's id.
ON_DEPARTURE: list[Callable[[World, str], None]] = []


def handles(service: str, *operations: str, waits: bool = False) -> Callable[[Handler], Handler]:
    """The decorated function answers these operations; its result is the output shape. waits: on others' calls."""

    def register(handler: Handler) -> Handler:
        for operation in operations:
            HANDLERS[service, operation] = handler
            if waits:
                WAITING.add((service, operation))
        return handler

    return register


def guards(service: str, *operations: str) -> Callable[[Handler], Handler]:
    """The decorated function runs before these operations (every one, for "*") and may refuse with an AwsError."""

    def register(guard: Handler) -> Handler:
        for operation in operations:
            GUARDS.setdefault((service, operation), []).append(guard)
        return guard

    return register
