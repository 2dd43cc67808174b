"""A world as a file, so that the next run continues where this one ended."""

from __future__ import annotations

import copyreg
import dataclasses
import pickle
import sys
import threading
import weakref
from collections import defaultdict
from pathlib import Path
from typing import Any

from sandbox.aws.server.moto_app import MOTO_VERSION

from .errors import SandboxError
from .world import World, serving

# Bound to moto's version, whose objects a snapshot holds, and to what a world consists of here.
_FORMAT = ("identity-center sandbox", 3, MOTO_VERSION, tuple(field.name for field in dataclasses.fields(World)))


def _reduce_defaultdict(dictionary: defaultdict[Any, Any]) -> tuple[Any, ...]:
    """A lambda can't be pickled: the type of the values that it creates replaces it."""
    factory: Any = dictionary.default_factory
    if getattr(factory, "__name__", "") == "<lambda>":
        factory = type(factory())
    attributes = getattr(dictionary, "__dict__", None)
    return _new_defaultdict, (type(dictionary), factory), attributes, None, iter(dictionary.items())


def _new_defaultdict(kind: type[defaultdict[Any, Any]], make: Any) -> defaultdict[Any, Any]:
    """Without the class's own constructor: moto's require the account and the Region."""
    new = kind.__new__(kind)
    defaultdict.__init__(new, make)
    return new


def _reduce_kms_key(key: Any) -> tuple[Any, ...]:
    """moto gives a symmetric key a private key as well, which nobody uses and which can't be pickled."""
    attributes = vars(key) | ({"private_key": None} if key.key_spec == "SYMMETRIC_DEFAULT" else {})
    return copyreg.__newobj__, (type(key),), attributes  # type: ignore[attr-defined]


# moto's queues hold locks: a world that is read again has new ones. Its Lambda finds functions by weak references too.
_REDUCERS: dict[type, Any] = {
    weakref.WeakValueDictionary: lambda entries: (weakref.WeakValueDictionary, (), None, None, iter(entries.items())),
    defaultdict: _reduce_defaultdict,
    **{
        kind: lambda _, make=make: (make, ())
        for kind, make in (
            (type(threading.Lock()), threading.Lock),
            (type(threading.RLock()), threading.RLock),
            (threading.Condition, threading.Condition),
        )
    },
}


def save(world: World, path: Path) -> None:
    """Writes it whole or not at all. Raises SandboxError if moto keeps something that can't be written."""
    half = path.with_name(path.name + ".half")
    with world.lock, serving(world), half.open("wb") as file:
        pickler = pickle.Pickler(file, protocol=pickle.HIGHEST_PROTOCOL)
        kinds = dict.fromkeys(defaultdict.__subclasses__(), _reduce_defaultdict)
        kms = sys.modules.get("moto.kms.models")
        keys = {kms.Key: _reduce_kms_key} if kms is not None else {}
        pickler.dispatch_table = copyreg.dispatch_table | _REDUCERS | kinds | keys
        try:
            pickler.dump((_FORMAT, world))
        except (TypeError, AttributeError, pickle.PicklingError) as error:
            half.unlink()
            raise SandboxError(f"this run's AWS can't be kept, only the state before it: {error}.") from None
    half.replace(path)


def load(path: Path) -> World:
    """Raises SandboxError for what is not a snapshot of this version. Only load what you saved: it is a pickle."""
    try:
        with path.open("rb") as file:
            format_, world = pickle.load(file)
    except FileNotFoundError:
        raise SandboxError(f"there is no snapshot {path}: --save makes one.") from None
    except (ModuleNotFoundError, AttributeError):  # it names a class that this version doesn't have
        raise _of_another_version(path) from None
    except Exception as error:  # noqa: BLE001 - a foreign file fails in any way it likes
        raise SandboxError(f"{path} is not a snapshot of a sandbox ({type(error).__name__}).") from None
    if format_ != _FORMAT or not isinstance(world, World):
        raise _of_another_version(path)
    return world


def _of_another_version(path: Path) -> SandboxError:
    return SandboxError(f"{path} is a snapshot of another version of the sandbox: make a new one with --save.")
