"""The per-user cache of built programs: one folder an entry, whole or absent.

An entry is made in a temporary folder of the cache and moved into place when it is complete. A file lock lets one
process make it while others wait; whatever a killed process has left behind is swept away by the next.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

Progress = Callable[[str], None]


def cache_root() -> Path:
    """${XDG_CACHE_HOME:-~/.cache}/pulumi-aws-identity-center"""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "pulumi-aws-identity-center"


def obtain(cache: Path, entry: str, name: str, make: Callable[[Path], None], on_progress: Progress) -> Path:
    """The file `name` of a cache entry; `make(folder)` has to write it if the entry doesn't exist yet."""
    wanted = cache / entry / name
    if wanted.exists():
        return wanted
    cache.mkdir(parents=True, exist_ok=True)
    with _only_one(cache / f".{entry}.lock", f"{name} is being built by another process; waiting", on_progress):
        if wanted.exists():  # the process that we waited for has made it
            return wanted
        for leftover in cache.glob(f".{entry}.making.*"):
            shutil.rmtree(leftover, ignore_errors=True)
        folder = Path(tempfile.mkdtemp(prefix=f".{entry}.making.", dir=cache))
        try:
            folder.chmod(0o755)
            make(folder)
            shutil.rmtree(cache / entry, ignore_errors=True)  # an entry without the file that it is for
            folder.rename(cache / entry)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    return wanted


@contextmanager
def _only_one(lock: Path, waiting: str, on_progress: Progress) -> Iterator[None]:
    """Holds an exclusive lock, which the kernel releases however we end."""
    with lock.open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            on_progress(waiting)
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
