"""The policies of a simulation: those of a principal and those given as text, each with what results call it.

Source: API_SimulatePrincipalPolicy.html, API_SimulateCustomPolicy.html and the data types of their members. That a
policy given as text is called PolicyInputList.N is as users show their results (assumed).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from moto.iam.models import AWSManagedPolicy, iam_backends
from pulumi_aws_identity_center.iam import Document, MalformedDocument, Statement, parse_document

from sandbox.aws.authorization.authority import read, scps_of
from sandbox.aws.core.errors import AwsError
from sandbox.aws.core.registry import Context

from .boundaries import boundary_of
from .managed_policies import have_managed_policy


@dataclass(frozen=True)
class Policy:
    """id, type: SourcePolicyId and SourcePolicyType. arn: of a managed one; holder: (kind, name) of an inline one's."""

    id: str
    type: str
    document: Document
    arn: str | None = None
    holder: tuple[str, str] | None = None


@dataclass
class Policies:
    """scps: one list a level. caller: the ARN that policies see."""

    caller: str = ""
    identity: list[Policy] = field(default_factory=list)
    boundary: list[Policy] = field(default_factory=list)
    scps: list[list[Policy]] = field(default_factory=list)
    resource: list[Policy] = field(default_factory=list)

    def all(self) -> list[Policy]:
        return [*self.identity, *self.boundary, *self.resource, *(each for level in self.scps for each in level)]

    def source(self, statement: Statement) -> Policy:
        """The policy that the statement is of."""
        return next(each for each in self.all() if any(one is statement for one in each.document.statements))


def given(texts: Iterable[str] | None, name: str, kind: str = "none") -> list[Policy]:
    return [Policy(f"{name}.{number}", kind, _parsed(text)) for number, text in enumerate(texts or [], 1)]


def _parsed(text: str) -> Document:
    try:
        return parse_document(text)
    except MalformedDocument as error:
        raise AwsError("InvalidInput", str(error)) from None


def of_principal(context: Context, arn: str) -> Policies:
    """Of a user (with its groups), group or role of the account. Raises AwsError."""
    iam, account = iam_backends[context.account]["aws"], context.account
    kinds = {"user": iam.users.values(), "group": iam.groups.values(), "role": iam.get_roles()}
    found = next(((kind, each) for kind, rows in kinds.items() for each in rows if each.arn == arn), None)
    if found is None:
        raise AwsError("NoSuchEntity", f"{arn} is no user, group or role of this account.", 404)
    kind, entity = found
    holders = [found, *(("group", each) for each in (iam.get_groups_for_user(entity.name) if kind == "user" else ()))]
    result = Policies(arn, [policy for each in holders for policy in _of_holder(*each)])
    bound = boundary_of(entity) if kind != "group" else None
    if bound:
        have_managed_policy(account, bound)
        policy = iam.managed_policies.get(bound)
        # One that was deleted allows nothing.
        result.boundary = [_managed(policy) if policy is not None else Policy(bound, "none", Document(()), bound)]
    levels = scps_of(context.world, account, arn)
    result.scps = [[Policy("scp", "none", document) for document in level] for level in levels]
    return result


def _of_holder(kind: str, entity: Any) -> list[Policy]:
    inline = [Policy(name, kind, read(text), holder=(kind, entity.name)) for name, text in entity.policies.items()]
    return inline + [_managed(policy) for policy in entity.managed_policies.values()]


def _managed(policy: Any) -> Policy:
    kind = "aws-managed" if isinstance(policy, AWSManagedPolicy) else "user-managed"
    document = next(str(version.document) for version in policy.versions if version.is_default)
    return Policy(policy.name, kind, read(document), policy.arn)


def without(policies: Policies, exclusions: Sequence[dict[str, Any]]) -> None:
    """Takes away what PolicyExclusionList names; what it names that isn't there is ignored."""
    for each in exclusions:
        kind = each.get("PolicyType")
        policies.identity = [policy for policy in policies.identity if not _is_named(policy, each)]
        if kind == "permission-boundary":
            policies.boundary = []
        policies.boundary = [policy for policy in policies.boundary if policy.arn != each.get("PolicyArn")]
        if kind == "scp":
            policies.scps = []


def _is_named(policy: Policy, exclusion: dict[str, Any]) -> bool:
    kind, inline = exclusion.get("PolicyType"), exclusion.get("InlinePolicyIdentifier")
    if inline is not None:
        holder = (str(inline.get("AttachmentType")), str(inline.get("AttachmentName")))
        return policy.id == inline.get("PolicyName") and policy.holder == holder
    if kind is not None:
        return policy.type == kind or (kind == "inline" and policy.holder is not None)
    return policy.arn is not None and policy.arn == exclusion.get("PolicyArn")
