"""Who is denied the lock-out actions before a plan, and after it: what is lost is a finding. Pure.

A deletion is never taken for an improvement.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pulumi_aws_identity_center.gate.change import Change, hides
from pulumi_aws_identity_center.gate.finding import RESTORE, Finding, finding, unknown

from .accounts_by_arn import AccountsByArn
from .carriers import is_guard_name
from .denial import Denied, everything, exempted, lost_denials, probes, union
from .evaluation import Evaluation
from .first_look import may_matter
from .policies import MEMBER, Content, Identity, Policies, Slot
from .policy_states import PolicyStates
from .standing_policies import StandingPolicies, policy_document, standing_policy


class Guards:
    """Fed with every change of what carries IAM policies; afterwards it tells what is lost."""

    def __init__(self) -> None:
        self._changes: list[Change] = []
        self._accounts = AccountsByArn()
        # Policies that stay as they are lose nothing, and are there for who has them.
        self._standing = StandingPolicies()

    def add_change(self, change: Change) -> None:
        name = standing_policy(change)
        if name:
            self._accounts.add_change(change)
            account = self._accounts.of(change, change.old)
            self._standing.add(Identity(account, "policy", name), policy_document(change.old))
        elif may_matter(change.type, change.states, comes_or_goes=change.comes_or_goes):
            self._accounts.add_change(change)
            self._changes.append(change)

    def findings(self) -> Iterator[Finding]:
        """One finding a resource."""
        if not self._changes:
            return
        states = PolicyStates(self._changes, self._accounts)
        comparison = _Comparison(states, probes(self._accounts.seen), self._standing)
        first_by_urn: dict[str, Finding] = {}
        for row in comparison.findings():
            first_by_urn.setdefault(row.urn, row)
        yield from first_by_urn.values()


@dataclass(frozen=True)
class _Comparison:
    """What is denied before the plan against what is denied after it. principals: the probes."""

    states: PolicyStates
    principals: tuple[str, ...]
    standing: StandingPolicies

    def findings(self) -> list[Finding]:
        """What is certain comes first."""
        findings = [*self._losses(), *self._unwatched(), *self._untold()]
        return sorted(findings, key=lambda row: not row.certain)

    def _unwatched(self) -> Iterator[Finding]:
        """Guards that leave the stack and stay in AWS."""
        for slot, change in self.states.unwatched:
            if self._is_guard(slot):
                guard = f"The guard of {slot.identity}"
                detail = f"{guard} would leave the stack; it stays, and nothing watches it any more."
                yield finding("guard-removed", change, detail, RESTORE)
            elif self._may_be_unread_guard(slot):
                yield self._unread(slot, change)

    def _untold(self) -> Iterator[Finding]:
        """Guards of which the plan doesn't tell what becomes of them."""
        for slot, change in self.states.unknown:
            if self._is_guard(slot) or self._may_be_unread_guard(slot):
                yield unknown(change, change.unknown_reason)

    def _is_guard(self, slot: Slot) -> bool:
        """Whether what is there before the plan denies anything."""
        return any(self._evaluation(self.states.before).by_slot(slot))

    def _may_be_unread_guard(self, slot: Slot) -> bool:
        return self._evaluation(self.states.before).may_deny_unread(slot)

    def _evaluation(self, policies: Policies, exempt: tuple[str, ...] = ()) -> Evaluation:
        return Evaluation(policies, self.states.before, self.standing, self.principals + exempt)

    def _losses(self) -> Iterator[Finding]:
        for slot in self.states.before.slots():
            change = self.states.causes.get(slot)
            if change is not None and not self._is_excused(slot.identity):
                yield from self._compare(slot, change)

    def _compare(self, slot: Slot, change: Change) -> Iterator[Finding]:
        identity, contents = slot.identity, self.states.before.contents(slot)
        has_guards_name = identity.kind == "policy" and is_guard_name(identity.name)
        is_as_it_was = contents == self.states.after.contents(slot) and not _changes_hidden_property(change)
        if is_as_it_was and not has_guards_name:
            return  # nothing to evaluate
        exempt = self._exempted(identity, contents)
        had = union(self._evaluation(self.states.before, exempt).by_slot(slot))
        if not had and has_guards_name and not change.is_drift:
            had = everything(self.principals)  # whatever it said before, it has to deny everything
        has = list(self._evaluation(self.states.after, exempt).by_everything(identity))
        if lost := lost_denials(had, has, exempt):
            yield self._loss(slot, lost, change)
        elif self._may_be_unread_guard(slot) and lost_denials(everything(self.principals + exempt), has, exempt):
            yield self._unread(slot, change)

    def _exempted(self, identity: Identity, contents: list[Content]) -> tuple[str, ...]:
        """Whom these contents exempt, or what the identity has after the plan."""
        all_contents = [*contents, *self.states.after.contents_of(identity)]
        readable = [content for content in all_contents if not hides(content)]
        return tuple(dict.fromkeys(exempted(readable, self.principals)))

    def _unread(self, slot: Slot, change: Change) -> Finding:
        if self._evaluation(self.states.before).hides(slot):
            return unknown(change, f"The preview hides what {slot.identity} has, so it may be a guard that would go.")
        detail = f"What {slot.identity} has may be a guard that would go; it is no valid policy document."
        return unknown(change, detail, "Look in AWS at what it denies; a person decides whether that may go.")

    def _loss(self, slot: Slot, lost: Denied, change: Change) -> Finding:
        who, what = _holders(slot.identity), _actions(lost)
        by = f" by {slot.name}" if slot.name else ""
        if self._is_hidden_after(slot):
            return unknown(change, f"This preview can't know whether {who} would still be denied {what}{by}.")
        lost_principals = {principal for _, principal in lost}
        if lost_principals.isdisjoint(self.principals):
            return _widened(change, who, what, exempt=min(lost_principals))
        if change.is_drift:
            loss = f"{who} is no longer denied {what}{by} in AWS now"
        else:
            loss = f"{who} would no longer be denied {what}{by}"
        detail = f"{loss[0].upper()}{loss[1:]}: nothing keeps them from locking everybody out."
        return finding("guard-removed", change, detail, RESTORE)

    def _is_hidden_after(self, slot: Slot) -> bool:
        """Whether the plan hides something that may still deny it."""
        return slot in self.states.doubtful or any(map(hides, self.states.after.contents_of(slot.identity)))

    # --- whose loss doesn't count ----------------------------------------------------------------------------------

    def _is_excused(self, identity: Identity) -> bool:
        """Whether nobody is left who loses it, or each who does is compared by itself."""
        if identity.kind == "policy":
            return self._is_deleted_from_its_holders(identity)
        return identity in self.states.gone and not self._has_members(identity)

    def _has_members(self, group: Identity) -> bool:
        if group.kind != "group":
            return False
        members = self.states.after.holders_of(MEMBER, group.name)
        return not self.states.gone.issuperset(members)

    def _is_deleted_from_its_holders(self, policy: Identity) -> bool:
        """IAM deletes no managed policy that somebody has (DeletePolicy): those whom the plan shows are all. The guard
        by its name is everybody's all the same."""
        if self.states.after.slots_of(policy) or is_guard_name(policy.name):
            return False
        holders = self.states.before.bearers_of(policy)
        return any(holder.kind == "permission set" or holder.account == policy.account for holder in holders)


def _changes_hidden_property(change: Change) -> bool:
    """Whether the tool says that a property changes whose value the plan hides: it may be hidden after it as well."""
    names = re.findall(r"^\W*(\w+)", "\n".join(change.paths), re.MULTILINE)
    return any(hides(change.old.has(name)) for name in names)


def _holders(identity: Identity) -> str:
    return f"whoever has {identity}" if identity.kind == "policy" else str(identity)


def _actions(lost: Denied) -> str:
    first, *others = sorted({action for action, _ in lost})
    return f"{first} and {len(others)} more" if others else first


def _widened(change: Change, who: str, what: str, exempt: str) -> Finding:
    detail = f"The guard of {who} would exempt more than before from the denial of {what}: {exempt}."
    remedy = "Name one role, by its whole ARN; a person decides whether it may turn trusted access off."
    return finding("guard-widened", change, detail, remedy, certain=False)
