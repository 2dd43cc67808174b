"""`pulumi package add` and `pulumi install`: GeneratePackage, Link and InstallDependencies.

The Python code is written by Pulumi's own generator (../golang/cli/sdkgen). Linking puts the generated folder into
the program's requirements.txt, where pip finds it in a project with a virtualenv, and `toolchain.py` in one without.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from .children import Children
from .protocol import language_pb2
from .toolchain import Toolchain, UserError


def generate(request: language_pb2.GeneratePackageRequest) -> None:
    """Writes the Python SDK of a package into the request's folder."""
    from sandbox.engine.build import sdk_generator
    from sandbox.engine.errors import EngineError

    try:
        generator = sdk_generator()
    except EngineError as error:
        raise UserError(str(error)) from None
    done = subprocess.run(
        [generator, "python", request.directory, request.loader_target],
        input=request.schema,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise UserError(f"generating the Python SDK failed: {done.stderr.strip()}")
    for name, content in request.extra_files.items():
        target = Path(request.directory, name)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)


def link(request: language_pb2.LinkRequest, toolchain: Toolchain) -> str:
    """Puts the generated folders into requirements.txt; returns what to tell the user."""
    root = Path(request.info.root_directory)
    requirements = root / "requirements.txt"
    lines = requirements.read_text("utf-8").splitlines() if requirements.exists() else []
    modules = []
    for dependency in request.packages:
        folder = (root / dependency.path).resolve()
        relative = os.path.relpath(folder, root)
        plugin = _plugin_of(folder)
        modules.append(plugin.parent.name)
        if toolchain.virtualenv is None:
            _describe(plugin)
        if relative not in (line.strip() for line in lines):
            lines.append(relative)
    requirements.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    imports = "".join(f"  import {module}\n" for module in modules)
    return f"You can import the SDK in your Python code with:\n\n{imports}"


def _plugin_of(folder: Path) -> Path:
    """The pulumi-plugin.json of a generated SDK; its folder is the importable package."""
    plugin_files = sorted(folder.glob("*/pulumi-plugin.json"))
    if not plugin_files:
        raise UserError(f"{folder} is no generated Pulumi SDK: no folder in it holds a pulumi-plugin.json")
    return plugin_files[0]


def _describe(plugin: Path) -> None:
    """Writes the package's metadata beside it, as an installation would: the generated code reads its version."""
    name = plugin.parent.name
    version = json.loads(plugin.read_text("utf-8")).get("version", "0.0.0")
    folder = plugin.parent.with_name(f"{name}.dist-info")
    folder.mkdir(exist_ok=True)
    (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n", "utf-8")


def install(
    request: language_pb2.InstallDependenciesRequest, toolchain: Toolchain, children: Children
) -> Iterator[language_pb2.InstallDependenciesResponse]:
    """Makes the virtualenv that the project names and fills it; without one there is nothing to install."""
    folder = Path(request.info.program_directory or request.directory)
    if toolchain.virtualenv is None:
        yield _said(f"Nothing to install: {folder} names no virtualenv and runs with {toolchain.python}")
        return
    steps = []
    if not toolchain.python.exists():
        steps.append([sys.executable, "-m", "venv", str(toolchain.virtualenv)])
    if (folder / "requirements.txt").is_file():
        steps.append([str(toolchain.python), "-m", "pip", "install", "-r", "requirements.txt"])
    elif (folder / "pyproject.toml").is_file():
        steps.append([str(toolchain.python), "-m", "pip", "install", "-e", "."])
    for step in steps:
        process = children.start(step, cwd=folder, environment=os.environ, capture=True)
        output, errors = process.communicate()
        yield language_pb2.InstallDependenciesResponse(stdout=output, stderr=errors)
        if children.wait(process) != 0:
            raise UserError(f"`{' '.join(step)}` failed in {folder}")


def _said(text: str) -> language_pb2.InstallDependenciesResponse:
    return language_pb2.InstallDependenciesResponse(stdout=f"{text}\n".encode())
