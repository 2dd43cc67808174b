"""Under what a state may hold already what a component declares: the aliases by which it is taken over.

Only what the state really holds so, for the same value, where it can be read: a name that a program gave to another
service's is not taken for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pulumi

from . import stack_state
from .left_behind import Kind, Outputs
from .program import watch


def names_given(opts: pulumi.ResourceOptions | None) -> list[str]:
    """Those of its aliases that are names."""
    named = [alias.name for alias in (opts and opts.aliases) or () if isinstance(alias, pulumi.Alias)]
    return [alias for alias in named if isinstance(alias, str) and alias]


def earlier(kind: Kind, names: list[str], opts: pulumi.ResourceOptions | None, value: Any) -> list[pulumi.Alias | str]:
    """Under what a state may hold a resource that the program declared itself, by these names: at its root, or beside
    the component. Where the state can be read, only what it holds so, for the same value."""
    # As URNs: an Alias costs the program a dozen tasks.
    root = f"urn:pulumi:{pulumi.get_stack()}::{pulumi.get_project()}::"
    rows = stack_state.rows_now()
    if rows is None:
        return [f"{root}{kind.type_}::{name}" for name in dict.fromkeys(names)]
    held = watch().shared(("held", kind), lambda: _by_place(kind, rows))
    found: list[pulumi.Alias | str] = []
    parent = opts.parent if opts else None
    # Of another process's component a plugin knows no type.
    beside = f"{parent._type}${kind.type_}" if isinstance(parent, pulumi.ComponentResource) else ""
    for name in dict.fromkeys(names):
        own = f"{kind.type_}::{name}"
        if _holds(held.get(own, ()), kind, value) and watch().leaves(kind.type_, name, None):
            found.append(root + own)
        if _holds(held.get(f"{beside}::{name}", ()), kind, value) and watch().leaves(kind.type_, name, parent):
            found.append(pulumi.Alias(name=name, parent=parent))
    return found


def _by_place(kind: Kind, rows: stack_state.Rows) -> dict[str, list[Outputs]]:
    """The state's resources of a kind by their types, of which the last two count, and their name."""
    found: dict[str, list[Outputs]] = {}
    for urn, row in stack_state.of_type(rows, kind.type_).items():
        *_, types, name = urn.split("::", 3)
        found.setdefault("$".join(types.split("$")[-2:]) + f"::{name}", []).append(row)
    return found


def _holds(rows: Sequence[Outputs], kind: Kind, value: Any) -> bool:
    return any(not isinstance(value, str) or kind.is_same(row, value) for row in rows)
