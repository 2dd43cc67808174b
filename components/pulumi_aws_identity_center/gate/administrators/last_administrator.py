"""Does a plan take away the last grant by which somebody administers the management account, or Identity Center? Pure.

The decision is `matrix/last_administrator.py`'s. A plan doesn't show other stacks' grants. Where it doesn't tell which
account is the management account, it counts only if no grant of a permission set that administers remains anywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from pulumi_aws_identity_center.domain.grants.permission_sets import ASSIGNMENT_TYPES, PART_TYPES, SET_TYPES
from pulumi_aws_identity_center.gate.change import Change
from pulumi_aws_identity_center.gate.finding import Finding
from pulumi_aws_identity_center.matrix.grants import Grant, Principal
from pulumi_aws_identity_center.matrix.last_administrator import AccessState, Loss, find_losses, names_of
from pulumi_aws_identity_center.matrix.preview import UNKNOWN_SET

from . import administering_accounts
from .administering_accounts import AdministeringAccounts
from .grants import Grants, Holders, ProvisionedSet
from .permission_sets import PermissionSets, certainly_administers

RULE: Final = "last-administrator-removed"
GRANT_TYPES: Final = ASSIGNMENT_TYPES | SET_TYPES | PART_TYPES
"""Whatever of these a plan shows is kept: what stays tells who remains."""
_COMPARE: Final = "identity-center matrix --diff compares with AWS, where other stacks' grants count too."
_NAME_ACCOUNT: Final = (
    "Set managementAccountId for last-administrator-kept in the file that --policy-pack-config names. "
)
_SHOW_ALL: Final = "Run the preview with --show-sames: it shows who remains. "


class LastAdministrator:
    """Fed with every change; afterwards it tells what is lost."""

    def __init__(self) -> None:
        self._accounts = AdministeringAccounts()
        self._grants = Grants()
        self._sets = PermissionSets()
        self._collectors: Mapping[str, Callable[[Change], None]] = {
            **dict.fromkeys(administering_accounts.TYPES, self._accounts.add_change),
            **dict.fromkeys(ASSIGNMENT_TYPES, self._grants.add_change),
            **dict.fromkeys(SET_TYPES | PART_TYPES, self._sets.add_change),
        }

    def add_change(self, change: Change) -> None:
        add = self._collectors.get(change.type)
        if add is not None:
            add(change)

    def findings(self, management_account: str, *, shows_unchanged: bool) -> Iterator[Finding]:
        """One at most. management_account: "" where nobody but the plan tells. shows_unchanged: whether the plan shows
        what stays as it is."""
        management = management_account or self._accounts.management or None
        delegated_administrator = self._accounts.delegated_administrator or None
        access = _PlannedAccess(self._grants, self._sets, management, shows_unchanged)
        losses = find_losses(access.before(), access.after(), management, delegated_administrator)
        if losses:
            yield access.finding(losses)


@dataclass(frozen=True)
class _PlannedAccess:
    """Who has which access before a plan and after it. management: None where nobody tells the account's id."""

    grants: Grants
    sets: PermissionSets
    management: str | None
    shows_unchanged: bool

    def before(self) -> AccessState:
        sets = self.sets.shown(after=False, shows_unchanged=self.shows_unchanged)
        grants = self._named(self.grants.before)
        if self.management is None:
            administering = {name for name, content in sets.items() if certainly_administers(content)}
            grants = [grant for grant in grants if grant.permission_set in administering]
        return AccessState(grants, sets)

    def after(self) -> AccessState:
        sets = self.sets.shown(after=True, shows_unchanged=self.shows_unchanged)
        return AccessState(self._named(self.grants.after), sets)

    def _named(self, holders: Holders) -> list[Grant]:
        return [self._grant(provisioned, principal) for provisioned, principal in holders.items()]

    def _grant(self, provisioned: ProvisionedSet, principal: Principal) -> Grant:
        if provisioned.account:
            return Grant(principal, self.sets.name_of(provisioned.permission_set), provisioned.account)
        # It may be the management account, and then what the grant is for isn't known either.
        return Grant(principal, UNKNOWN_SET, self.management or "")

    def finding(self, losses: list[Loss]) -> Finding:
        worst = min(losses, key=lambda loss: not loss.certain)
        causes = self._causes([worst]) | self._causes(losses)  # its own first: the sentence is about it
        address, op = next(iter(causes.items()), ("", ""))
        detail, remedy = worst.sentence, f"{worst.remedy} {_COMPARE}"
        is_certain = worst.certain
        if self.management is None:
            is_certain = False
            detail = (
                "It takes away every administrator's grant that this preview shows: "
                f"those of {names_of(worst.grants)}. "
                "The preview doesn't tell which account is the management account, so these may be its last."
            )
            remedy = f"{_NAME_ACCOUNT}{_COMPARE}"
        if not self.shows_unchanged:
            is_certain = False
            remedy = f"{_SHOW_ALL}{remedy}"
        return Finding(RULE, address, op, detail, remedy, certain=is_certain, causes=tuple(causes.items()))

    def _causes(self, losses: Iterable[Loss]) -> dict[str, str]:
        """The operation, by address, of all that takes a grant away, or what its permission set allows."""
        grants = [grant for loss in losses for grant in loss.grants]
        lost_grants = {(grant.permission_set, grant.account) for grant in grants}
        lost_sets = {grant.permission_set for grant in grants}
        causes: dict[str, str] = {}
        for provisioned, changes in self.grants.lost.items():
            if (self.sets.name_of(provisioned.permission_set), provisioned.account) in lost_grants:
                causes |= changes
        for planned in self.sets.by_key.values():
            if planned.name in lost_sets:
                causes |= planned.changes
        return causes
