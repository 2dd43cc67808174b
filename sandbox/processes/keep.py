"""Keeping a sandbox's state from one run to the next, as one piece: Pulumi's state and the embedded AWS's together.

A run works on a copy. Only when its command has ended does the copy take the kept state's place, by a rename: a run
that is killed leaves the last whole state, never a Pulumi state that names resources which the AWS has forgotten.
What another version of the sandbox kept is put aside, with a word: it is a toy's state, and no reason to stop.
"""

from __future__ import annotations

import contextlib
import fcntl
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sandbox.aws import SandboxError
from sandbox.aws.core.snapshot import load

_WHOLE = "last"
_REPLACED = "replaced"
_SNAPSHOT = "aws.snapshot"
_LOCK = "lock"


@dataclass(frozen=True)
class KeptRun:
    """home: the copy that this run works on; load: the AWS to continue from, if there is one; save: where it goes."""

    home: Path
    load: Path | None
    save: Path


@contextlib.contextmanager
def kept_run(folder: Path) -> Iterator[KeptRun]:
    """One run on the state in `folder`. A second run on the same folder waits for the first to end. Raises SandboxError
    for a folder with something else in it, which would be taken for a run's and deleted."""
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()) and not (folder / _LOCK).exists():
        raise SandboxError(
            f"--keep {folder} has something else in it: give an empty folder, or that of an earlier run."
        )
    with (folder / _LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for stale in folder.glob("run-*"):
            shutil.rmtree(stale)
        home = Path(tempfile.mkdtemp(prefix="run-", dir=folder))
        whole, replaced = folder / _WHOLE, folder / _REPLACED
        if replaced.exists() and not whole.exists():  # a run was killed between its two renames
            replaced.rename(whole)
        if whole.exists() and _goes_on_from(whole / _SNAPSHOT):
            shutil.copytree(whole, home, dirs_exist_ok=True)
        # A lock in the copy is of a run that is over: this one holds the folder's own lock.
        shutil.rmtree(home / "state" / ".pulumi" / "locks", ignore_errors=True)
        snapshot = home / _SNAPSHOT
        yield KeptRun(home, snapshot if snapshot.exists() else None, snapshot)
        # Only what the next run continues from: the home is laid out afresh each time.
        shutil.rmtree(home / "pulumi", ignore_errors=True)
        shutil.rmtree(replaced, ignore_errors=True)
        if whole.exists():
            whole.rename(replaced)
        home.rename(whole)


def _goes_on_from(snapshot: Path) -> bool:
    try:
        if snapshot.exists():
            load(snapshot)
    except SandboxError as error:
        print(f"sandbox: starting afresh, since {error}", file=sys.stderr)
        return False
    return True
