"""What an identity is denied by its policies, on one side of a plan. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from . import carriers
from .denial import Denied, denials, everything
from .policies import BOUNDARY, MEMBER, OWN_DOCUMENT, Content, Identity, Place, Policies, Reference, Slot, readable


class StandingPolicies:
    """Managed policies that the plan leaves as they are."""

    def __init__(self) -> None:
        self._by_name: dict[str, list[tuple[str, Content]]] = defaultdict(list)

    def add(self, policy: Identity, document: Content) -> None:
        self._by_name[policy.name].append((policy.account, document))

    def documents_of(self, policy: Identity) -> list[Content]:
        """Of whichever account, where either's isn't known."""
        return [
            document
            for account, document in self._by_name.get(policy.name, ())
            if account == policy.account or not (account and policy.account)
        ]


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
        if not documents and carriers.is_guard_name(reference.name):
            yield everything(self.principals)
        yield from self._by_documents(documents, place.slot)

    def _by_documents(self, documents: list[Content], slot: Slot) -> Iterator[Denied]:
        for document in readable(documents):
            yield from denials(document, self.principals, boundary=slot.kind == BOUNDARY)

    def _documents_of(self, policy: Identity) -> list[Content]:
        """A managed policy's documents: those of this side, those of before, or those that stay as they are."""
        own = Place(policy, OWN_DOCUMENT)
        return self.policies.contents(own) or self.before.contents(own) or self.standing.documents_of(policy)
