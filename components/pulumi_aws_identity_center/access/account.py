"""An account's IAM as the searches see it: principals, their policies, groups and boundaries.

`authorization_details.py` makes it of what AWS returns. What can't be read is a problem of the principals that it
concerns: they are reported as undetermined, never dropped.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import NamedTuple

from pulumi_aws_identity_center.iam import ALLOW_ALL, Document, Statement


@dataclass(frozen=True)
class HeldPolicy:
    """A policy that a principal has. name: its ARN, or an inline one's name; group: through which it has it."""

    name: str
    group: str | None = None

    @property
    def is_managed(self) -> bool:
        return self.name.startswith("arn:")

    @property
    def is_written_on_the_way(self) -> bool:
        """Whether the principal doesn't have it yet: a star is in no policy's name."""
        return self.name.startswith("*")


def is_customer_managed(policy: str) -> bool:
    """Whether it is the ARN of a managed policy of the account's own: one of AWS's can't be changed."""
    return policy.startswith("arn:") and ":iam::aws:" not in policy


@dataclass
class Principal:
    """A user, a role, or a group. managed: the ARNs of its managed policies. tags_are_known: whether the input says
    which tags it has. problems: what keeps it from being decided."""

    arn: str
    name: str
    kind: str
    documents: dict[HeldPolicy, Document] = field(default_factory=dict)
    groups: list[str] = field(default_factory=list)
    managed: list[str] = field(default_factory=list)
    boundary: str | None = None
    trust: Document | None = None
    tags: dict[str, str] = field(default_factory=dict)
    tags_are_known: bool = False
    problems: list[str] = field(default_factory=list)
    unique_id: str = ""

    @property
    def is_role(self) -> bool:
        return self.kind == "role"

    @property
    def is_user(self) -> bool:
        return self.kind == "user"

    @property
    def is_group(self) -> bool:
        return self.kind == "group"

    @property
    def is_service_linked(self) -> bool:
        """A role that its service alone assumes and changes."""
        return ":role/aws-service-role/" in self.arn

    @property
    def is_of_permission_set(self) -> bool:
        return self.is_role and ":role/aws-reserved/sso.amazonaws.com/" in self.arn

    @property
    def is_protected(self) -> bool:
        """A role that IAM lets no customer change: service-linked, or a permission set's (repost.aws/knowledge-center/
        identity-center-aws-reserved-sso, IAM/latest/UserGuide/id_roles_create-service-linked-role.html)."""
        return self.is_service_linked or ":role/aws-reserved/" in self.arn

    def trusted(self, kind: str) -> list[str]:
        """What a role's trust policy names in its Allows, of one kind of principal ("AWS", "Service", "Federated")."""
        return sorted(set().union(*(allow.principals_of(kind) for allow in self._trusting)))

    @property
    def trusts_by_exclusion(self) -> bool:
        """Whether an Allow of its trust policy has NotPrincipal, and so lets in everybody else."""
        return any(allow.not_principal for allow in self._trusting)

    @property
    def _trusting(self) -> tuple[Statement, ...]:
        return self.trust.allows if self.trust else ()

    @property
    def account(self) -> str:
        return self.arn.split(":")[4]


class Version(NamedTuple):
    """One of a managed policy's versions. problem: why it can't be read; then the document is empty."""

    document: Document
    problem: str = ""

    @property
    def most(self) -> Document:
        """The most that it may say: what can't be read may allow anything."""
        return ALLOW_ALL if self.problem else self.document


@dataclass
class Account:
    """policies: the default versions by ARN; versions: the other ones. malformed: why a policy can't be read, by ARN.
    known: what is known of every request, by condition key. incomplete: why not all of it can be told; "". lacks:
    what every management account has and this input doesn't; "". instance_key: the ARN of the customer managed key of
    the Identity Center instance; ""."""

    principals: list[Principal] = field(default_factory=list)
    policies: dict[str, Document] = field(default_factory=dict)
    versions: dict[str, list[Version]] = field(default_factory=dict)
    groups: dict[str, Principal] = field(default_factory=dict)
    malformed: dict[str, str] = field(default_factory=dict)
    known: dict[str, str] = field(default_factory=dict)
    incomplete: str = ""
    lacks: str = ""
    instance_key: str = ""

    @property
    def any_arn(self) -> str:
        """An ARN of the account's partition."""
        return self.principals[0].arn if self.principals else "arn:aws:"

    @property
    def arns(self) -> list[str]:
        """Of all its principals, groups and policies."""
        principals = (*self.principals, *self.groups.values())
        return [*(principal.arn for principal in principals), *self.policies]

    def groups_named(self, names: Iterable[str]) -> list[Principal]:
        """Those of them that the input has."""
        return [self.groups[name] for name in names if name in self.groups]

    def other_versions(self, policy: str) -> Iterator[tuple[int, Version]]:
        """The policy's versions but for the default one, each with its place in the input."""
        return enumerate(self.versions.get(policy, ()))

    def document_of_group(self, group: Principal) -> Document:
        """All that a member of the group has through it, as far as it can be read, in one document."""
        documents = self.policies_of_group(group).values()
        return Document(tuple(chain.from_iterable(document.statements for document in documents)))

    def policies_of_group(self, group: Principal) -> dict[HeldPolicy, Document]:
        """What a member of the group has through it, as far as it can be read."""
        inline = {HeldPolicy(policy.name, group.name): document for policy, document in group.documents.items()}
        return {**inline, **self.managed_policies_of(group, group.name)}

    def managed_policies_of(self, principal: Principal, group: str | None = None) -> dict[HeldPolicy, Document]:
        """Those that can be read."""
        return {HeldPolicy(arn, group): self.policies[arn] for arn in principal.managed if arn in self.policies}

    def problems_of_group(self, group: Principal) -> list[str]:
        """Why its policies can't be read. What can't be read may allow anything."""
        return [*group.problems, *(self.malformed[arn] for arn in group.managed if arn in self.malformed)]
