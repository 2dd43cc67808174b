"""Which policies each identity has before a plan, and after it. Pure.

Before: what the state records and what a refresh found. After: creations and updates overwrite, an exclusive list
takes off what it lacks whenever it is applied, and deletions come last, as the engine orders them. A managed policy
counts as an identity of its own: whoever has it.
"""

from __future__ import annotations

from typing import Any, Final

from pulumi_aws_identity_center.domain.iam_carriers import COMPUTED
from pulumi_aws_identity_center.domain.values import as_list
from pulumi_aws_identity_center.gate.change import UNKNOWN, Action, Change, Properties, Resource

from .accounts_by_arn import AccountsByArn
from .carriers import EXCLUSIVE, IDENTITIES, ONLY_HOLDERS
from .holdings import Owner, holdings, named_owners, owner_of, policy_name
from .planned import planned_properties
from .policies import ATTACHED, Identity, Policies, Row, Slot

APPLIED: Final = (Action.CREATE, Action.UPDATE, Action.REPLACE)


class PolicyStates:
    """causes: the change that gives or takes what a slot has. gone: identities that the plan deletes. unwatched:
    slots that leave the stack and stay in AWS, and that nothing else in it gives. unknown: slots whose change the
    document doesn't tell. doubtful: slots that an exclusive list takes off, perhaps: the plan can't know what is on
    it."""

    def __init__(self, changes: list[Change], accounts: AccountsByArn) -> None:
        self.before = Policies()
        self.after = Policies()
        self.causes: dict[Slot, Change] = {}
        self.gone: set[Identity] = set()
        self.unwatched: list[tuple[Slot, Change]] = []
        self.unknown: list[tuple[Slot, Change]] = []
        self.doubtful: set[Slot] = set()
        self._managed: set[Slot] = set()  # what a resource still gives that stays
        self._accounts = accounts
        for change in changes:
            if change.is_drift:
                self._read_refreshed(change)
        plan = [change for change in changes if not change.is_drift]
        for change in plan:
            rows = self._rows(change, change.old)
            self.before.add(rows)
            self.after.add(rows)
            if change.action is Action.SAME:
                self._note_managed(rows, change)
        self._apply(plan)

    def _read_refreshed(self, change: Change) -> None:
        recorded, now = self._rows(change, change.old), self._rows(change, change.new)
        if change.action is Action.UNKNOWN:
            self.unknown += _with_cause(recorded, change)
            now = recorded
        self.before.add([*recorded, *now])
        self.after.add(now)
        contents = dict(now)
        for slot, content in recorded:
            if contents.get(slot) != content:
                self.causes[slot] = change

    # --- what a change gives to whom ---------------------------------------------------------------------------------

    def _rows(self, change: Change, state: Resource) -> list[Row]:
        """In one of its states."""
        return self._rows_with(change, state, state.properties())

    def _planned_rows(self, change: Change) -> list[Row]:
        return self._rows_with(change, change.new, planned_properties(change))

    def _rows_with(self, change: Change, state: Resource, props: Properties) -> list[Row]:
        return [
            Row(Slot(self._identity(owner, state, change), kind, name), content)
            for owner, kind, name, content in holdings(change, props)
        ]

    def _identity(self, owner: Owner, state: Resource, change: Change) -> Identity:
        account = "" if owner.kind == "permission set" else self._accounts.of(change, state)
        return Identity(account, owner.kind, owner.name)

    def _planned_holders(self, change: Change) -> list[Identity]:
        props = planned_properties(change)
        owners = [owner_of(change, props)] if change.type in IDENTITIES else named_owners(props)
        return [self._identity(owner, change.new, change) for owner in owners]

    # --- the plan, in phases: the order of its steps isn't that of the update, so the worse one counts ----------------

    def _apply(self, plan: list[Change]) -> None:
        applied = [change for change in plan if change.action in APPLIED]
        phases = (
            (plan, self._remove_identity),
            (applied, self._set),
            (applied, self._take_back),
            (applied, self._prune),
            (plan, self._remove),
        )
        for changes, apply in phases:
            for change in changes:
                apply(change)

    def _remove_identity(self, change: Change) -> None:
        """An identity that goes has nothing left to lose; one of the same name that comes instead starts empty."""
        goes = change.before is not None and change.leaves_state and not change.retained
        if not goes or change.type not in IDENTITIES:
            return
        owner = owner_of(change, change.old.properties())
        identity = self._identity(owner, change.old, change)
        if change.action is Action.DELETE or change.after is not None:
            self.gone.add(identity)  # of a replacement that tells no new one, one of the same name comes
        self.causes |= dict.fromkeys(self.after.remove_identity(identity), change)

    def _set(self, change: Change) -> None:
        """Gives what the change sets."""
        rows = self._planned_rows(change)
        for row in rows:
            self.after.set(row)
            self.causes[row.slot] = change
        self._note_managed(rows, change)
        if change.type in IDENTITIES:
            self.gone.difference_update(self._planned_holders(change))

    def _note_managed(self, rows: list[Row], change: Change) -> None:
        tells_others = change.type in COMPUTED  # it also has what other resources give
        if not tells_others and not change.new.external:
            self._managed.update(row.slot for row in rows)

    def _take_back(self, change: Change) -> None:
        """Takes off what an update no longer sets."""
        if change.action is not Action.UPDATE:
            return
        still_set = dict(self._planned_rows(change))
        for slot, _ in self._rows(change, change.old):
            if slot not in still_set:
                self._take_off(slot, change)

    def _prune(self, change: Change) -> None:
        """Takes off what an exclusive list lacks."""
        if change.type == ONLY_HOLDERS:
            self._prune_holders(change)
        for kind, key in EXCLUSIVE.get(change.type, ()):
            listed = change.new.sets(key)
            if listed is not None:  # where the program sets no list, none is applied
                self._prune_slots(kind, listed, change)

    def _prune_slots(self, kind: str, listed: Any, change: Change) -> None:
        names = set(map(policy_name, as_list(listed)))
        for identity in self._planned_holders(change):
            for slot in self.after.slots_of(identity):
                if slot.kind == kind and slot.name not in names:
                    self._unlist(slot, change, is_known=UNKNOWN not in names)

    def _prune_holders(self, change: Change) -> None:
        name = policy_name(change.new.sets("policyArn"))
        if name == UNKNOWN:
            return
        holders = self._planned_holders(change)
        is_known = all(holder.is_named for holder in holders)
        for identity in self.after.holders_of(ATTACHED, name):
            if identity not in holders:
                self._unlist(Slot(identity, ATTACHED, name), change, is_known=is_known)

    def _unlist(self, slot: Slot, change: Change, *, is_known: bool) -> None:
        if not is_known:
            self.doubtful.add(slot)
        self._take_off(slot, change)

    def _take_off(self, slot: Slot, change: Change) -> None:
        # What only the plan itself gave is lost too: the list and the attachment would take turns.
        self.before.add([Row(slot, content) for content in self.after.remove(slot)])
        self.causes[slot] = change

    def _remove(self, change: Change) -> None:
        """A deletion comes last: it also takes off what a creation of the same plan put there."""
        if change.action is Action.UNKNOWN:
            self.unknown += _with_cause(self._rows(change, change.old), change)
        if not change.is_let_go:
            return
        rows = self._rows(change, change.old)
        is_list = change.type in EXCLUSIVE and change.type not in IDENTITIES
        if change.stays_in_aws or is_list:  # a list that goes takes nothing off
            self.unwatched += _with_cause([row for row in rows if row.slot not in self._managed], change)
        elif change.type not in IDENTITIES:  # what goes with its identity is no loss
            for slot, _ in rows:
                self.after.remove(slot)
                self.causes[slot] = change


def _with_cause(rows: list[Row], change: Change) -> list[tuple[Slot, Change]]:
    return [(row.slot, change) for row in rows]
