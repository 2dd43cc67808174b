"""An identity store's rows: users, groups, who is in which, and what has to be unique in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sandbox.aws.core.rows import Index, Rows


@dataclass(slots=True)
class Entity:
    """A user or a group. attributes: the API's members that callers set (UserName, DisplayName, Emails, ...)."""

    number: int
    id: str
    attributes: dict[str, Any]
    created: float
    updated: float
    created_by: str
    updated_by: str
    external_ids: list[dict[str, str]] = field(default_factory=list)
    revision: int = 1


@dataclass(slots=True)
class Membership:
    number: int
    id: str
    group: str
    user: str
    created: float
    created_by: str


@dataclass
class Kind:
    """All users or all groups. unique: (attribute path, value in lower case) → id."""

    rows: dict[str, Entity] = field(default_factory=dict)
    in_order: Rows[Entity] = field(default_factory=Rows)
    unique: dict[tuple[str, str], str] = field(default_factory=dict)
    external: dict[tuple[str, str], str] = field(default_factory=dict)

    def add(self, row: Entity) -> None:
        self.rows[row.id] = row
        self.in_order.add(row)

    def drop(self, row: Entity) -> None:
        del self.rows[row.id]
        self.in_order.discard(row)


@dataclass
class Directory:
    """An identity store."""

    id: str
    owner: str
    users: Kind = field(default_factory=Kind)
    groups: Kind = field(default_factory=Kind)
    memberships: dict[str, Membership] = field(default_factory=dict)
    pairs: dict[tuple[str, str], str] = field(default_factory=dict)  # (group, user) → membership
    by_group: Index[str, Membership] = field(default_factory=Index)
    by_user: Index[str, Membership] = field(default_factory=Index)

    def add_membership(self, row: Membership) -> None:
        self.memberships[row.id] = row
        self.pairs[row.group, row.user] = row.id
        self.by_group.add(row.group, row)
        self.by_user.add(row.user, row)

    def drop_membership(self, row: Membership) -> None:
        del self.memberships[row.id], self.pairs[row.group, row.user]
        self.by_group.discard(row.group, row)
        self.by_user.discard(row.user, row)
