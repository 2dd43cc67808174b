"""Does a plan take away the last grant by which somebody administers the management account, or Identity Center? Pure.

The decision is `matrix/last_administrator.py`'s. A plan doesn't show other stacks' grants. Where it doesn't tell which
account is the management account, it counts only if no grant of a permission set that administers remains anywhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from pulumi_aws_identity_center.domain.grants.permission_sets import ASSIGNMENT_TYPES, PART_TYPES, SET_TYPES
from pulumi_aws_identity_center.gate.change import Change
from pulumi_aws_identity_center.gate.finding import Finding
from pulumi_aws_identity_center.matrix.grants import Grant, Principal
from pulumi_aws_identity_center.matrix.last_administrator import AccessState, Loss, find_losses, names_of
from pulumi_aws_identity_center.matrix.preview import UNKNOWN_SET
from pulumi_aws_identity_center.matrix.preview_names import permission_set_urns

from . import administering_accounts
from .administering_accounts import AdministeringAccounts
from .grants import Grants, Place
from .permission_sets import PermissionSets, certainly_administers

RULE: Final = "last-administrator-removed"
_SET_PARTS: Final = SET_TYPES | PART_TYPES
GRANT_TYPES: Final = ASSIGNMENT_TYPES | _SET_PARTS
"""Whatever of these a plan shows is kept: what stays tells who remains."""
_TYPES: Final = GRANT_TYPES | administering_accounts.TYPES
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

    def add_change(self, change: Change) -> None:
        if change.type in _SET_PARTS:
            self._sets.add_change(change)
        elif change.type in ASSIGNMENT_TYPES:
            self._grants.add_change(change)
        elif change.type in _TYPES:
            self._accounts.add_change(change)

    def findings(self, management_account: str, *, shows_unchanged: bool) -> Iterator[Finding]:
        """One at most. management_account: "" where nobody but the plan tells. shows_unchanged: whether the plan shows
        what stays as it is."""
        management = management_account or self._accounts.management or None
        before, after = self._sides(management, shows_unchanged=shows_unchanged)
        losses = find_losses(before, after, management, self._accounts.delegated_administrator or None)
        if losses:
            worst = min(losses, key=lambda loss: not loss.certain)
            causes = self._causes([worst]) | self._causes(losses)  # its own first: the sentence is about it
            yield self._finding(worst, causes, management, shows_unchanged=shows_unchanged)

    def _sides(self, management: str | None, *, shows_unchanged: bool) -> tuple[AccessState, AccessState]:
        sets_before = dict(self._sets.whole(self._sets.before, shows_unchanged=shows_unchanged))
        sets_after = dict(self._sets.whole(self._sets.after, shows_unchanged=shows_unchanged))
        lost = ((place, lost.principal) for (place, _), lost in self._grants.lost.items())
        stays, gained = self._grants.stays.items(), self._grants.gained.items()
        before = [self._grant(*holding, management) for holding in (*stays, *lost)]
        after = [self._grant(*holding, management) for holding in (*stays, *gained)]
        if management is None:
            administering = {name for name, content in sets_before.items() if certainly_administers(content)}
            before = [grant for grant in before if grant.permission_set in administering]
        return AccessState(before, sets_before), AccessState(after, sets_after)

    def _grant(self, place: Place, principal: Principal, management: str | None) -> Grant:
        if place.account:
            return Grant(principal, self._name(place.permission_set), place.account)
        # It may be the management account, and then what the grant is for isn't known either.
        return Grant(principal, UNKNOWN_SET, management or "")

    def _name(self, permission_set: str) -> str:
        """Of a permission set by ARN, or of the one that AccessMatrix's assignments at this address are for."""
        names = (self._sets.names.get(urn) for urn in (permission_set, *permission_set_urns(permission_set)))
        return next((name for name in names if name), permission_set)

    def _finding(
        self, loss: Loss, causes: Mapping[str, str], management: str | None, *, shows_unchanged: bool
    ) -> Finding:
        address, op = next(iter(causes.items()), ("", ""))
        detail, remedy = loss.sentence, f"{loss.remedy} {_COMPARE}"
        if management is None:
            detail = (
                f"It takes away every administrator's grant that this preview shows: those of {names_of(loss.grants)}. "
                "The preview doesn't tell which account is the management account, so these may be its last."
            )
            remedy = f"{_NAME_ACCOUNT}{_COMPARE}"
        if not shows_unchanged:
            remedy = f"{_SHOW_ALL}{remedy}"
        is_certain = loss.certain and management is not None and shows_unchanged
        return Finding(RULE, address, op, detail, remedy, certain=is_certain, causes=tuple(causes.items()))

    def _causes(self, losses: Iterable[Loss]) -> dict[str, str]:
        """The operation, by address, of all that takes a grant away, or what its permission set allows."""
        grants = [grant for loss in losses for grant in loss.grants]
        places = {(grant.permission_set, grant.account) for grant in grants}
        causes: dict[str, str] = {}
        for (place, _), lost in self._grants.lost.items():
            if (self._name(place.permission_set), place.account) in places:
                causes[lost.address] = lost.op
        names = {grant.permission_set for grant in grants}
        for arn, changes in self._sets.changes.items():
            if self._name(arn) in names:
                causes.update(changes)
        return causes
