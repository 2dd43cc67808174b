"""How moto is made to take its time, its random numbers and its method tables from us; once a process.

Within a request moto's clock and identifiers are the world's, so that a seeded run repeats; outside, its own. Two of
its look-ups that cost most of a call and always find the same are remembered.
"""

from __future__ import annotations

import datetime
import functools
from typing import Any

import moto.backends
import moto.core.responses
import moto.iam.models
import moto.sts.models
from moto.core.utils import method_names_from_class, utcnow
from moto.moto_api._internal.moto_random import MotoRandom

from sandbox.aws.core.world import World, serving_now

from . import moto_memory


def _utcnow() -> datetime.datetime:
    world = serving_now()
    if world is None:
        now: datetime.datetime = utcnow()
        return now
    return datetime.datetime.fromtimestamp(world.now(), datetime.UTC).replace(tzinfo=None)


def _session_token() -> str:
    world = serving_now() or World()
    return "FQoGZXIvYXdzE" + world.new_id(120)


def _redirect_random(name: str) -> None:
    own = getattr(MotoRandom, name)

    def redirected(self: Any, *arguments: Any) -> Any:
        world = serving_now()
        return own(self, *arguments) if world is None else getattr(world.source.random, name)(*arguments)

    setattr(MotoRandom, name, redirected)


def install() -> None:
    if getattr(MotoRandom, "_sandboxed", False):
        return
    for name in ("random", "getrandbits"):
        _redirect_random(name)
    for module in (moto.iam.models, moto.sts.models):
        module.utcnow = _utcnow
    moto.sts.models.random_session_token = _session_token
    moto.core.responses.method_names_from_class = functools.cache(method_names_from_class)
    names = tuple(moto.backends.list_of_moto_modules())
    moto.backends.list_of_moto_modules = lambda: names
    moto_memory.install()
    MotoRandom._sandboxed = True
