"""Which policies each identity has before a plan, and after it. Pure.

Before: what the state records and what a refresh found. After: creations and updates overwrite, an exclusive list
takes off what it lacks whenever it is applied, and deletions come last, as the engine orders them. A managed policy
counts as an identity of its own: whoever has it.
"""

from __future__ import annotations

from typing import Any, Final

from pulumi_aws_identity_center.domain.iam_carriers import FLOWS
from pulumi_aws_identity_center.gate.change import UNKNOWN, Action, Change, Resource

from .accounts_by_arn import AccountsByArn
from .carriers import EXCLUSIVE, IDENTITIES, ONLY_HOLDERS
from .holdings import Owner, holdings, named_owners, owner_of, policy_name
from .planned import planned_properties
from .policies import ATTACHED, Identity, Place, Policies, Row, Slot

APPLIED: Final = (Action.CREATE, Action.UPDATE, Action.REPLACE)


class PolicyStates:
    """causes: the change that gives or takes what a slot has. gone: identities that the plan deletes. unwatched: slots
    that leave the stack and stay in AWS. unknown: slots whose change the document doesn't tell. doubtful: slots that an
    exclusive list takes off, perhaps: the plan can't know what is on it."""

    def __init__(self, changes: list[Change], accounts: AccountsByArn) -> None:
        self.before = Policies()
        self.after = Policies()
        self.causes: dict[Place, Change] = {}
        self.gone: set[Identity] = set()
        self.unwatched: list[tuple[Place, Change]] = []
        self.unknown: list[tuple[Place, Change]] = []
        self.doubtful: set[Place] = set()
        self._accounts = accounts
        plan = [change for change in changes if not change.is_drift]
        for change in changes:
            if change.is_drift:
                self._read_refreshed(change)
        for change in plan:
            rows = self._rows(change, change.before)
            self.before.add(rows)
            self.after.add(rows)
        self._apply(plan)

    def _read_refreshed(self, change: Change) -> None:
        recorded = self._rows(change, change.before)
        now = self._rows(change, change.after)
        if change.action is Action.UNKNOWN:
            self._note_unknown(recorded, change)
            now = recorded
        self.before.add([*recorded, *now])
        self.after.add(now)
        contents = {row.place: row.content for row in now}
        for place, content in recorded:
            if contents.get(place) != content:
                self.causes[place] = change

    def _note_unknown(self, rows: list[Row], change: Change) -> None:
        self.unknown += [(row.place, change) for row in rows]

    def _rows(self, change: Change, resource: Resource | None, *, planned: bool = False) -> list[Row]:
        return [
            Row(Place(self._identity(owner, resource, change), slot), content)
            for owner, slot, content in holdings(change, resource, planned=planned)
        ]

    def _identity(self, owner: Owner, resource: Resource | None, change: Change) -> Identity:
        account = "" if owner.kind == "permission set" else self._accounts.of(change, resource)
        return Identity(account, owner.kind, owner.name)

    def _apply(self, plan: list[Change]) -> None:
        applied = [change for change in plan if change.action in APPLIED]
        for change in plan:
            self._remove_identity(change)
        for change in applied:
            self._set(change)
        # The order of a plan's steps isn't that of the update: the worse one counts.
        for change in applied:
            self._take_back(change)
        for change in applied:
            self._prune(change)
        for change in plan:
            self._remove(change)

    def _remove_identity(self, change: Change) -> None:
        """An identity that goes has nothing left to lose; one of the same name that comes instead starts empty."""
        stays = change.before is None or change.retained or not change.leaves_state
        if stays or change.type not in IDENTITIES:
            return
        owner = owner_of(change, change.old.properties())
        identity = self._identity(owner, change.before, change)
        if change.action is Action.DELETE or change.after is not None:
            self.gone.add(identity)  # of a replacement that tells no new one, one of the same name comes
        for place in self.after.remove_identity(identity):
            self.causes[place] = change

    def _set(self, change: Change) -> None:
        """Gives what the change sets."""
        for row in self._rows(change, change.after, planned=True):
            self.after.set(row)
            self.causes[row.place] = change
        if change.type in IDENTITIES and change.after is not None:
            owner = owner_of(change, planned_properties(change))
            self.gone.discard(self._identity(owner, change.after, change))

    def _take_back(self, change: Change) -> None:
        """Takes off what an update no longer sets."""
        if change.action is Action.UPDATE:
            sets = {row.place for row in self._rows(change, change.after, planned=True)}
            for place, _ in self._rows(change, change.before):
                if place not in sets:
                    self._take_off(place, change)

    def _prune(self, change: Change) -> None:
        if change.type == ONLY_HOLDERS:
            self._prune_holders(change)
        for kind, key in EXCLUSIVE.get(change.type, ()):
            listed = change.new.sets(key)
            if listed is not None:  # where the program sets no list, none is applied
                self._prune_slots(kind, _listed_names(listed), change)

    def _planned_holders(self, change: Change) -> list[Identity]:
        props = planned_properties(change)
        owners = [owner_of(change, props)] if change.type in IDENTITIES else named_owners(props)
        return [self._identity(owner, change.after, change) for owner in owners]

    def _prune_slots(self, kind: str, names: list[str], change: Change) -> None:
        for identity in self._planned_holders(change):
            for slot in self.after.slots_of(identity):
                if slot.kind == kind and slot.name not in names:
                    self._unlist(Place(identity, slot), change, is_known=UNKNOWN not in names)

    def _prune_holders(self, change: Change) -> None:
        name = policy_name(change.new.sets("policyArn"))
        if not name:
            return
        holders = self._planned_holders(change)
        is_known = all(holder.is_named for holder in holders)
        attachment = Slot(ATTACHED, name)
        for identity in self.after.holders_of(attachment):
            if identity not in holders:
                self._unlist(Place(identity, attachment), change, is_known=is_known)

    def _unlist(self, place: Place, change: Change, *, is_known: bool) -> None:
        if not is_known:
            self.doubtful.add(place)
        self._take_off(place, change)

    def _take_off(self, place: Place, change: Change) -> None:
        # What only the plan itself gave is lost too: the list and the attachment would take turns.
        self.before.add([Row(place, content) for content in self.after.remove(place)])
        self.causes[place] = change

    def _remove(self, change: Change) -> None:
        """A deletion comes last: it also takes off what a creation of the same plan put there."""
        if change.action is Action.UNKNOWN:
            self._note_unknown(self._rows(change, change.before), change)
        is_list_alone = change.type in EXCLUSIVE and change.type not in FLOWS
        if is_list_alone or change.old.external or not change.is_let_go:
            return
        for place, _ in self._rows(change, change.before):
            if change.stays_in_aws:
                self.unwatched.append((place, change))
            elif change.type not in IDENTITIES:  # what goes with its identity is no loss
                self.after.remove(place)
                self.causes[place] = change


def _listed_names(listed: Any) -> list[str]:
    """The policies on an exclusive list, UNKNOWN for one that the plan hides."""
    items = listed if isinstance(listed, list) else [UNKNOWN]
    return [policy_name(item) or UNKNOWN for item in items]
