"""Who is denied the lock-out actions before a plan, and after it: what is lost is a finding. Pure.

Before: what the state records and what a refresh found. After: creations and updates overwrite, an exclusive list
takes off what it lacks whenever it is applied, and deletions come last, as the engine orders them. A managed policy
counts as an identity of its own: whoever has it. A deletion is never taken for an improvement.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pulumi_aws_identity_center.domain.iam_carriers import FLOWS
from pulumi_aws_identity_center.gate.change import UNKNOWN, Action, Cause, Change, Resource, hides, is_unknown
from pulumi_aws_identity_center.gate.finding import RESTORE, Finding, finding, unknown

from . import carriers
from .accounts import Accounts
from .carriers import ATTACHED, BOUNDARY, DOCUMENT, EXCLUSIVE, IDENTITIES, MEMBER, Content, Owner, Reference, Slot
from .denial import Denied, denied, everything, exempted, probes


@dataclass(frozen=True, slots=True, order=True)
class Identity:
    """A role, user, group, permission set or managed policy of one account ("" where that can't be told)."""

    account: str
    kind: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind} {self.name}" if not self.name.startswith("?") else f"a {self.kind}"


Held = dict[Identity, dict[Slot, list[Content]]]


class Guards:
    """Fed with every change of what carries IAM policies; afterwards it tells what is lost."""

    def __init__(self) -> None:
        self._changes: list[Change] = []
        self._accounts = Accounts()
        # By name: managed policies that stay as they are. They lose nothing, and are there for who has them.
        self._standing: dict[str, list[tuple[str, Content]]] = defaultdict(list)

    def take(self, change: Change) -> None:
        states = [state for state in (change.before, change.after) if state is not None]
        sides = [props for state in states for props in (state.inputs, state.outputs)]
        if not carriers.may_matter(change.type, sides, comes_or_goes=len(states) < 2 or change.goes):
            return
        self._accounts.learn(change)
        name = carriers.standing_policy(change)
        if name and change.before is not None:
            row = self._accounts.of(change, change.before), carriers.policy_document(change.before)
            self._standing[name].append(row)
        else:
            self._changes.append(change)

    def findings(self) -> Iterator[Finding]:
        if self._changes:
            yield from _Plan(self._changes, self._accounts, self._standing).findings()


class _Plan:
    def __init__(
        self, changes: list[Change], accounts: Accounts, standing: Mapping[str, list[tuple[str, Content]]]
    ) -> None:
        self._accounts = accounts
        self._standing = standing
        self._before: Held = defaultdict(dict)
        self._after: Held = defaultdict(dict)
        self._cause: dict[tuple[Identity, Slot], Change] = {}
        self._gone: set[Identity] = set()
        self._unwatched: list[tuple[Identity, Slot, Change]] = []
        self._untold: list[tuple[Identity, Slot, Change]] = []
        self._doubt: set[tuple[Identity, Slot]] = set()  # an exclusive list that can't be known may take it off
        self._principals = probes(accounts.seen)
        refreshed = [change for change in changes if change.cause is Cause.REFRESH]
        plan = [change for change in changes if change.cause is Cause.PLAN]
        self._read_states(refreshed, plan)
        self._apply(plan)

    # --- what is there, before and after -----------------------------------------------------------------------

    def _read_states(self, refreshed: list[Change], plan: list[Change]) -> None:
        for change in refreshed:
            recorded = self._slots(change, change.before)
            now = self._slots(change, change.after)
            if change.action is Action.UNTOLD:
                self._untold += [(identity, slot, change) for identity, slot, _ in recorded]
                now = recorded
            kept = {(identity, slot): content for identity, slot, content in now}
            self._hold(self._before, recorded)
            self._hold(self._before, now)
            self._hold(self._after, now)
            for identity, slot, content in recorded:
                if kept.get((identity, slot)) != content:
                    self._cause[identity, slot] = change
        for change in plan:
            rows = self._slots(change, change.before)
            self._hold(self._before, rows)
            self._hold(self._after, rows)

    def _hold(self, held: Held, rows: Iterable[tuple[Identity, Slot, Content]]) -> None:
        for identity, slot, content in rows:
            contents = held[identity].setdefault(slot, [])
            if content not in contents:
                contents.append(content)

    def _slots(
        self, change: Change, resource: Resource | None, *, planned: bool = False
    ) -> list[tuple[Identity, Slot, Content]]:
        return [
            (self._identity(owner, resource, change), slot, content)
            for owner, slot, content in carriers.slots(change, resource, planned=planned)
        ]

    def _identity(self, owner: Owner, resource: Resource | None, change: Change) -> Identity:
        kind, name = owner
        return Identity("" if kind == "permission set" else self._accounts.of(change, resource), kind, name)

    def _apply(self, plan: list[Change]) -> None:
        for change in plan:
            if change.type in IDENTITIES:
                self._replace_identity(change)
        for change in plan:
            if change.action in (Action.CREATE, Action.UPDATE, Action.REPLACE):
                self._set(change)
        for change in plan:
            if change.action in (Action.CREATE, Action.UPDATE, Action.REPLACE):
                self._prune(change)
        for change in plan:
            if change.type not in IDENTITIES:
                self._remove(change)

    def _replace_identity(self, change: Change) -> None:
        """An identity that goes has nothing left to lose; one of the same name that comes instead starts empty."""
        if not change.goes or change.retained or change.before is None:
            return
        owner = carriers.owner_of(change, {**change.before.inputs, **change.before.outputs})
        if owner is None:
            return
        identity = self._identity(owner, change.before, change)
        if change.action is Action.DELETE or change.after is not None:
            self._gone.add(identity)  # of a replacement that tells no new one, one of the same name comes
        for slot in self._after.pop(identity, {}):
            self._cause[identity, slot] = change

    def _set(self, change: Change) -> None:
        had = {(identity, slot) for identity, slot, _ in self._slots(change, change.before)}
        rows = self._slots(change, change.after, planned=True)
        gets = {(identity, slot) for identity, slot, _ in rows}
        if change.action is Action.UPDATE:
            for identity, slot in had - gets:
                self._take_off(identity, slot, change)
        for identity, slot, content in rows:
            self._after[identity][slot] = [content]
            self._cause[identity, slot] = change
        if change.type in IDENTITIES and change.after is not None:
            owner = carriers.owner_of(change, carriers.planned_properties(change))
            if owner is not None:
                self._gone.discard(self._identity(owner, change.after, change))

    def _prune(self, change: Change) -> None:
        props = carriers.planned_properties(change)
        if change.type == carriers.ONLY_HOLDERS:
            self._prune_holders(change, props)
        own = carriers.owner_of(change, props)
        owners = [own] if own else carriers.holders(props)
        for how, key in EXCLUSIVE.get(change.type, ()):
            listed = change.after.sets(key) if change.after else None
            if listed is None:
                continue
            items = listed if isinstance(listed, list) else [UNKNOWN]
            names = [carriers.policy_name(item) or UNKNOWN for item in items]
            for owner in owners:
                identity = self._identity(owner, change.after, change)
                for slot in [slot for slot in self._after.get(identity, {}) if slot[0] == how]:
                    self._unlist(identity, slot, change, is_listed=slot[1] in names, is_known=UNKNOWN not in names)

    def _prune_holders(self, change: Change, props: Mapping[str, Any]) -> None:
        name = carriers.policy_name(change.after.sets("policyArn")) if change.after else None
        listed = {self._identity(owner, change.after, change) for owner in carriers.holders(props)}
        is_known = not any(identity.name.startswith("?") for identity in listed)
        for identity in list(self._after):
            if name and (ATTACHED, name) in self._after[identity]:
                self._unlist(identity, (ATTACHED, name), change, is_listed=identity in listed, is_known=is_known)

    def _unlist(self, identity: Identity, slot: Slot, change: Change, *, is_listed: bool, is_known: bool) -> None:
        if is_listed:
            return
        if not is_known:
            self._doubt.add((identity, slot))
        self._take_off(identity, slot, change)

    def _take_off(self, identity: Identity, slot: Slot, change: Change) -> None:
        # What only the plan itself gave is lost too: the list and the attachment would take turns.
        for content in self._after[identity].pop(slot, []):
            self._hold(self._before, [(identity, slot, content)])
        self._cause[identity, slot] = change

    def _remove(self, change: Change) -> None:
        """A deletion comes last: it also takes off what a creation of the same plan put there."""
        if (change.goes and change.type not in EXCLUSIVE) or (change.goes and change.type in FLOWS):
            for identity, slot, _ in self._slots(change, change.before):
                if change.retained:
                    self._unwatched.append((identity, slot, change))
                else:
                    self._after[identity].pop(slot, None)
                    self._cause[identity, slot] = change
        elif change.action is Action.UNTOLD:
            self._untold += [(identity, slot, change) for identity, slot, _ in self._slots(change, change.before)]

    # --- what that means -----------------------------------------------------------------------------------------

    def findings(self) -> Iterator[Finding]:
        told: set[str] = set()
        for found in self._all():
            if found.urn not in told:
                told.add(found.urn)
                yield found

    def _all(self) -> Iterator[Finding]:
        doubts: list[Finding] = []
        for identity, slots in self._before.items():
            for slot, contents in slots.items():
                change = self._cause.get((identity, slot))
                if change is not None and not self._is_excused(identity):
                    for found in self._compare(identity, slot, contents, change):
                        if found.certain:
                            yield found
                        else:
                            doubts.append(found)
        for identity, slot, change in self._unwatched:
            if self._denied(identity, slot, self._before):
                detail = f"The guard of {identity} would leave the stack; it stays, and nothing watches it any more."
                yield finding("guard-removed", change, detail, RESTORE)
        for identity, slot, change in self._untold:
            if self._denied(identity, slot, self._before):
                doubts.append(unknown(change, change.untold))
        yield from doubts

    def _compare(self, identity: Identity, slot: Slot, contents: list[Content], change: Change) -> Iterator[Finding]:
        now = self._after.get(identity, {})
        if contents == now.get(slot) and not self._is_named_guard(identity):
            return  # as it was: nothing to evaluate
        widened = tuple(exempted(self._documents(contents + now.get(slot, []))))
        had = self._denied(identity, slot, self._before, widened)
        if not had and self._is_named_guard(identity) and change.cause is Cause.PLAN:
            had = everything(self._principals)  # whatever it said before, it has to deny everything
        has = frozenset[tuple[str, str]]().union(*(self._denied(identity, each, self._after, widened) for each in now))
        lost = had - has
        if lost:
            hidden = (identity, slot) in self._doubt or any(
                _hides(content) for each in now.values() for content in each
            )
            yield self._lost(identity, slot, lost, change, hidden=hidden)
        elif any(_hides(content) for content in contents) and not had:
            yield unknown(change, f"The preview hides what {identity} has, so it may be a guard that would go.")

    def _lost(self, identity: Identity, slot: Slot, lost: Denied, change: Change, *, hidden: bool) -> Finding:
        actions = sorted({action for action, _ in lost})
        what = actions[0] + (f" and {len(actions) - 1} more" if len(actions) > 1 else "")
        by = f" by {slot[1]}" if slot[1] else ""
        who = f"{'whoever has ' if identity.kind == 'policy' else ''}{identity}"
        if hidden:
            return unknown(change, f"This preview can't know whether {who} would still be denied {what}{by}.")
        if not any(principal in self._principals for _, principal in lost):
            exempt = sorted({principal for _, principal in lost})
            detail = f"The guard of {who} would exempt more than before from the denial of {what}: {exempt[0]}."
            remedy = "Name one role, by its whole ARN; a person decides whether it may turn trusted access off."
            return finding("guard-widened", change, detail, remedy, certain=False)
        so = "nothing keeps them from locking everybody out."
        if change.cause is Cause.REFRESH:
            detail = f"{who} is no longer denied {what}{by} in AWS now: {so}"
        else:
            detail = f"{who} would no longer be denied {what}{by}: {so}"
        return finding("guard-removed", change, _sentence(detail), RESTORE)

    def _is_excused(self, identity: Identity) -> bool:
        """Whether nobody is left who loses it, or each who does is compared by itself."""
        if identity.kind == "policy":
            return self._is_deleted_from_its_holders(identity)
        if identity.kind == "group" and self._members(identity):
            return False
        return identity in self._gone

    def _members(self, group: Identity) -> list[Identity]:
        return [who for who, slots in self._after.items() if (MEMBER, group.name) in slots and who not in self._gone]

    def _is_deleted_from_its_holders(self, policy: Identity) -> bool:
        """IAM deletes no managed policy that somebody has (DeletePolicy): those whom the plan shows are all. The guard
        by its name is everybody's all the same."""
        if self._after.get(policy) or carriers.is_guard_name(policy.name):
            return False
        return any(
            _refers_to(slots, policy) and (who.kind == "permission set" or who.account == policy.account)
            for who, slots in self._before.items()
        )

    # --- what is denied --------------------------------------------------------------------------------------------

    def _denied(self, identity: Identity, slot: Slot, held: Held, more: tuple[str, ...] = ()) -> Denied:
        found: Denied = frozenset()
        for content in held.get(identity, {}).get(slot, []):
            found |= self._denied_by(content, identity, slot, held, more)
        return found

    def _denied_by(self, content: Content, identity: Identity, slot: Slot, held: Held, more: tuple[str, ...]) -> Denied:
        principals = self._principals + more
        if not isinstance(content, Reference):
            return frozenset() if _hides(content) else denied(content, principals, boundary=slot[0] == BOUNDARY)
        if slot[0] == MEMBER:
            group = Identity(identity.account, "group", content.name)
            rows = [self._denied(group, each, held, more) for each in held.get(group, {})]
            return frozenset[tuple[str, str]]().union(*rows)
        policy = Identity(identity.account, "policy", content.name)
        documents = held.get(policy, {}).get((DOCUMENT, ""), []) or self._before.get(policy, {}).get((DOCUMENT, ""), [])
        documents = documents or self._standing_documents(policy)
        found: Denied = frozenset()
        for document in documents:
            if not _hides(document) and not isinstance(document, Reference):
                found |= denied(document, principals, boundary=slot[0] == BOUNDARY)
        if not documents and carriers.is_guard_name(content.name):
            return everything(principals)
        return found

    def _standing_documents(self, policy: Identity) -> list[Content]:
        rows = self._standing.get(policy.name, ())
        return [document for account, document in rows if policy.account in ("", account)]

    def _documents(self, contents: list[Content]) -> Iterator[object]:
        return (content for content in contents if not isinstance(content, Reference) and not _hides(content))

    def _is_named_guard(self, identity: Identity) -> bool:
        return identity.kind == "policy" and carriers.is_guard_name(identity.name)


def _refers_to(slots: dict[Slot, list[Content]], policy: Identity) -> bool:
    return any(
        isinstance(content, Reference) and slot[0] != MEMBER and content.name == policy.name
        for slot, contents in slots.items()
        for content in contents
    )


def _hides(content: Content) -> bool:
    return not isinstance(content, Reference) and (is_unknown(content) or hides(content))


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:]


__all__ = ["UNKNOWN", "Guards", "Identity"]
