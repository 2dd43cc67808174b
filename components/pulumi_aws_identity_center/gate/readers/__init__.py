"""From a plan's JSON to the gate's model (`change.py`), with a module for each format. The first key tells the
format."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Protocol, TextIO

from pulumi_aws_identity_center.gate.change import Entry
from pulumi_aws_identity_center.gate.declared_rules import RuleConfigs

from . import pulumi_digest, pulumi_events, terraform
from .document import Document, NotAPlan

__all__ = ["FORMATS", "NotAPlan", "read"]


class Format(Protocol):
    """A reader's module. configs: of the policy pack's rules, for a format whose tool has no pack."""

    KEYS: frozenset[str]

    def read(self, document: Document, configs: RuleConfigs) -> Iterator[Entry]: ...


FORMATS: Final[tuple[Format, ...]] = (pulumi_digest, pulumi_events, terraform)

_WHAT_TO_GIVE = (
    "Give it what `pulumi preview --json`, `terraform show -json PLAN` or `tofu show -json PLAN` prints, all of it and "
    "nothing else."
)


def read(stream: TextIO, configs: RuleConfigs | None = None) -> Iterator[Entry]:
    """Every entry of the plan. Raises NotAPlan for what is no plan, and for what is not all of one.

    configs: of the policy pack's rules, which the gate runs on the plan of a tool that has no pack.
    """
    document = Document(stream)
    if document.peek() == "":
        raise NotAPlan(f"The input is empty: nothing was written, or it went elsewhere. {_WHAT_TO_GIVE}")
    key = document.first_key()
    if key is None and document.peek() == "{":
        document.value()  # which says what is wrong with it
    for reader in FORMATS:
        if key in reader.KEYS:
            yield from reader.read(document, configs or {})
            break
    else:
        raise NotAPlan(f"The input is not the JSON of a plan that this gate knows. {_WHAT_TO_GIVE}")
    if document.peek():
        raise NotAPlan("The input goes on after the plan's JSON: give it one preview, and nothing else.")
