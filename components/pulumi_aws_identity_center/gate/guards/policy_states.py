"""Which policies each identity has before a plan, and after it. Pure.

Before: what the state records and what a refresh found. After: creations and updates overwrite, an exclusive list
takes off what it lacks whenever it is applied, and deletions come last, as the engine orders them. A managed policy
counts as an identity of its own: whoever has it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from pulumi_aws_identity_center.domain.iam_carriers import FLOWS
from pulumi_aws_identity_center.gate.change import UNKNOWN, Action, Cause, Change, Resource
from pulumi_aws_identity_center.gate.finding import becomes_read

from . import carriers
from .accounts import Accounts
from .carriers import ATTACHED, EXCLUSIVE, IDENTITIES, Content, Owner, Slot

_APPLIED: Final = (Action.CREATE, Action.UPDATE, Action.REPLACE)


@dataclass(frozen=True, slots=True, order=True)
class Identity:
    """A role, user, group, permission set or managed policy of one account ("" where that can't be told)."""

    account: str
    kind: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind} {self.name}" if not self.name.startswith("?") else f"a {self.kind}"


Policies = dict[Identity, dict[Slot, list[Content]]]


class PolicyStates:
    """causes: the change that gives or takes what a slot has. gone: identities that the plan deletes. unwatched: slots
    that leave the stack and stay in AWS. untold: slots whose change the document doesn't tell. doubtful: slots that an
    exclusive list takes off, perhaps: the plan can't know what is on it."""

    def __init__(self, changes: list[Change], accounts: Accounts) -> None:
        self.before: Policies = defaultdict(dict)
        self.after: Policies = defaultdict(dict)
        self.causes: dict[tuple[Identity, Slot], Change] = {}
        self.gone: set[Identity] = set()
        self.unwatched: list[tuple[Identity, Slot, Change]] = []
        self.untold: list[tuple[Identity, Slot, Change]] = []
        self.doubtful: set[tuple[Identity, Slot]] = set()
        self._accounts = accounts
        plan = [change for change in changes if change.cause is Cause.PLAN]
        for change in changes:
            if change.cause is Cause.REFRESH:
                self._read_refreshed(change)
        for change in plan:
            rows = self._slots(change, change.before)
            _add(self.before, rows)
            _add(self.after, rows)
        self._apply(plan)

    def _read_refreshed(self, change: Change) -> None:
        recorded = self._slots(change, change.before)
        now = self._slots(change, change.after)
        if change.action is Action.UNTOLD:
            self.untold += [(identity, slot, change) for identity, slot, _ in recorded]
            now = recorded
        _add(self.before, recorded)
        _add(self.before, now)
        _add(self.after, now)
        contents = {(identity, slot): content for identity, slot, content in now}
        for identity, slot, content in recorded:
            if contents.get((identity, slot)) != content:
                self.causes[identity, slot] = change

    def _slots(
        self, change: Change, resource: Resource | None, *, planned: bool = False
    ) -> list[tuple[Identity, Slot, Content]]:
        return [
            (self._identity(owner, resource, change), slot, content)
            for owner, slot, content in carriers.slots(change, resource, planned=planned)
        ]

    def _identity(self, owner: Owner, resource: Resource | None, change: Change) -> Identity:
        kind, name = owner
        account = "" if kind == "permission set" else self._accounts.of(change, resource)
        return Identity(account, kind, name)

    def _apply(self, plan: list[Change]) -> None:
        for change in plan:
            if change.type in IDENTITIES:
                self._remove_identity(change)
        applied = [change for change in plan if change.action in _APPLIED]
        for change in applied:
            self._set(change)
        for change in applied:
            self._prune(change)
        for change in plan:
            self._remove(change)

    def _remove_identity(self, change: Change) -> None:
        """An identity that goes has nothing left to lose; one of the same name that comes instead starts empty."""
        if not change.goes or change.retained or change.before is None:
            return
        owner = carriers.owner_of(change, {**change.before.inputs, **change.before.outputs})
        if owner is None:
            return
        identity = self._identity(owner, change.before, change)
        if change.action is Action.DELETE or change.after is not None:
            self.gone.add(identity)  # of a replacement that tells no new one, one of the same name comes
        for slot in self.after.pop(identity, {}):
            self.causes[identity, slot] = change

    def _set(self, change: Change) -> None:
        """Gives what the change sets, and takes off what an update no longer sets."""
        rows = self._slots(change, change.after, planned=True)
        if change.action is Action.UPDATE:
            had = {(identity, slot) for identity, slot, _ in self._slots(change, change.before)}
            gets = {(identity, slot) for identity, slot, _ in rows}
            for identity, slot in had - gets:
                self._take_off(identity, slot, change)
        for identity, slot, content in rows:
            self.after[identity][slot] = [content]
            self.causes[identity, slot] = change
        if change.type in IDENTITIES and change.after is not None:
            owner = carriers.owner_of(change, carriers.planned_properties(change))
            if owner is not None:
                self.gone.discard(self._identity(owner, change.after, change))

    def _prune(self, change: Change) -> None:
        """Takes off what the change's exclusive lists lack."""
        props = carriers.planned_properties(change)
        if change.type == carriers.ONLY_HOLDERS:
            self._prune_holders(change, props)
        own = carriers.owner_of(change, props)
        owners = [own] if own else carriers.holders(props)
        for kind, key in EXCLUSIVE.get(change.type, ()):
            names = _listed_names(change, key)
            if names is None:
                continue
            for owner in owners:
                self._prune_slots(self._identity(owner, change.after, change), kind, names, change)

    def _prune_slots(self, identity: Identity, kind: str, names: list[str], change: Change) -> None:
        for slot in list(self.after.get(identity, {})):
            if slot[0] == kind and slot[1] not in names:
                self._unlist(identity, slot, change, is_known=UNKNOWN not in names)

    def _prune_holders(self, change: Change, props: Mapping[str, Any]) -> None:
        """Takes a policy off whoever isn't among its only holders."""
        name = carriers.policy_name(change.after.sets("policyArn")) if change.after else None
        if not name:
            return
        holders = {self._identity(owner, change.after, change) for owner in carriers.holders(props)}
        is_known = not any(identity.name.startswith("?") for identity in holders)
        for identity in list(self.after):
            if identity not in holders and (ATTACHED, name) in self.after[identity]:
                self._unlist(identity, (ATTACHED, name), change, is_known=is_known)

    def _unlist(self, identity: Identity, slot: Slot, change: Change, *, is_known: bool) -> None:
        if not is_known:
            self.doubtful.add((identity, slot))
        self._take_off(identity, slot, change)

    def _take_off(self, identity: Identity, slot: Slot, change: Change) -> None:
        # What only the plan itself gave is lost too: the list and the attachment would take turns.
        for content in self.after[identity].pop(slot, []):
            _add(self.before, [(identity, slot, content)])
        self.causes[identity, slot] = change

    def _remove(self, change: Change) -> None:
        """A deletion comes last: it also takes off what a creation of the same plan put there."""
        if change.action is Action.UNTOLD:
            rows = self._slots(change, change.before)
            self.untold += [(identity, slot, change) for identity, slot, _ in rows]
        is_list_alone = change.type in EXCLUSIVE and change.type not in FLOWS
        is_lookup = change.before is not None and change.before.external
        if is_list_alone or is_lookup or not (change.goes or becomes_read(change)):
            return
        for identity, slot, _ in self._slots(change, change.before):
            if change.retained or change.action is Action.READ:
                self.unwatched.append((identity, slot, change))
            elif change.type not in IDENTITIES:  # what goes with its identity is no loss
                self.after[identity].pop(slot, None)
                self.causes[identity, slot] = change


def _add(policies: Policies, rows: Iterable[tuple[Identity, Slot, Content]]) -> None:
    for identity, slot, content in rows:
        contents = policies[identity].setdefault(slot, [])
        if content not in contents:
            contents.append(content)


def _listed_names(change: Change, key: str) -> list[str] | None:
    """The policies on an exclusive list, UNKNOWN for one that the plan hides; None where the program sets no list."""
    listed = change.after.sets(key) if change.after else None
    if listed is None:
        return None
    items = listed if isinstance(listed, list) else [UNKNOWN]
    return [carriers.policy_name(item) or UNKNOWN for item in items]
