"""What a Terraform plan looked up of accounts: `data.aws_caller_identity`, `data.aws_organizations_organization`.

Values of data sources that the plan has read are in `prior_state` only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .document import Document

CALLER, ORGANIZATION = "aws_caller_identity", "aws_organizations_organization"


@dataclass(frozen=True)
class Lookup:
    """type: CALLER or ORGANIZATION; values: its attributes, in Terraform's names."""

    address: str
    type: str
    values: Mapping[str, Any]


def read(document: Document) -> Iterator[Lookup]:
    """From the prior state that comes next in the document."""
    for key in document.members():
        if key == "values":
            yield from _of_values(document)


def _of_values(document: Document) -> Iterator[Lookup]:
    for key in document.members():
        if key == "root_module":
            yield from _of_module(document)


def _of_module(document: Document) -> Iterator[Lookup]:
    for key in document.members():
        if key == "resources":
            yield from (_lookup(row) for row in document.items() if _is_account_lookup(row))
        elif key == "child_modules":
            for _ in document.elements():
                yield from _of_module(document)


def _is_account_lookup(row: Any) -> bool:
    return isinstance(row, dict) and row.get("mode") == "data" and row.get("type") in (CALLER, ORGANIZATION)


def _lookup(row: Mapping[str, Any]) -> Lookup:
    return Lookup(str(row.get("address")), row["type"], row.get("values") or {})


def management_account(lookups: Iterable[Lookup]) -> str:
    """The management account's id; "" where no lookup tells it."""
    ids = {lookup.values.get("master_account_id") for lookup in lookups if lookup.type == ORGANIZATION}
    return next((value for value in ids if isinstance(value, str)), "")
