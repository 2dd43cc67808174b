"""Which Python runs a program, a pack or a plugin, and in which environment.

The virtualenv that Pulumi.yaml (or PulumiPolicy.yaml, PulumiPlugin.yaml) names, else this project's. Nothing is ever
installed into the latter. Folders that requirements.txt lists are put on the search path instead, so that a program can
import what `pulumi package add` generates.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


class UserError(Exception):
    """Something the user can put right; the text says what and how."""


@dataclass(frozen=True)
class Toolchain:
    """The Python of one program. `virtualenv`: the one its project file names."""

    python: Path
    root: Path
    virtualenv: Path | None = None

    def check(self) -> None:
        """Raises UserError when the virtualenv that the project file names isn't there."""
        if self.virtualenv is not None and not self.python.exists():
            raise UserError(
                f"the project in {self.root} names the virtualenv {str(self.virtualenv)!r}, which holds no Python; "
                "run `pulumi install` there to create it, or take `virtualenv` out of the project file's runtime "
                "options to use the sandbox's own Python"
            )

    def environment(self, base: Mapping[str, str]) -> dict[str, str]:
        """`base` with this Python first on PATH, unbuffered, and able to import the folders that requirements.txt
        lists."""
        folder = str(self.python.parent)
        result = {**base, "PYTHONUNBUFFERED": "1", "VIRTUAL_ENV": str(self.python.parent.parent)}
        result["PATH"] = os.pathsep.join([folder, base.get("PATH", os.defpath)])
        result.pop("PYTHONHOME", None)
        search_path = [] if self.virtualenv else [str(path) for path in linked_folders(self.root)]
        if search_path:
            search_path += filter(None, [base.get("PYTHONPATH")])
            result["PYTHONPATH"] = os.pathsep.join(search_path)
        return result


def resolve(root: Path, options: Mapping[str, Any], default: Path) -> Toolchain:
    """The toolchain of the project in `root` whose runtime options are `options`."""
    name = options.get("virtualenv")
    if not name:
        return Toolchain(default, root)
    virtualenv = root / Path(str(name)).expanduser()
    return Toolchain(virtualenv / "bin" / "python", root, virtualenv)


def linked_folders(root: Path) -> list[Path]:
    """The local folders that the project's requirements.txt lists, as `pulumi package add` writes them."""
    requirements = root / "requirements.txt"
    if not requirements.is_file():
        return []
    lines = (line.split("#")[0].strip() for line in requirements.read_text("utf-8").splitlines())
    names = [line.removeprefix("-e ").strip() for line in lines]
    paths = [(root / name).resolve() for name in names if name]
    return [path for path in paths if path.is_dir()]
