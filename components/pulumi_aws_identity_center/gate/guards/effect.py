"""Who is denied the lock-out actions before a plan, and after it: what is lost is a finding. Pure.

A deletion is never taken for an improvement.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from pulumi_aws_identity_center.gate.change import Cause, Change, hides, is_unknown
from pulumi_aws_identity_center.gate.finding import RESTORE, Finding, finding, unknown

from . import carriers
from .accounts import Accounts
from .carriers import BOUNDARY, DOCUMENT, MEMBER, Content, Reference, Slot
from .denial import Denied, denials, everything, exempted, lost_in_parts, probes, union
from .first_look import may_matter
from .policy_states import Identity, Policies, PolicyStates

_Standing = Mapping[str, list[tuple[str, Content]]]
"""By name: (account, document) of managed policies that stay as they are."""


class Guards:
    """Fed with every change of what carries IAM policies; afterwards it tells what is lost."""

    def __init__(self) -> None:
        self._changes: list[Change] = []
        self._accounts = Accounts()
        # Policies that stay as they are lose nothing, and are there for who has them.
        self._standing: dict[str, list[tuple[str, Content]]] = defaultdict(list)

    def take(self, change: Change) -> None:
        name = carriers.standing_policy(change)
        if name and change.before is not None:
            self._accounts.learn(change)
            row = self._accounts.of(change, change.before), carriers.policy_document(change.before)
            self._standing[name].append(row)
        elif _may_matter(change):
            self._accounts.learn(change)
            self._changes.append(change)

    def findings(self) -> Iterator[Finding]:
        """One finding a resource."""
        if not self._changes:
            return
        states = PolicyStates(self._changes, self._accounts)
        urns: set[str] = set()
        for loss in _Comparison(states, probes(self._accounts.seen), self._standing).findings():
            if loss.urn not in urns:
                urns.add(loss.urn)
                yield loss


class _Comparison:
    """What is denied before the plan against what is denied after it."""

    def __init__(self, states: PolicyStates, principals: tuple[str, ...], standing: _Standing) -> None:
        self._states = states
        self._principals = principals
        self._standing = standing

    def findings(self) -> Iterator[Finding]:
        """What is certain comes first."""
        losses = list(self._losses())
        yield from (loss for loss in losses if loss.certain)
        for identity, slot, change in self._states.unwatched:
            if self._denied(identity, slot, self._states.before):
                detail = f"The guard of {identity} would leave the stack; it stays, and nothing watches it any more."
                yield finding("guard-removed", change, detail, RESTORE)
        yield from (loss for loss in losses if not loss.certain)
        for identity, slot, change in self._states.untold:
            if self._denied(identity, slot, self._states.before):
                yield unknown(change, change.untold)

    def _losses(self) -> Iterator[Finding]:
        for identity, slots in self._states.before.items():
            for slot, contents in slots.items():
                change = self._states.causes.get((identity, slot))
                if change is not None and not self._is_excused(identity):
                    yield from self._compare(identity, slot, contents, change)

    def _compare(self, identity: Identity, slot: Slot, contents: list[Content], change: Change) -> Iterator[Finding]:
        new_contents = self._states.after.get(identity, {}).get(slot)
        is_named_guard = identity.kind == "policy" and carriers.is_guard_name(identity.name)
        if contents == new_contents and not is_named_guard:
            return  # as it was: nothing to evaluate
        exempt = self._exempted(identity, contents)
        had = self._denied(identity, slot, self._states.before, exempt)
        if not had and is_named_guard and change.cause is Cause.PLAN:
            had = everything(self._principals)  # whatever it said before, it has to deny everything
        has = list(self._denials_by_all(identity, self._states.after, exempt))
        if lost := had - union(has) or lost_in_parts(had, has, exempt):
            yield self._loss(identity, slot, lost, change)
        elif not had and any(map(_hides, contents)):
            yield unknown(change, f"The preview hides what {identity} has, so it may be a guard that would go.")

    def _exempted(self, identity: Identity, contents: list[Content]) -> tuple[str, ...]:
        """Whom these contents exempt, or what the identity has after the plan."""
        slots = self._states.after.get(identity, {})
        documents = [*contents, *(content for row in slots.values() for content in row)]
        return tuple(dict.fromkeys(exempted(_readable(documents), self._principals)))

    def _loss(self, identity: Identity, slot: Slot, lost: Denied, change: Change) -> Finding:
        actions = sorted({action for action, _ in lost})
        what = actions[0] + (f" and {len(actions) - 1} more" if len(actions) > 1 else "")
        by = f" by {slot[1]}" if slot[1] else ""
        who = f"whoever has {identity}" if identity.kind == "policy" else str(identity)
        if self._is_hidden_after(identity, slot):
            return unknown(change, f"This preview can't know whether {who} would still be denied {what}{by}.")
        lost_principals = {principal for _, principal in lost}
        if lost_principals.isdisjoint(self._principals):
            exempt = min(lost_principals)
            detail = f"The guard of {who} would exempt more than before from the denial of {what}: {exempt}."
            remedy = "Name one role, by its whole ARN; a person decides whether it may turn trusted access off."
            return finding("guard-widened", change, detail, remedy, certain=False)
        so = "nothing keeps them from locking everybody out."
        if change.cause is Cause.REFRESH:
            detail = f"{who} is no longer denied {what}{by} in AWS now: {so}"
        else:
            detail = f"{who} would no longer be denied {what}{by}: {so}"
        return finding("guard-removed", change, _sentence(detail), RESTORE)

    def _is_hidden_after(self, identity: Identity, slot: Slot) -> bool:
        """Whether the plan hides something that may still deny it."""
        if (identity, slot) in self._states.doubtful:
            return True
        slots = self._states.after.get(identity, {})
        return any(_hides(content) for contents in slots.values() for content in contents)

    # --- whose loss doesn't count ----------------------------------------------------------------------------------

    def _is_excused(self, identity: Identity) -> bool:
        """Whether nobody is left who loses it, or each who does is compared by itself."""
        if identity.kind == "policy":
            return self._is_deleted_from_its_holders(identity)
        if identity.kind == "group" and self._has_members(identity):
            return False
        return identity in self._states.gone

    def _has_members(self, group: Identity) -> bool:
        membership = (MEMBER, group.name)
        for identity, slots in self._states.after.items():
            if membership in slots and identity not in self._states.gone:
                return True
        return False

    def _is_deleted_from_its_holders(self, policy: Identity) -> bool:
        """IAM deletes no managed policy that somebody has (DeletePolicy): those whom the plan shows are all. The guard
        by its name is everybody's all the same."""
        if self._states.after.get(policy) or carriers.is_guard_name(policy.name):
            return False
        for identity, slots in self._states.before.items():
            may_have_it = identity.kind == "permission set" or identity.account == policy.account
            if may_have_it and _refers_to(slots, policy):
                return True
        return False

    # --- what is denied --------------------------------------------------------------------------------------------

    def _denied(self, identity: Identity, slot: Slot, policies: Policies, exempt: tuple[str, ...] = ()) -> Denied:
        """By what the identity has in one slot. exempt: principals to ask for besides the probes."""
        return union(self._denials(identity, slot, policies, exempt))

    def _denials_by_all(self, identity: Identity, policies: Policies, exempt: tuple[str, ...]) -> Iterator[Denied]:
        """By each statement of everything that the identity has."""
        for slot in policies.get(identity, {}):
            yield from self._denials(identity, slot, policies, exempt)

    def _denials(self, identity: Identity, slot: Slot, policies: Policies, exempt: tuple[str, ...]) -> Iterator[Denied]:
        """By each statement of what it has in one slot."""
        for content in policies.get(identity, {}).get(slot, []):
            yield from self._denials_by(content, identity, slot, policies, exempt)

    def _denials_by(
        self, content: Content, identity: Identity, slot: Slot, policies: Policies, exempt: tuple[str, ...]
    ) -> Iterator[Denied]:
        principals = self._principals + exempt
        documents = [content]
        if isinstance(content, Reference) and slot[0] == MEMBER:
            yield from self._denials_by_all(Identity(identity.account, "group", content.name), policies, exempt)
            return
        if isinstance(content, Reference):
            documents = self._documents_of(Identity(identity.account, "policy", content.name), policies)
            if not documents and carriers.is_guard_name(content.name):
                yield everything(principals)
        for document in _readable(documents):
            yield from denials(document, principals, boundary=slot[0] == BOUNDARY)

    def _documents_of(self, policy: Identity, policies: Policies) -> list[Content]:
        """A managed policy's documents: those given, those of before, or those that stay as they are."""
        for state in (policies, self._states.before):
            if documents := state.get(policy, {}).get((DOCUMENT, "")):
                return documents
        rows = self._standing.get(policy.name, ())
        return [document for account, document in rows if policy.account in ("", account)]


def _may_matter(change: Change) -> bool:
    states = [state for state in (change.before, change.after) if state is not None]
    sides = [props for state in states for props in (state.inputs, state.outputs)]
    return may_matter(change.type, sides, comes_or_goes=len(states) < 2 or change.goes)


def _readable(contents: Iterable[Content]) -> Iterator[object]:
    """The documents among the contents that the plan doesn't hide."""
    return (content for content in contents if not isinstance(content, Reference) and not _hides(content))


def _refers_to(slots: dict[Slot, list[Content]], policy: Identity) -> bool:
    reference = Reference(policy.name)
    return any(kind != MEMBER and reference in contents for (kind, _), contents in slots.items())


def _hides(content: Content) -> bool:
    return not isinstance(content, Reference) and (is_unknown(content) or hides(content))


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:]
