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
            for inner in document.members():
                if inner == "root_module":
                    yield from _of_module(document)


def _of_module(document: Document) -> Iterator[Lookup]:
    for key in document.members():
        if key == "resources":
            for row in document.items():
                if isinstance(row, dict) and row.get("mode") == "data" and row.get("type") in (CALLER, ORGANIZATION):
                    yield Lookup(str(row.get("address")), row["type"], row.get("values") or {})
        elif key == "child_modules":
            for _ in document.elements():
                yield from _of_module(document)


def management_account(lookups: Iterable[Lookup]) -> str:
    """The management account's id; "" where no lookup tells it."""
    ids = {lookup.values.get("master_account_id") for lookup in lookups if lookup.type == ORGANIZATION}
    return next((value for value in ids if isinstance(value, str)), "")
