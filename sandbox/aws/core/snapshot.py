"""A world as a file, so that the next run goes on where this one ended."""

from __future__ import annotations

import copyreg
import dataclasses
import pickle
import threading
from pathlib import Path
from typing import Any

from sandbox.aws.server.moto_app import MOTO_VERSION

from .errors import SandboxError
from .world import World, serving

# Bound to moto's version, whose objects a snapshot holds, and to what a world consists of here.
_FORMAT = ("identity-center sandbox", 2, MOTO_VERSION, tuple(field.name for field in dataclasses.fields(World)))

# moto's queues hold locks: a world that is read again has new ones.
_NEW_LOCKS: dict[type, Any] = {
    kind: lambda _, make=make: (make, ())
    for kind, make in (
        (type(threading.Lock()), threading.Lock),
        (type(threading.RLock()), threading.RLock),
        (threading.Condition, threading.Condition),
    )
}


def save(world: World, path: Path) -> None:
    """Writes it whole or not at all."""
    half = path.with_name(path.name + ".half")
    with world.lock, serving(world), half.open("wb") as file:
        pickler = pickle.Pickler(file, protocol=pickle.HIGHEST_PROTOCOL)
        pickler.dispatch_table = copyreg.dispatch_table | _NEW_LOCKS
        pickler.dump((_FORMAT, world))
    half.replace(path)


def load(path: Path) -> World:
    """Raises SandboxError for what is not a snapshot of this version. Only load what you saved: it is a pickle."""
    try:
        with path.open("rb") as file:
            found, world = pickle.load(file)
    except FileNotFoundError:
        raise SandboxError(f"there is no snapshot {path}: --save makes one.") from None
    except Exception as error:  # noqa: BLE001 - a foreign file fails in any way it likes
        raise SandboxError(f"{path} is not a snapshot of a sandbox ({type(error).__name__}).") from None
    if found != _FORMAT or not isinstance(world, World):
        raise SandboxError(f"{path} is a snapshot of another version of the sandbox: make a new one with --save.")
    return world
