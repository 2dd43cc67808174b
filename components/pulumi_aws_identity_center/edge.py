"""Where pure code meets the engine: the package's errors become what the engine shows as one sentence, not a trace."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import pulumi

from .errors import IdentityCenterError


@contextlib.contextmanager
def plain_errors() -> Iterator[None]:
    """Turns an IdentityCenterError into pulumi.RunError, which every Pulumi language host prints without a trace."""
    try:
        yield
    except IdentityCenterError as error:
        raise pulumi.RunError(str(error)) from None
