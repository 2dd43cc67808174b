"""The work beside requests: events, schedules, functions, alarms. A server starts and ends it."""

from __future__ import annotations

import threading
import time
from pathlib import Path

from sandbox.aws.authorization import principals
from sandbox.aws.core.agenda import Agenda
from sandbox.aws.core.wire import Call
from sandbox.aws.core.world import World, serving
from sandbox.aws.middleware.enforcement import enforce
from sandbox.aws.services.cloudtrail.trail import Event
from sandbox.aws.services.cloudwatch.alarms import Alarms
from sandbox.aws.services.events.delivery import Delivery
from sandbox.aws.services.functions.invocations import Functions

_POLL_SECONDS = 0.01


class Background:
    """One world's; requests reach it as world.background."""

    def __init__(self, world: World, endpoint: str, folder: Path | None = None) -> None:
        self._world = world
        self.agenda = Agenda(world.source)
        self.functions = Functions(world, self.agenda, endpoint, _allow, folder)
        self.delivery = Delivery(world, self.agenda, self.functions)
        self.alarms = Alarms(world, self.agenda)
        world.background = self

    def start(self) -> None:
        """Also what a snapshot's world has already: its schedules and alarms."""
        with serving(self._world):
            self.delivery.arm_schedules()
            self.alarms.watch()
        self.agenda.start(lambda: serving(self._world))

    def recorded(self, event: Event) -> None:
        """A call was made."""
        self.delivery.recorded(event)
        if event.call.service == "cloudwatch" and event.error is None:
            self.alarms.watch()

    def settle(self, seconds: float = 30.0) -> bool:
        """Waits until nothing is due and no function runs; False if that takes longer."""
        until = time.monotonic() + seconds
        quiet = 0
        while quiet < 2:  # an action may hand on to a function, and a function to the agenda
            quiet = quiet + 1 if self.agenda.is_idle() and self.functions.is_idle() else 0
            if time.monotonic() > until:
                return False
            threading.Event().wait(_POLL_SECONDS)
        return True

    def stop(self) -> None:
        self.agenda.stop()
        self.functions.stop()
        self._world.background = None


def _allow(world: World, call: Call) -> None:
    """Raises AwsError unless IAM allows the call to the credentials in it."""
    enforce(world, call, principals.find(call.access_key, json=call.json))
