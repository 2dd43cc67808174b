"""The real Pulumi engine for the sandbox: finds the `pulumi` CLI or builds it, and gives it a home.

    engine = locate()                                   # official on PATH, else the per-user cache, else a build
    environment = prepare_home(home, engine, python)    # PULUMI_HOME with the language host and the aws provider
    node = official_node_host()                         # for tests of JavaScript programs: built once, cached
    yaml = official_yaml_host()                         # for tests of YAML programs: the same

What can't be had is an EngineError: one sentence that says what to install. Names are loaded when used, because
every language host that the engine starts passes through here, and has a tenth of a second to spend.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .build import official_node_host, official_yaml_host
    from .errors import BuildFailed, EngineError
    from .find import locate
    from .home import prepare_home
    from .types import Engine

__all__ = ["BuildFailed", "Engine", "EngineError", "locate", "official_node_host", "official_yaml_host", "prepare_home"]

_HOME = {
    "BuildFailed": "errors",
    "Engine": "types",
    "EngineError": "errors",
    "locate": "find",
    "official_node_host": "build",
    "official_yaml_host": "build",
    "prepare_home": "home",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = value
    return value
