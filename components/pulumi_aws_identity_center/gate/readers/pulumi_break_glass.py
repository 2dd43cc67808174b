"""The break-glass that a preview shows: the stack's configuration of it, and the components' own arguments.

A component that is given an open `breakGlass` shows it in its inputs (`components/trusted_access.py`). OrganizationSso
hands its own on to its parts, which show it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pulumi_aws_identity_center.domain.resource_types import type_of
from pulumi_aws_identity_center.gate.break_glass import COMPONENTS
from pulumi_aws_identity_center.gate.change import BreakGlass
from pulumi_aws_identity_center.names import PACKAGE, VALUE_SIGNATURE

from .pulumi_states import plain

_KEY = f"{PACKAGE}:breakGlass"


class ComponentsBreakGlass:
    """Fed with every step; afterwards it tells which components have one."""

    def __init__(self) -> None:
        self._by_urn: dict[str, Mapping[str, Any]] = {}

    def note(self, urn: str, old: Any, new: Any) -> None:
        """old, new: the states before and after a step. What the last step leaves counts, or what it deletes."""
        if PACKAGE not in urn or type_of(urn) not in COMPONENTS:
            return  # mostly
        self._by_urn.pop(urn, None)
        match new or old:
            # With a signature all of it is a secret.
            case {"inputs": {"breakGlass": {} as argument}} if VALUE_SIGNATURE not in argument:
                self._by_urn[urn] = plain(argument)

    def all(self) -> tuple[BreakGlass, ...]:
        return tuple(BreakGlass(argument, urn) for urn, argument in self._by_urn.items())


def configured_break_glass(config: Any) -> tuple[BreakGlass, ...]:
    """As the configuration of the preview has it: a JSON text by its key. One at most."""
    text = config.get(_KEY) if isinstance(config, Mapping) else None
    try:
        value = json.loads(text) if isinstance(text, str) else None
    except (ValueError, RecursionError):
        return ()
    return (BreakGlass(value),) if isinstance(value, dict) else ()
