"""Lays out a PULUMI_HOME in which the engine finds this project's plugins, offline and quietly.

`plugins/language-python-v…` holds the stand-in language host (only where Pulumi's own isn't beside the CLI),
`plugins/resource-aws-v…` the stand-in provider (`sandbox.provider`), under the version of the installed pulumi_aws,
which is the version that programs ask for. Each is a few lines of shell that start Python on this checkout.
"""

from __future__ import annotations

import shlex
from importlib import metadata
from pathlib import Path

from pulumi_aws_identity_center.names import PACKAGE

from .types import Engine

_ROOT = Path(__file__).resolve().parents[2]

# No connection leaves the machine with these; and no hint to upgrade gets into an output that something compares.
_QUIET = {
    "PULUMI_SKIP_UPDATE_CHECK": "true",
    "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
    "PULUMI_AUTOMATION_API_SKIP_VERSION_CHECK": "true",
}


def prepare_home(
    home: Path, engine: Engine, python: Path, *, node_host: Path | None = None, yaml_host: Path | None = None
) -> dict[str, str]:
    """Lays `home` out; returns the environment variables to add. Doing it again brings it up to date.

    python: runs the provider, and every program that names no virtualenv of its own.
    node_host, yaml_host: Pulumi's own language hosts (`official_node_host`, `official_yaml_host`) to put beside the
    others.
    """
    home = home.resolve()
    python = python.absolute()
    plugins = home / "plugins"
    _place(plugins, "resource-aws", metadata.version("pulumi_aws"), _provider(python))
    _place(plugins, f"resource-{PACKAGE}", metadata.version(f"pulumi-{PACKAGE}"), _own_plugin(python))
    if engine.language_host is None:
        _place(plugins, "language-python", engine.version, _language_host(python, engine.version))
    for language, host in (("nodejs", node_host), ("yaml", yaml_host)):
        if host is not None:
            _place(plugins, f"language-{language}", engine.version, f'exec {shlex.quote(str(host))} "$@"')
    return {**_QUIET, "PULUMI_HOME": str(home), "PULUMI_PYTHON_CMD": str(python)}


def _place(plugins: Path, name: str, version: str, command: str) -> None:
    """Writes the plugin's start script, through a rename: an engine may be starting it at this moment."""
    folder = plugins / f"{name}-v{version}"
    folder.mkdir(parents=True, exist_ok=True)
    script = folder / f"pulumi-{name}"
    fresh = folder / f".{script.name}.new"
    fresh.write_text(f"#!/bin/sh\n# Written by sandbox/engine/home.py.\n{command}\n", "utf-8")
    fresh.chmod(0o755)
    fresh.rename(script)


def _provider(python: Path) -> str:
    # -P: the program's folder, where the engine starts us, must not shadow a module of ours.
    root = shlex.quote(str(_ROOT))
    return f'PYTHONPATH={root}${{PYTHONPATH:+:$PYTHONPATH}} exec {shlex.quote(str(python))} -P -m sandbox.provider "$@"'


def _own_plugin(python: Path) -> str:
    """This project's own: the components and the resource provider, from this checkout."""
    return f'exec {shlex.quote(str(python))} -P {shlex.quote(str(_ROOT / "components"))} "$@"'


def _language_host(python: Path, version: str) -> str:
    # Not by PYTHONPATH: the programs inherit the host's environment, and must not see this checkout.
    start = (
        f"import sys; sys.path[0] = {str(_ROOT)!r}\n"
        "from pathlib import Path\n"
        "from sandbox.engine.language_host.server import main\n"
        f"main(sys.argv[1:], Path({str(python)!r}), {version!r})"
    )
    return f'exec {shlex.quote(str(python))} -c {shlex.quote(start)} "$@"'
