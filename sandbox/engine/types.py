"""What an engine is: a `pulumi` CLI and, if it came with one, its Python language host."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Engine:
    """`language_host` is None where the stand-in serves."""

    binary: Path
    version: str
    language_host: Path | None = None
