"""Fixtures of several engine tests."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from .access_matrices import PROGRAM, SEED


@pytest.fixture
def access(new_stack: Callable, tmp_path: Path) -> Callable:
    """`access(matrix, **options)`: a stack of that matrix; `stack.declare(matrix)` replaces it."""

    def make(declared: dict[str, Any], **options: Any):
        seed = tmp_path / "seed.yaml"
        seed.write_text(SEED)
        stack = new_stack(PROGRAM, files={"matrix.json": json.dumps(declared)}, **{"seed": seed, **options})
        stack.declare = lambda wanted: (stack.folder / "matrix.json").write_text(json.dumps(wanted))
        return stack

    return make
