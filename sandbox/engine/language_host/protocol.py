"""Pulumi's generated protocol modules, without the SDK around them.

`import pulumi` costs half a second; the protocol modules inside it cost a twentieth. They are found through two
hollow packages that carry only the search path. For the host's own process alone: never import this beside the SDK.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType


def _hollow(name: str, folder: Path) -> None:
    module = ModuleType(name)
    module.__path__ = [str(folder)]
    sys.modules[name] = module


if "pulumi" not in sys.modules:
    _spec = importlib.util.find_spec("pulumi")
    if _spec is None or _spec.origin is None:
        raise ImportError(f"the Pulumi SDK is not installed for {sys.executable}; `make setup` installs it")
    _sdk = Path(_spec.origin).parent
    _hollow("pulumi", _sdk)
    _hollow("pulumi.runtime", _sdk / "runtime")

from pulumi.runtime.proto import (  # noqa: E402
    analyzer_pb2,
    language_pb2,
    language_pb2_grpc,
    plugin_pb2,
)

__all__ = ["analyzer_pb2", "language_pb2", "language_pb2_grpc", "plugin_pb2"]
