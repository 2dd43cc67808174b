"""What an identity is denied by its policies, on one side of a plan. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .carriers import is_guard_name
from .denial import Denied, denials, everything
from .policies import BOUNDARY, MEMBER, OWN_DOCUMENT, Content, Identity, Place, Policies, Reference, Slot, readable
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
            yield from self.by_slot(Place(identity, slot))

    def by_slot(self, place: Place) -> Iterator[Denied]:
        """What each statement denies of what the identity has in one slot."""
        for content in self.policies.contents(place):
            if isinstance(content, Reference):
                yield from self._by_reference(content, place)
            else:
                yield from self._by_documents([content], place.slot)

    def _by_reference(self, reference: Reference, place: Place) -> Iterator[Denied]:
        account = place.identity.account
        if place.slot.kind == MEMBER:
            yield from self.by_everything(Identity(account, "group", reference.name))
            return
        documents = self._documents_of(Identity(account, "policy", reference.name))
        if not documents and is_guard_name(reference.name):
            yield everything(self.principals)
        yield from self._by_documents(documents, place.slot)

    def _by_documents(self, documents: list[Content], slot: Slot) -> Iterator[Denied]:
        for document in readable(documents):
            yield from denials(document, self.principals, boundary=slot.kind == BOUNDARY)

    def _documents_of(self, policy: Identity) -> list[Content]:
        """A managed policy's documents: those of this side, those of before, or those that stay as they are."""
        own = Place(policy, OWN_DOCUMENT)
        return self.policies.contents(own) or self.before.contents(own) or self.standing.documents_of(policy)
