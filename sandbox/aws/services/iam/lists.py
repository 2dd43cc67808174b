"""What an account's IAM has, in pages: roles, users, groups, policies, instance profiles and what belongs to none of
them. Sources: API_ListRoles.html and its kin; paths are matched from their beginning."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from moto.iam.models import iam_backends

from sandbox.aws.core.registry import Context, handles

from .boundaries import boundary_of
from .entities import about_policy, backend, listed_group, listed_role, listed_user, named
from .managed_policies import aws_managed_policies, have_managed_policy
from .pages import cut, page


def name_of(entity: Any) -> str:
    return str(entity.name)


def _below(context: Context, entities: Iterable[Any]) -> list[Any]:
    prefix = str(context.parameter("PathPrefix") or "/")
    return [entity for entity in entities if entity.path.startswith(prefix)]


@handles("iam", "ListRoles")
def list_roles(context: Context) -> dict[str, Any]:
    return page(context, "Roles", _below(context, backend(context).get_roles()), name_of, listed_role)


@handles("iam", "ListUsers")
def list_users(context: Context) -> dict[str, Any]:
    return page(context, "Users", _below(context, backend(context).users.values()), name_of, listed_user)


@handles("iam", "ListGroups")
def list_groups(context: Context) -> dict[str, Any]:
    return page(context, "Groups", _below(context, backend(context).groups.values()), name_of, listed_group)


@handles("iam", "GetGroup")
def get_group(context: Context) -> dict[str, Any]:
    group = named(context, "Group")
    return {"Group": listed_group(group), **page(context, "Users", group.users, name_of, listed_user)}


@handles("iam", "ListPolicies")
def list_policies(context: Context) -> dict[str, Any]:
    """AWS managed policies come into being when a page has them: there are 1,500."""
    scope, iam = context.parameter("Scope") or "All", iam_backends[context.account]["aws"]
    prefix = str(context.parameter("PathPrefix") or "/")
    arns = [arn for arn in iam.managed_policies if ":aws:policy/" not in arn] if scope != "AWS" else []
    arns += aws_managed_policies() if scope != "Local" else []
    usage = _Usage(iam)
    chosen, rest = cut(
        context,
        [
            arn
            for arn in arns
            if _path_of(arn).startswith(prefix)
            and (not context.parameter("OnlyAttached") or usage.attached(arn))
            and usage.is_as(arn, context.parameter("PolicyUsageFilter"))
        ],
        lambda arn: f"{arn.rpartition('/')[2]} {arn}",
    )
    for arn in chosen:
        have_managed_policy(context.account, arn)
    return {"Policies": [listed_policy(iam.managed_policies[arn], usage) for arn in chosen], **rest}


def _path_of(arn: str) -> str:
    """arn:aws:iam::ACCOUNT:policyPATHname"""
    return arn.partition(":policy")[2].rpartition("/")[0] + "/"


class _Usage:
    """How often policies are attached, and how often they are boundaries."""

    def __init__(self, iam: Any) -> None:
        self._policies = iam.managed_policies
        self._bounds = [boundary_of(each) for each in (*iam.users.values(), *iam.get_roles())]

    def attached(self, arn: str) -> int:
        policy = self._policies.get(arn)
        return int(policy.attachment_count) if policy is not None else 0

    def bounding(self, arn: str) -> int:
        return self._bounds.count(arn)

    def is_as(self, arn: str, usage: str | None) -> bool:
        """Whether it is in use as PolicyUsageFilter has it."""
        if usage is None:
            return True
        return bool(self.bounding(arn) if usage == "PermissionsBoundary" else self.attached(arn))


def listed_policy(policy: Any, usage: _Usage) -> dict[str, Any]:
    return about_policy(policy, usage.bounding(policy.arn))
