"""Which policies an identity has: a set of slots, and what each may hold. Pure.

A slot is an inline policy by name, an attached policy by name, the boundary, or a group that it is a member of; of a
managed policy, its document. Two resources that name one slot are one thing in AWS: the later call wins.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

INLINE, ATTACHED, BOUNDARY, MEMBER, DOCUMENT = "inline", "attached", "boundary", "member", "document"


@dataclass(frozen=True, slots=True)
class Reference:
    """A managed policy, or a group, that something names: by ARN, or by name in the identity's own account."""

    name: str


Content = Reference | str | Mapping[str, Any]


class Identity(NamedTuple):
    """A role, user, group, permission set or managed policy of one account ("" where that can't be told)."""

    account: str
    kind: str
    name: str

    @property
    def is_named(self) -> bool:
        return not self.name.startswith("?")

    def __str__(self) -> str:
        return f"{self.kind} {self.name}" if self.is_named else f"a {self.kind}"


class Slot(NamedTuple):
    """kind: one of the five above; name: "" where there is only one."""

    identity: Identity
    kind: str
    name: str = ""


class Row(NamedTuple):
    slot: Slot
    content: Content


class Policies:
    """Of each slot, what it may hold: several contents where a plan doesn't tell which."""

    def __init__(self) -> None:
        self._by_identity: dict[Identity, dict[Slot, list[Content]]] = {}

    def slots(self) -> list[Slot]:
        return [slot for slots in self._by_identity.values() for slot in slots]

    def slots_of(self, identity: Identity) -> list[Slot]:
        return list(self._by_identity.get(identity, ()))

    def holders_of(self, kind: str, name: str) -> list[Identity]:
        return [identity for identity, slots in self._by_identity.items() if Slot(identity, kind, name) in slots]

    def bearers_of(self, policy: Identity) -> Iterable[Identity]:
        """Those to whom a managed policy is attached, or whose boundary it is."""
        reference = Reference(policy.name)
        for slot in self.slots():
            if slot.kind in (ATTACHED, BOUNDARY) and reference in self.contents(slot):
                yield slot.identity

    def contents(self, slot: Slot) -> list[Content]:
        return self._by_identity.get(slot.identity, {}).get(slot, [])

    def contents_of(self, identity: Identity) -> list[Content]:
        """Of all its slots."""
        return [content for contents in self._by_identity.get(identity, {}).values() for content in contents]

    def add(self, rows: Iterable[Row]) -> None:
        """Beside what the slots may hold already."""
        for slot, content in rows:
            contents = self._by_identity.setdefault(slot.identity, {}).setdefault(slot, [])
            if content not in contents:
                contents.append(content)

    def set(self, row: Row) -> None:
        """In place of what the slot may hold."""
        self._by_identity.setdefault(row.slot.identity, {})[row.slot] = [row.content]

    def remove(self, slot: Slot) -> list[Content]:
        """What the slot held."""
        return self._by_identity.get(slot.identity, {}).pop(slot, [])

    def remove_identity(self, identity: Identity) -> list[Slot]:
        """What it had."""
        return list(self._by_identity.pop(identity, ()))
