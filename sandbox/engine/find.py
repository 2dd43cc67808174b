"""Finds the `pulumi` CLI: the one on PATH, else the one in the per-user cache, else one built into it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

from . import build
from .cache import Progress, cache_root
from .report import print_to_stderr
from .types import Engine


def locate(on_progress: Progress = print_to_stderr) -> Engine:
    """The engine to use. Raises EngineError, in one sentence, when there is none and none can be built."""
    return _on_path(on_progress) or _own(on_progress)


def _on_path(on_progress: Progress) -> Engine | None:
    """The `pulumi` on PATH and, if it is beside it, its Python language host."""
    command = shutil.which("pulumi")
    if command is None:
        return None
    # Through symbolic links, as the engine itself looks for what came with it.
    binary = Path(command).resolve()
    version = _version_of(binary)
    if version is None:
        on_progress(f"{command} is on PATH but doesn't tell its version, so it isn't used")
        return None
    host = binary.with_name("pulumi-language-python")
    return Engine(binary, version, host if os.access(host, os.X_OK) else None)


def _version_of(binary: Path) -> str | None:
    try:
        process = subprocess.run(
            [binary, "version"],
            env={**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "true"},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    match = re.fullmatch(r"v?(\d+\.\d+\.\d+\S*)", process.stdout.strip())
    return match[1] if match is not None and process.returncode == 0 else None


def _own(on_progress: Progress) -> Engine:
    fresh = not (cache_root() / build.CLI.entry / build.CLI.name).exists()
    binary = build.built(build.CLI, on_progress=on_progress)
    if fresh:  # while Go's caches are warm this takes seconds, and `pulumi package add` then works offline
        build.sdk_generator(on_progress)
    return Engine(binary, build.CLI_VERSION)
