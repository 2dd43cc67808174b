"""Who has which permission set in which account, before a plan and after it, from its account assignments. Pure.

A plan has any number of assignments. Of a permission set in one account one holder is kept on each side.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from pulumi_aws_identity_center.domain.grants.permission_sets import ASSIGNMENTS
from pulumi_aws_identity_center.domain.values import as_list
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
    places: frozenset[Place]

    def at(self, places: Iterable[Place]) -> dict[Place, Principal]:
        return dict.fromkeys(places, self.principal)

    def with_accounts_of(self, had: _Holding) -> _Holding:
        """With the accounts from before in place of one that only the update knows, as every account is that the same
        program creates. AccessMatrix's provider judges it in the update, before it revokes anything."""
        places: set[Place] = set()
        for place in self.places:
            accounts = [place.account] if place.account else [old.account for old in had.places]
            places.update(Place(place.permission_set, account) for account in accounts)
        return replace(self, places=frozenset(places))


_NO_HOLDING = _Holding(Principal("GROUP", None, None), frozenset())


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
        # In a place that both have somebody has the permission set before and after, whoever it is.
        stays = had.places if change.retained else had.places & gets.places
        self.stays |= had.at(stays)
        self.gained |= gets.at(gets.places - had.places)
        owner = change.address if change.type == ASSIGNMENTS else ""
        lost = Lost(had.principal, change.address, change.op)
        self.lost |= {(place, owner): lost for place in had.places - stays}
        if change.action is Action.UNKNOWN and not change.is_drift:
            # Whatever happens to it, something that nobody can judge may remain.
            self.gained |= had.at(Place("", place.account) for place in had.places)


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


def _holdings(change: Change) -> tuple[_Holding, _Holding]:
    before, after = sides_of(change)
    had, gets = _holding(change, before, Resource.has), _holding(change, after, Resource.tells)
    if before is not None and change.type == ASSIGNMENTS and change.action is Action.UPDATE:
        gets = gets.with_accounts_of(had)
    return had, gets


def _holding(change: Change, state: Resource | None, value_of: Callable[[Resource, str], Any]) -> _Holding:
    """value_of: how a state tells a property: as AWS has it, or as the program sets it."""
    if state is None:
        return _NO_HOLDING
    type_, id_, name, arn = (known_text(value_of(state, key)) for key in _HOLDING_KEYS)
    accounts = as_list(value_of(state, "accounts" if change.type == ASSIGNMENTS else "targetId"))
    places = frozenset(Place(arn or change.address, known_text(account)) for account in accounts)
    return _Holding(Principal(type_ or "GROUP", id_ or None, name or None), places)
