"""The names of inputs and outputs, from the installed pulumi_aws: they can't drift from it.

`introspection.py` reads them from pulumi_aws's classes; here they are kept in the user's cache, by the version of
pulumi_aws and by how they were read. What forces a replacement, which lists are sets, and defaults are not to be had
that way; the records in `types/` say them, and a test holds every name in them against this.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from sandbox.engine.cache import cache_root

_ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Schema:
    """Names as the engine has them (camelCase). always: the outputs that are set on every resource."""

    inputs: frozenset[str]
    required: frozenset[str]
    outputs: frozenset[str]
    always: frozenset[str]


_looking = threading.Lock()


def of(token: str, beside: Iterable[str] = ()) -> Schema | None:
    """The schema of a resource type, None if pulumi_aws has no such type.

    beside: other types that will be asked for, which are read along with it if it isn't in the cache.
    """
    with _looking:
        if token not in _schemas:
            try:
                _schemas[token] = _kept(token)
            except (OSError, ValueError, TypeError, AttributeError):  # there is none, or no whole one
                _schemas[token] = _looked_up(token, beside)
        return _schemas[token]


_schemas: dict[str, Schema | None] = {}


def _looked_up(token: str, beside: Iterable[str]) -> Schema | None:
    command = [sys.executable, "-P", "-m", "sandbox.provider.introspection", *{token, *beside}]
    environment = {**os.environ, "PYTHONPATH": str(_ROOT)}
    process = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if process.returncode:
        raise RuntimeError(f"pulumi_aws's types can't be read: {process.stderr.strip()}")
    schemas: dict[str, Any] = json.loads(process.stdout)
    with contextlib.suppress(OSError):  # a cache that can't be written costs time and nothing else
        for name, schema in schemas.items():
            _keep(_place(name), schema)
    return _schema(schemas[token])


def _kept(token: str) -> Schema | None:
    return _schema(json.loads(_place(token).read_text("utf-8")))


def _keep(place: Path, schema: Any) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    # Through a rename: other providers read, and write the same, at this moment.
    with tempfile.TemporaryDirectory(dir=place.parent) as folder:
        fresh = Path(folder, place.name)
        fresh.write_text(json.dumps(schema), "utf-8")
        fresh.replace(place)


def _schema(read: Mapping[str, list[str]] | None) -> Schema | None:
    return None if read is None else Schema(**{name: frozenset(values) for name, values in read.items()})


@functools.cache
def _folder() -> Path:
    sources = (Path(__file__), Path(__file__).with_name("introspection.py"))
    how = hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()[:8]
    return cache_root() / f"schemas-{metadata.version('pulumi_aws')}-{how}"


def _place(token: str) -> Path:
    return _folder() / f"{token.replace('/', '.').replace(':', '.')}.json"
