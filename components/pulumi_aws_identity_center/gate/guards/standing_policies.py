"""Managed policies that a plan doesn't change: the principals to which they are attached keep what they say. Pure."""

from __future__ import annotations

from collections import defaultdict

from pulumi_aws_identity_center.domain.iam_carriers import DOCUMENT_KEYS, MANAGED_POLICIES
from pulumi_aws_identity_center.gate.change import Change, Resource, hides

from .carriers import SELF_ATTACHING, is_guard_name
from .holdings import named_owners
from .policies import Content, Identity


class StandingPolicies:
    def __init__(self) -> None:
        self._by_name: dict[str, list[tuple[str, Content]]] = defaultdict(list)

    def add(self, policy: Identity, document: Content) -> None:
        self._by_name[policy.name].append((policy.account, document))

    def documents_of(self, policy: Identity) -> list[Content]:
        """Of whichever account, where either's isn't known."""
        documents = self._by_name.get(policy.name, ())
        return [document for account, document in documents if account in ("", policy.account) or not policy.account]


def standing_policy(change: Change) -> str:
    """A managed policy whose document stays: its name; "" of a guard by its name, and of one that attaches itself."""
    if change.type not in MANAGED_POLICIES or not change.stays_managed:
        return ""
    name = str(change.new.tells(MANAGED_POLICIES[change.type]) or "")
    matters_by_itself = is_guard_name(name) or _attaches_itself(change)
    if matters_by_itself or not _stays_as_it_is(change):
        return ""
    return name


def _attaches_itself(change: Change) -> bool:
    if change.type not in SELF_ATTACHING:
        return False
    return any(map(named_owners, (change.old.inputs, change.old.outputs, change.new.inputs)))


def _stays_as_it_is(change: Change) -> bool:
    """Whether an update is of other properties than a policy's name and document."""
    if change.before is change.after:
        return True
    names = (MANAGED_POLICIES[change.type], *DOCUMENT_KEYS)
    values = [change.new.tells(name) for name in names]
    return values == [change.old.has(name) for name in names] and not hides(values)


def policy_document(resource: Resource) -> Content:
    """The document of a managed policy as AWS has it; "" where it isn't told."""
    document: Content = resource.has(*DOCUMENT_KEYS) or ""
    return document
