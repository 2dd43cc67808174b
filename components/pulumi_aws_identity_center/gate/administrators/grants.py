"""Who has which permission set in which account, before a plan and after it, from its account assignments. Pure.

A plan has any number of assignments. Of a permission set in one account one holder is kept on each side.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from pulumi_aws_identity_center.domain.grants.permission_sets import ASSIGNMENTS
from pulumi_aws_identity_center.gate.change import Action, Change, Resource, known_text
from pulumi_aws_identity_center.matrix.grants import Principal

_HOLDING_KEYS = ("principalType", "principalId", "principalName", "permissionSetArn")


class Place(NamedTuple):
    """permission_set: its ARN; the assignments' address where only the update knows the ARN. account: "" likewise."""

    permission_set: str
    account: str


@dataclass(frozen=True, slots=True)
class Lost:
    """A grant that goes, and the change that takes it away."""

    principal: Principal
    address: str
    op: str


@dataclass(frozen=True, slots=True)
class _Holding:
    """What one state of a resource grants."""

    principal: Principal
    permission_set: str
    accounts: frozenset[str]

    def places(self, accounts: Iterable[str]) -> Iterable[Place]:
        return (Place(self.permission_set, account) for account in accounts)


class Grants:
    """stays, gained: by place. lost: by place, and by the address of AccessMatrix's assignments, "" for all others: a
    matrix's break-glass allows its own to go."""

    def __init__(self) -> None:
        self.stays: dict[Place, Principal] = {}
        self.lost: dict[tuple[Place, str], Lost] = {}
        self.gained: dict[Place, Principal] = {}

    def add_change(self, change: Change) -> None:
        if is_what_a_refresh_found(change):
            return
        had, gets = _holdings(change)
        common = _common_accounts(had, gets)
        if had is not None:
            self._take_old(change, had, had.accounts if change.retained else common)
        if gets is not None:
            self.gained.update(dict.fromkeys(gets.places(gets.accounts - common), gets.principal))

    def _take_old(self, change: Change, had: _Holding, staying: frozenset[str]) -> None:
        lost = Lost(had.principal, change.address, change.op)
        self.stays.update(dict.fromkeys(had.places(staying), had.principal))
        owner = change.address if change.type == ASSIGNMENTS else ""
        self.lost.update({(place, owner): lost for place in had.places(had.accounts - staying)})
        if change.action is Action.UNKNOWN and not change.is_drift:
            # Whatever happens to it, something that nobody can judge may remain.
            self.gained.update(dict.fromkeys((Place("", account) for account in had.accounts), had.principal))


def is_what_a_refresh_found(change: Change) -> bool:
    """The plan's own change of the resource begins with that, and says it again."""
    return change.is_drift and change.action is not Action.UNKNOWN


def sides_of(change: Change) -> tuple[Resource | None, Resource | None]:
    """The states that AWS has before the plan and after it; equal where the plan doesn't touch the resource."""
    is_kept = change.action is Action.DELETE and change.retained
    if change.is_drift or change.action is Action.READ or is_kept:
        return change.before, change.before
    is_gone = change.action in (Action.DELETE, Action.UNKNOWN)
    return change.before, None if is_gone else change.after


def _holdings(change: Change) -> tuple[_Holding | None, _Holding | None]:
    before, after = sides_of(change)
    had, gets = _holding(change, before, Resource.has), _holding(change, after, Resource.tells)
    if had is None or gets is None:
        return had, gets
    is_known_later = change.type == ASSIGNMENTS and change.action is Action.UPDATE and "" in gets.accounts
    if is_known_later:
        # As with every account that the same program creates. AccessMatrix's provider judges it in the update, before
        # it revokes anything.
        gets = replace(gets, accounts=gets.accounts - {""} | had.accounts)
    return had, gets


def _holding(change: Change, state: Resource | None, value_of: Callable[[Resource, str], Any]) -> _Holding | None:
    """value_of: how a state tells a property: as AWS has it, or as the program sets it."""
    if state is None:
        return None
    type_, id_, name, arn = (known_text(value_of(state, key)) for key in _HOLDING_KEYS)
    principal = Principal(type_ or "GROUP", id_ or None, name or None)
    return _Holding(principal, arn or change.address, frozenset(_accounts(change, state, value_of)))


def _accounts(change: Change, state: Resource, value_of: Callable[[Resource, str], Any]) -> list[str]:
    if change.type != ASSIGNMENTS:
        return [known_text(value_of(state, "targetId"))]
    accounts = value_of(state, "accounts")
    return list(map(known_text, accounts)) if isinstance(accounts, list) else [""]


def _common_accounts(had: _Holding | None, gets: _Holding | None) -> frozenset[str]:
    """Those in which somebody has the same permission set before and after, whoever it is."""
    if had is None or gets is None or had.permission_set != gets.permission_set:
        return frozenset()
    return had.accounts & gets.accounts
