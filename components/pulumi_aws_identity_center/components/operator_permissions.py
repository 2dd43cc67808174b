"""`OperatorPermissions`: IAM policies to enable, disable, observe and guard trusted access, and roles that carry them.

The documents are `domain/iam_documents.py`'s. A role without the disable permission gets the guard as its permissions
boundary; a role with it is a break-glass role, which the guard leaves out.
"""

# No `from __future__ import annotations`: Pulumi's component analyzer reads these annotations as types.
import asyncio
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, NotRequired, Optional, TypedDict

import pulumi

from pulumi_aws_identity_center.domain import iam_documents
from pulumi_aws_identity_center.domain.operator_roles import (
    OperatorRole,
    check_trusted,
    policies_of,
    trust_document,
)
from pulumi_aws_identity_center.domain.values import value_or
from pulumi_aws_identity_center.errors import InvalidInput, NotKnownYet
from pulumi_aws_identity_center.names import PACKAGE, POLICY_PREFIX

from .aliases import with_checked_aliases
from .arguments import read_arguments
from .aws_resources import Policy, Role, RolePolicyAttachment
from .blocking import known_or_unknown
from .lookups import account_of, partition_of
from .program import current_program
from .resource_options import outputs_of
from .taken_names import warn_of_taken_names
from .user_errors import plain_errors


class WebIdentityArgs(TypedDict):
    """Tokens of an OIDC provider, such as GitHub's or GitLab's, that may assume a role."""

    provider: pulumi.Input[str]
    """The ARN of an IAM OIDC provider that is in the account already."""
    audiences: list[str]
    """The tokens' aud claims, such as sts.amazonaws.com."""
    subjects: list[str]
    """The tokens' sub claims, such as repo:OWNER/REPOSITORY:environment:production. A wildcard may stand only after
    the repository's whole name."""


class OperatorRoleArgs(TypedDict):
    """An IAM role for operators, or for CI. It has trustedPrincipals, trustedWebIdentities, or both."""

    name: str
    """The role's name, as it will be in IAM."""
    permissions: list[str]
    """What it may do: enable, observe, disable, preview. A role that may disable is a break-glass role."""
    trustedPrincipals: NotRequired[Optional[list[pulumi.Input[str]]]]
    """ARNs of principals that may assume it; never *."""
    trustedWebIdentities: NotRequired[Optional[list[WebIdentityArgs]]]
    """CI jobs that may assume it, by their OIDC tokens."""


class OperatorPermissionsArgs(TypedDict, total=False):
    """The roles to make, and the policies' names."""

    roles: Optional[list[OperatorRoleArgs]]
    """Roles to make. Left out, only the policies are made."""
    policyPrefix: Optional[str]
    """What the policies' names begin with; a second set in one account needs another. Default: identity-center-."""


class OperatorPermissions(pulumi.ComponentResource):
    """The IAM side: who may turn trusted access on, see it, and who may not turn it off.

    An operator with enable and observe runs preview, up, refresh and status of the stack, and repairs what was turned
    off. Whoever may edit the policies that they carry could do anything, so an administrator runs the first up and
    each one that changes roles, policies or the delegated administrator; `install_document()` is what the first takes.
    """

    policy_arns: pulumi.Output[dict[str, str]]
    """The managed policies' ARNs, by enable, disable, observe, guard, guard-boundary; by preview if a role has it."""
    role_arns: pulumi.Output[dict[str, str]]
    """The roles' ARNs, by name."""

    def __init__(
        self,
        name: str,
        args: OperatorPermissionsArgs = None,  # type: ignore[assignment] # the analyzer takes no Optional here
        opts: Optional[pulumi.ResourceOptions] = None,
    ) -> None:
        with plain_errors():
            args = read_arguments(args, OperatorPermissionsArgs)
            roles: Any = value_or(args.get("roles"), [])
            prefix: str = value_or(args.get("policyPrefix"), POLICY_PREFIX)
            opts = with_checked_aliases(opts, f"{PACKAGE}:index:OperatorPermissions", name)
            _refuse_second_prefix(name, prefix, opts)
        super().__init__(f"{PACKAGE}:index:OperatorPermissions", name, {}, opts)
        where: pulumi.Output[Any] = pulumi.Output.from_input(0).apply(lambda _: _where(self)).apply(known_or_unknown)
        arns = where.apply(lambda known: _arns(known, [f"{prefix}{kind}" for kind in policies_of(roles)], roles))
        # An Output, so that the program's end waits for it.
        _warned: pulumi.Output[list[str]] = arns.apply(lambda known: warn_of_taken_names(self, known, _TAKEN))
        policies = {
            kind: self._policy(kind, prefix, where.apply(partial(_document, kind, prefix, roles)))
            for kind in policies_of(roles)
        }
        role_resources = {role.name: self._role(role, policies) for role in roles}
        policy_arns: Any = {kind: policy.arn for kind, policy in policies.items()}
        self.policy_arns = pulumi.Output.from_input(policy_arns)
        role_arns: Any = {role: resource.arn for role, resource in role_resources.items()}
        self.role_arns = pulumi.Output.from_input(role_arns)
        self.register_outputs(outputs_of(self, OperatorPermissions))

    def _policy(self, kind: str, prefix: str, text: pulumi.Output[str]) -> Policy:
        return Policy(
            f"{prefix}{kind}",
            {"name": f"{prefix}{kind}", "description": _DESCRIPTIONS[kind], "policy": text},
            pulumi.ResourceOptions(parent=self),
        )

    def _role(self, role: OperatorRole, policies: dict[str, Policy]) -> Role:
        resource = Role(
            role.name,
            {
                "name": role.name,
                "description": "Operates IAM Identity Center's trusted access: " + ", ".join(role.permissions),
                "assume_role_policy": _trust(role),
                "permissions_boundary": None if role.is_break_glass else policies["guard-boundary"].arn,
            },
            pulumi.ResourceOptions(parent=self),
        )
        for permission in role.permissions:
            RolePolicyAttachment(
                f"{role.name}-{permission}",
                {"role": resource.name, "policy_arn": policies[permission].arn},
                pulumi.ResourceOptions(parent=self),
            )
        return resource


def _refuse_second_prefix(name: str, prefix: str, opts: Optional[pulumi.ResourceOptions]) -> None:
    first = current_program().first_component(("policies", prefix), name, opts)
    if first != name:
        raise InvalidInput(
            f"OperatorPermissions {first} and {name} have the same policyPrefix, {prefix!r}, and IAM takes a "
            f"policy's name once in an account. Give {name} another policyPrefix, or use the policies of {first}."
        )


async def _where(component: pulumi.Resource) -> Any:
    """Partition and account; None if only the update can ask."""
    try:
        return await asyncio.gather(partition_of(component), account_of(component))
    except NotKnownYet:
        return None


def _arns(where: Sequence[str], policies: Iterable[str], roles: Iterable[OperatorRole]) -> list[str]:
    partition, account = where
    begin = f"arn:{partition}:iam::{account}"
    return [f"{begin}:policy/{name}" for name in policies] + [f"{begin}:role/{role.name}" for role in roles]


def _trust(role: OperatorRole) -> pulumi.Input[str]:
    """A text if all of it is known, so that a preview shows it."""
    if all(isinstance(arn, str) for arn in role.trusted):
        return json.dumps(trust_document(role))

    def text(known: list[str]) -> str:
        with plain_errors():
            return json.dumps(trust_document(check_trusted(role.with_trusted(known))))

    return pulumi.Output.all(*role.trusted).apply(text)


_TAKEN = (
    "Choose another policyPrefix and other role names, delete what nobody uses, or take over what is there "
    "(docs/components.md, Policies that exist already)."
)
_DESCRIPTIONS = {
    "enable": "Turn IAM Identity Center's trusted access on",
    "disable": "Turn IAM Identity Center's trusted access off: for break-glass roles only",
    "observe": "See whether IAM Identity Center's trusted access is on",
    "preview": "Preview the stack of IAM Identity Center: reads, and changes nothing",
    "guard": "Deny what would keep everybody from signing in, but for break-glass roles",
    "guard-boundary": "Permissions boundary: everything but what would keep everybody from signing in. Never attach it",
}


def _document(kind: str, prefix: str, roles: Sequence[OperatorRole], where: Sequence[str]) -> str:
    """The policy of that kind, as JSON. where: partition and account."""
    partition, account = where
    exempt = [f"arn:{partition}:iam::{account}:role/{role.name}" for role in roles if role.is_break_glass]
    own: Any = {"roles": [role.name for role in roles] or ("*",), "policy_prefix": prefix}
    build: Mapping[str, Callable[..., iam_documents.Document]] = {
        "enable": partial(iam_documents.enable_document, sentinel=True, **own),
        "disable": iam_documents.disable_document,
        "observe": iam_documents.observe_document,
        "preview": partial(iam_documents.preview_document, **own),
        "guard": partial(iam_documents.guard_document, break_glass_principals=exempt),
        "guard-boundary": partial(iam_documents.guard_document, boundary=True),
    }
    with plain_errors():
        return json.dumps(build[kind](partition=partition), sort_keys=True)
