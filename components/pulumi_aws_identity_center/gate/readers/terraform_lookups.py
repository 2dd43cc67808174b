"""A Terraform plan's `prior_state`: how much it manages, and what it looked up of accounts.

Values of data sources that the plan has read are nowhere else. developer.hashicorp.com/terraform/internals/json-format
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .document import Document

CALLER, ORGANIZATION = "aws_caller_identity", "aws_organizations_organization"


@dataclass(frozen=True)
class Lookup:
    """type: CALLER or ORGANIZATION; values: its attributes, in Terraform's names."""

    address: str
    type: str
    values: Mapping[str, Any]


@dataclass
class PriorState:
    """managed: how many objects of managed resources there are, deposed ones too."""

    managed: int = 0
    lookups: list[Lookup] = field(default_factory=list)

    def note(self, row: Any) -> None:
        match row:
            case {"mode": "managed"}:
                self.managed += 1
            case {"mode": "data", "type": type_} if type_ in (CALLER, ORGANIZATION):
                self.lookups.append(Lookup(str(row.get("address")), type_, row.get("values") or {}))


def read(document: Document) -> PriorState:
    state = PriorState()
    for key in document.members():
        if key == "values":
            for inner in document.members():
                if inner == "root_module":
                    _read_module(document, state)
    return state


def _read_module(document: Document, state: PriorState) -> None:
    for key in document.members():
        if key == "resources":
            for row in document.items():
                state.note(row)
        elif key == "child_modules":
            for _ in document.elements():
                _read_module(document, state)


def management_account(lookups: Iterable[Lookup]) -> str:
    """The management account's id; "" where no lookup tells it."""
    ids = {lookup.values.get("master_account_id") for lookup in lookups if lookup.type == ORGANIZATION}
    return next((value for value in ids if isinstance(value, str)), "")
