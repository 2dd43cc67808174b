"""What a first `pulumi up` leaves behind, for tests about what comes after it.

The update is run once in a test run for a program and a seed, in a sandbox that ends with it. Every test then gets a
sandbox of its own that starts from a copy of what that update left: the state in the file backend, and the embedded
AWS's world. So a test finds the same whether it comes first or last, and leaves nothing to another.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.engine.cache import obtain
from sandbox.session import Session

Folder = Mapping[str, bytes]


def read_folder(folder: Path) -> Folder:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def write_folder(folder: Path, files: Folder) -> None:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def state_folder(session: Session) -> Path:
    return Path(session.environment["PULUMI_BACKEND_URL"].removeprefix("file://"))


@dataclass(frozen=True)
class Deployment:
    """world: the embedded AWS's snapshot. project: the program's folder, with the stack's settings."""

    world: Path
    state: Folder
    project: Folder


class Deployments:
    """In a folder that the workers of a test run share. `start(home=..., **options)` starts a sandbox;
    `up(session, folder)` makes that folder's stack and runs up."""

    def __init__(
        self,
        folder: Path,
        start: Callable[..., AbstractContextManager[Session]],
        up: Callable[[Session, Path], Any],
    ) -> None:
        self._folder = folder
        self._start = start
        self._up = up

    def get(self, project: Folder, seed: str | Path) -> Deployment:
        """Of the program whose files these are, in a world that starts as the seed says."""
        content = repr((sorted(project.items()), Path(seed).read_bytes() if isinstance(seed, Path) else seed))
        entry = hashlib.sha256(content.encode()).hexdigest()[:16]
        world = obtain(self._folder, entry, "world", lambda folder: self._make(folder, project, seed), print)
        return Deployment(world, read_folder(world.with_name("state")), read_folder(world.with_name("project")))

    def _make(self, folder: Path, project: Folder, seed: str | Path) -> None:
        write_folder(folder / "project", project)
        with self._start(home=folder / "sandbox", seed=seed, save=folder / "world") as session:
            self._up(session, folder / "project")
            assert session.aws.settle()
            write_folder(folder / "state", read_folder(state_folder(session)))
