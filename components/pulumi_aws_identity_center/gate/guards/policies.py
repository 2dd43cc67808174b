"""Which policies an identity has: a set of slots, and what each may hold. Pure.

A slot is an inline policy by name, an attached policy by name, the boundary, or a group that it is a member of; of a
managed policy, its document. Two resources that name one slot are one thing in AWS: the later call wins.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any, Final, NamedTuple

INLINE, ATTACHED, BOUNDARY, MEMBER, DOCUMENT = "inline", "attached", "boundary", "member", "document"


class Slot(NamedTuple):
    """kind: one of the five above; name: "" where there is only one."""

    kind: str
    name: str = ""


OWN_DOCUMENT: Final = Slot(DOCUMENT)


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


class Place(NamedTuple):
    identity: Identity
    slot: Slot


class Row(NamedTuple):
    place: Place
    content: Content


class Policies:
    """Of each slot, what it may hold: several contents where a plan doesn't tell which."""

    def __init__(self) -> None:
        self._slots: dict[Identity, dict[Slot, list[Content]]] = {}

    def places(self) -> Iterable[Place]:
        return [Place(identity, slot) for identity, slots in self._slots.items() for slot in slots]

    def holders_of(self, slot: Slot) -> list[Identity]:
        return [identity for identity, slots in self._slots.items() if slot in slots]

    def bearers_of(self, policy: Identity) -> Iterable[Identity]:
        """Those to whom a managed policy is attached, or whose boundary it is."""
        reference = Reference(policy.name)
        for place in self.places():
            if place.slot.kind in (ATTACHED, BOUNDARY) and reference in self.contents(place):
                yield place.identity

    def slots_of(self, identity: Identity) -> list[Slot]:
        return list(self._slots.get(identity, ()))

    def contents(self, place: Place) -> list[Content]:
        return self._slots.get(place.identity, {}).get(place.slot, [])

    def contents_of(self, identity: Identity) -> list[Content]:
        """Of all its slots."""
        return list(chain.from_iterable(self._slots.get(identity, {}).values()))

    def add(self, rows: Iterable[Row]) -> None:
        """Beside what the slots may hold already."""
        for place, content in rows:
            contents = self._slots.setdefault(place.identity, {}).setdefault(place.slot, [])
            if content not in contents:
                contents.append(content)

    def set(self, row: Row) -> None:
        """In place of what the slot may hold."""
        self._slots.setdefault(row.place.identity, {})[row.place.slot] = [row.content]

    def remove(self, place: Place) -> list[Content]:
        """What the slot held."""
        return self._slots.get(place.identity, {}).pop(place.slot, [])

    def remove_identity(self, identity: Identity) -> list[Place]:
        """What it had."""
        return [Place(identity, slot) for slot in self._slots.pop(identity, ())]
