"""Pages of an account's roles, users, groups and policies. Sources: API_ListRoles.html and its kin; paths are matched
from their beginning."""

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
    """There are 1,500 AWS managed policies: moto's object of one is created when a page has it."""
    iam = iam_backends[context.account]["aws"]
    usage = _Usage(iam)
    arns = [arn for arn in _arns_in_scope(context) if _is_listed(context, arn, usage)]
    arns_on_page, page_end = cut(context, arns, lambda arn: f"{arn.rpartition('/')[2]} {arn}")
    for arn in arns_on_page:
        have_managed_policy(context.account, arn)
    policies = [iam.managed_policies[arn] for arn in arns_on_page]
    return {"Policies": [about_policy(policy, usage.bounding(policy.arn)) for policy in policies], **page_end}


def _arns_in_scope(context: Context) -> list[str]:
    scope, arns = context.parameter("Scope") or "All", []
    if scope != "AWS":
        arns += [arn for arn in iam_backends[context.account]["aws"].managed_policies if ":aws:policy/" not in arn]
    if scope != "Local":
        arns += aws_managed_policies()
    return arns


def _is_listed(context: Context, arn: str, usage: _Usage) -> bool:
    if not _path_of(arn).startswith(str(context.parameter("PathPrefix") or "/")):
        return False
    if context.parameter("OnlyAttached") and not usage.attached(arn):
        return False
    return usage.is_used_as(arn, context.parameter("PolicyUsageFilter"))


def _path_of(arn: str) -> str:
    """arn:aws:iam::ACCOUNT:policyPATHname"""
    return arn.partition(":policy")[2].rpartition("/")[0] + "/"


class _Usage:
    """How often policies are attached, and how often they are boundaries."""

    def __init__(self, iam: Any) -> None:
        self._policies = iam.managed_policies
        self._boundaries = [boundary_of(entity) for entity in (*iam.users.values(), *iam.get_roles())]

    def attached(self, arn: str) -> int:
        policy = self._policies.get(arn)
        return int(policy.attachment_count) if policy is not None else 0

    def bounding(self, arn: str) -> int:
        return self._boundaries.count(arn)

    def is_used_as(self, arn: str, usage: str | None) -> bool:
        """usage: a value of PolicyUsageFilter; None for any policy, used or not."""
        if usage is None:
            return True
        return bool(self.bounding(arn) if usage == "PermissionsBoundary" else self.attached(arn))
