"""What an identity is denied by its policies, on one side of a plan. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pulumi_aws_identity_center.gate.change import hides

from .carriers import is_guard_name
from .denial import Denied, denials, everything, may_deny_unread
from .policies import BOUNDARY, DOCUMENT, MEMBER, Content, Identity, Policies, Reference, Slot
from .standing_policies import StandingPolicies


@dataclass(frozen=True)
class Evaluation:
    """policies: those of the side; before: those before the plan, for a managed policy that the side doesn't show.
    principals: whom to ask for."""

    policies: Policies
    before: Policies
    standing: StandingPolicies
    principals: tuple[str, ...]

    def by_everything(self, identity: Identity) -> Iterator[Denied]:
        """What each statement denies of everything that the identity has."""
        for slot in self.policies.slots_of(identity):
            yield from self.by_slot(slot)

    def by_slot(self, slot: Slot) -> Iterator[Denied]:
        """What each statement denies of what the identity has in one slot."""
        for content, kind in self._contents(slot):
            if isinstance(content, Reference):
                if is_guard_name(content.name):
                    yield everything(self.principals)
            elif not hides(content):
                yield from denials(content, self.principals, boundary=kind == BOUNDARY)

    def may_deny_unread(self, slot: Slot) -> bool:
        """Whether what the identity has in one slot may deny something, and the plan hides it, or it is no document
        that IAM's evaluator takes."""
        for content, kind in self._contents(slot):
            if hides(content) or may_deny_unread(content, boundary=kind == BOUNDARY):
                return True
        return False

    def hides(self, slot: Slot) -> bool:
        return any(hides(content) for content, _ in self._contents(slot))

    def _contents(self, slot: Slot) -> Iterator[tuple[Content, str]]:
        """What the plan shows of one slot's contents, and of which kind of slot each is: a group's members have the
        group's. References are only to policies whose documents aren't told."""
        for content in self.policies.contents(slot):
            if isinstance(content, Reference):
                yield from self._referenced(content, slot)
            else:
                yield content, slot.kind

    def _referenced(self, reference: Reference, slot: Slot) -> Iterator[tuple[Content, str]]:
        account = slot.identity.account
        if slot.kind == MEMBER:
            for slot_of_group in self.policies.slots_of(Identity(account, "group", reference.name)):
                yield from self._contents(slot_of_group)
            return
        documents = self._documents_of(Identity(account, "policy", reference.name))
        for content in documents or [reference]:
            yield content, slot.kind

    def _documents_of(self, policy: Identity) -> list[Content]:
        """A managed policy's documents: those of this side, those of before, or those that stay as they are."""
        own = Slot(policy, DOCUMENT)
        return self.policies.contents(own) or self.before.contents(own) or self.standing.documents_of(policy)
