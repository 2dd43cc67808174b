"""The gate's values as the rules on declared resources take them (`domain/declared.py`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi_aws_identity_center.domain.declared import UNKNOWN

from .change import is_unknown


def as_declared(value: Any) -> Any:
    """The same value, with the rules' own mark for what the document hides."""
    if isinstance(value, Mapping):
        return {key: as_declared(item) for key, item in value.items()}
    if isinstance(value, list):
        return [as_declared(item) for item in value]
    return UNKNOWN if is_unknown(value) else value
