"""In which language the program of a stack is written, for the fixes in violations: a hint, "" where nothing tells."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

_RUNTIME_TAG = "pulumi:runtime"


def program_language(project: str, tags: Mapping[str, str]) -> str:
    """The runtime as Pulumi.yaml spells it: from the stack's tags (Pulumi Cloud has them), or from the project's own
    file, in the folder that the CLI was called in or above it. Another project's file tells nothing."""
    if tags.get(_RUNTIME_TAG):
        return tags[_RUNTIME_TAG]
    working_directory = Path(os.environ.get("PWD", "/"))
    for folder in (working_directory, *working_directory.parents):
        settings = _settings(folder / "Pulumi.yaml")
        if settings.get("name") == project:
            return _runtime_name(settings.get("runtime"))
    return ""


def _runtime_name(runtime: Any) -> str:
    """`runtime: python`, or `runtime: {name: python, …}`."""
    if isinstance(runtime, Mapping):
        runtime = runtime.get("name")
    return str(runtime or "")


def _settings(file: Path) -> Mapping[str, Any]:
    try:
        settings = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError):
        return {}
    return settings if isinstance(settings, Mapping) else {}
