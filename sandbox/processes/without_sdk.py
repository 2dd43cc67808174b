"""Pulumi's generated protocol modules, without the SDK around them.

`import pulumi` costs half a second; the protocol modules inside it cost a twentieth. They are found through two
hollow packages that carry only the search path. For a plugin's own process alone: never call this beside the SDK.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType


def find_protocol() -> None:
    """From here on `pulumi.runtime.proto` can be imported, and of `pulumi` nothing else. Raises ImportError."""
    if "pulumi" in sys.modules:
        return
    spec = importlib.util.find_spec("pulumi")
    if spec is None or spec.origin is None:
        raise ImportError(f"the Pulumi SDK is not installed for {sys.executable}; `make setup` installs it")
    sdk = Path(spec.origin).parent
    _hollow("pulumi", sdk)
    _hollow("pulumi.runtime", sdk / "runtime")


def _hollow(name: str, folder: Path) -> None:
    module = ModuleType(name)
    module.__path__ = [str(folder)]
    sys.modules[name] = module
