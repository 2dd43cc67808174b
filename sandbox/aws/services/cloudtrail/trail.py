"""What the trail keeps of a call: no more than its record needs (cloudtrail.py)."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from sandbox.aws.authorization.principals import NOBODY, Principal
from sandbox.aws.core.wire import Call
from sandbox.aws.core.world import HOME_REGION, World

KEPT = 50_000
_SOURCES = {"sso-admin": "sso", "cloudwatch": "monitoring"}
_GLOBAL = frozenset({"organizations", "iam"})


@dataclass(frozen=True)
class Event:
    """One call. account: in whose trail it is. answer: of a call that changed something; shared: the id that its
    records in several accounts share; invoked_by: the service that made it by itself."""

    id: str
    time: float
    call: Call
    principal: Principal
    request_id: str
    account: str
    error: tuple[str, str] | None = None
    answer: bytes | None = None
    shared: str | None = None
    invoked_by: str | None = None

    @property
    def source(self) -> str:
        return f"{_SOURCES.get(self.call.service, self.call.service)}.amazonaws.com"

    @property
    def read_only(self) -> bool:
        return self.call.is_read

    @property
    def is_global(self) -> bool:
        """Whether the service's events are recorded in one Region, wherever the call came from."""
        return self.call.service in _GLOBAL

    @property
    def region(self) -> str:
        return HOME_REGION if self.is_global else self.call.region


def add(world: World, event: Event, **changes: Any) -> None:
    """Adds it with these changes; the oldest go when the trail is full."""
    if len(world.trail) >= KEPT:
        del world.trail[: KEPT // 10]
    event = dataclasses.replace(event, **changes) if changes else event
    world.trail.append(event)
    if world.background is not None:
        world.background.recorded(event)


def add_services(world: World, service: str, operation: str, account: str, parameters: dict[str, Any]) -> None:
    """Adds a change that a service made to an account's IAM by itself."""
    call = Call("iam", operation, HOME_REGION, "", parameters, False, service)
    event = Event(world.new_uuid(), world.now(), call, NOBODY, world.new_uuid(), account, invoked_by=service)
    add(world, event)
