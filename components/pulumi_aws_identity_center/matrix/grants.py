"""Grants: one principal has one permission set in one account. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from pulumi_aws_identity_center.plain_text import one_line

Row = dict[str, Any]


class Principal(NamedTuple):
    """A group or user. id, name: None where it isn't known."""

    type: str
    id: str | None
    name: str | None

    @property
    def key(self) -> tuple[str, str]:
        """What tells it from others: its id; its name where only that is known."""
        return self.type, self.id or self.name or ""

    @property
    def is_known_by_id_only(self) -> bool:
        return self.name is None and bool(self.id)

    def __str__(self) -> str:
        return self.name or self.id or f"a {self.type.lower()} that only the update knows"


class Grant(NamedTuple):
    """permission_set: its name; its ARN where the name isn't known."""

    principal: Principal
    permission_set: str
    account: str
    account_name: str | None = None

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What tells it from others, whatever of the names is known."""
        return (*self.principal.key, self.permission_set, self.account)

    def as_json(self) -> Row:
        """DESIGN's row."""
        return {
            "principal": {"type": self.principal.type, "id": self.principal.id, "name": self.principal.name},
            "permissionSet": self.permission_set,
            "account": self.account,
            "accountName": self.account_name,
        }


def printable(grants: Iterable[Grant]) -> list[Grant]:
    """The same grants, with names as they may be printed: whoever names a group writes no line or colour by it."""
    return [
        Grant(
            Principal(principal.type, _printable(principal.id), _printable(principal.name)),
            one_line(permission_set),
            one_line(account),
            _printable(account_name),
        )
        for principal, permission_set, account, account_name in grants
    ]


def _printable(name: str | None) -> str | None:
    return None if name is None else one_line(name)


def in_order(grants: Iterable[Grant]) -> list[Grant]:
    """By principal, permission set and account; groups before users, each grant once."""
    unique = {grant.key: grant for grant in grants}
    return sorted(unique.values(), key=_order)


def _order(grant: Grant) -> tuple[str, str, str, str, str, str]:
    name = str(grant.principal)
    return grant.principal.type, name.casefold(), name, grant.permission_set, grant.account_name or "", grant.account
