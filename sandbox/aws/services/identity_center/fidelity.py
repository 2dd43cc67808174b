"""How sure this sandbox is of an operation's behaviour, said where the operation is written.

BASES, strongest first: "api-model" (botocore's model says it), "documented" (an AWS page says it: `reference`),
"assumed" (nobody has verified it: `reason`). What is in no table is absent. `ledger.py` writes FIDELITY.md from it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

Basis = Literal["api-model", "documented", "assumed"]
BASES: tuple[Basis, ...] = ("api-model", "documented", "assumed")

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True)
class Entry:
    """note: the page for "documented", the reason for "assumed", what else there is to know for "api-model"."""

    service: str
    operation: str
    basis: Basis
    note: str


LEDGER: dict[tuple[str, str], list[Entry]] = {}


def record(service: str, operation: str, basis: Basis, note: str = "") -> None:
    """Puts an entry into the ledger. An operation may have several: one a claim."""
    if basis != "api-model" and not note:
        raise ValueError(f"{service} {operation}: {basis!r} needs the page that says so, or the reason.")
    LEDGER.setdefault((service, operation), []).append(Entry(service, operation, basis, note))
