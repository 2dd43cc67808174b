"""Who has which permission set in which account, before a plan and after it, from its account assignments. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from pulumi_aws_identity_center.domain.grants.permission_sets import ASSIGNMENTS
from pulumi_aws_identity_center.domain.values import as_list
from pulumi_aws_identity_center.gate.change import Action, Change, Resource, known_text
from pulumi_aws_identity_center.matrix.grants import Principal

_KEYS = ("principalType", "principalId", "principalName", "permissionSetArn")


class ProvisionedSet(NamedTuple):
    """A permission set in an account. permission_set: its ARN; the assignments' address where only the update knows the
    ARN. account: "" likewise."""

    permission_set: str
    account: str


Holders = Mapping[ProvisionedSet, Principal]
_Key = tuple[ProvisionedSet, tuple[str, str], bool]
"""Of a resource's grant: the principal's key, and whether the resource is AccountAssignments."""


class Grants:
    """before, after: one principal that has the provisioned set. lost: the operations that take a grant of it away, by
    address."""

    def __init__(self) -> None:
        self.before: dict[ProvisionedSet, Principal] = {}
        self.lost: dict[ProvisionedSet, dict[str, str]] = defaultdict(dict)
        self._created: dict[ProvisionedSet, Principal] = {}
        self._others: dict[_Key, Principal] = {}
        self._revoked: set[_Key] = set()

    @property
    def after(self) -> Holders:
        """A deletion comes last, and takes away the same grant of another resource. But Pulumi's creation of a single
        assignment that exists fails before that, and AccountAssignments keeps what another AccountAssignments has."""
        left = {key[0]: principal for key, principal in self._others.items() if key not in self._revoked}
        return left | self._created

    def add_change(self, change: Change) -> None:
        before, after = change.states_in_aws()
        is_own = change.type == ASSIGNMENTS
        had, gets = _holders(change, before, Resource.has), _holders(change, after, Resource.tells)
        if is_own and change.action is Action.UPDATE:
            gets = _with_accounts_of(had, gets)
        if change.retained:
            gets = {**had, **gets}
        self.before |= had
        if change.action in (Action.CREATE, Action.REPLACE) and change.creates_first and not is_own:
            self._created |= gets
        else:
            self._others |= {(row, principal.key, is_own): principal for row, principal in gets.items()}
        for provisioned in had.keys() - gets.keys():
            self.lost[provisioned][change.address] = change.op
            for of_own in (False, not is_own):
                self._revoked.add((provisioned, had[provisioned].key, of_own))
            if change.action is Action.UNKNOWN:
                # Whatever happens to it, something that nobody can judge may remain.
                self._created[ProvisionedSet("", provisioned.account)] = had[provisioned]


def _holders(change: Change, state: Resource | None, value_of: Callable[[Resource, str], Any]) -> Holders:
    """What one state grants. value_of: how it tells a property: as AWS has it, or as the program sets it."""
    if state is None:
        return {}
    type_, id_, name, arn = (known_text(value_of(state, key)) for key in _KEYS)
    principal = Principal(type_ or "GROUP", id_ or None, name or None)
    accounts = as_list(value_of(state, "accounts" if change.type == ASSIGNMENTS else "targetId"))
    return {ProvisionedSet(arn or change.address, known_text(account)): principal for account in accounts}


def _with_accounts_of(had: Holders, gets: Holders) -> Holders:
    """Replaces an account that only the update knows by the accounts from before: the same program creates it. The
    provider of AccessMatrix judges it in the update, before it revokes anything."""
    holders: dict[ProvisionedSet, Principal] = {}
    for (permission_set, account), principal in gets.items():
        accounts = [account] if account else [old.account for old in had]
        holders |= {ProvisionedSet(permission_set, account): principal for account in accounts}
    return holders
