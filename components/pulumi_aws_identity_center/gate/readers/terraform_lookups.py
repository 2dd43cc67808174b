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
            case {"mode": "data", "type": type_, "values": {} as values} if type_ in (CALLER, ORGANIZATION):
                self.lookups.append(Lookup(str(row.get("address")), type_, values))


def read(document: Document) -> PriorState:
    state = PriorState()
    _read_members(document, state)
    return state


def _read_members(document: Document, state: PriorState) -> None:
    """Of the prior state, of its values, or of a module: no two of these have a key in common that is read."""
    for key in document.members():
        match key:
            case "values" | "root_module":
                _read_members(document, state)
            case "child_modules":
                for _ in document.elements():
                    _read_members(document, state)
            case "resources":
                for row in document.items():
                    state.note(row)


def management_account(lookups: Iterable[Lookup]) -> str:
    """The management account's id; "" where no lookup tells it."""
    for lookup in lookups:
        account = lookup.values.get("master_account_id")
        if lookup.type == ORGANIZATION and isinstance(account, str):
            return account
    return ""
