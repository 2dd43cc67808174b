"""The recording monitor of tests/components: importlib mode shares no fixtures between sibling folders."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

_SPEC = importlib.util.spec_from_file_location(
    "components_conftest", Path(__file__).parents[1] / "components" / "conftest.py"
)
assert _SPEC is not None
assert _SPEC.loader is not None
_module = importlib.util.module_from_spec(_SPEC)
sys.modules["components_conftest"] = _module  # dataclasses look their module up
_SPEC.loader.exec_module(_module)

deploy = _module.deploy
