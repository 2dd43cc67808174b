"""GetAccountAuthorizationDetails: all users, groups, roles and policies of an account, in pages.

Source: API_GetAccountAuthorizationDetails.html. MaxItems counts all four kinds together; AWS managed policies appear
only if they are attached or a boundary. Documents are URL-encoded (RFC 3986).
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from moto.iam.models import AWSManagedPolicy, iam_backends

from sandbox.aws.core.registry import Context, handles

from .boundaries import as_attached, boundary_of
from .entities import about, about_policy
from .pages import cut

_LISTS = {"User": "UserDetailList", "Group": "GroupDetailList", "Role": "RoleDetailList"}


@handles("iam", "GetAccountAuthorizationDetails")
def get_account_authorization_details(context: Context) -> dict[str, Any]:
    kinds = context.parameter("Filter") or [*_LISTS, "LocalManagedPolicy", "AWSManagedPolicy"]
    backend = iam_backends[context.account]["aws"]
    lists = [*_LISTS.values(), "Policies"]
    rows = [*_entity_rows(backend, kinds), *_policy_rows(backend, kinds)]
    page, page_end = cut(context, rows, lambda row: f"{lists.index(row.list)} {row.entity.name} {row.entity.arn}")
    result: dict[str, Any] = {name: [] for name in lists}
    for row in page:
        result[row.list].append(row.describe(row.entity))
    return {**result, **page_end}


@dataclass(frozen=True)
class _Row:
    """describe is called only for the rows of a page."""

    list: str
    entity: Any
    describe: Callable[[Any], dict[str, Any]]


def _entity_rows(backend: Any, kinds: list[str]) -> Iterator[_Row]:
    users, groups, roles = backend.users.values(), backend.groups.values(), backend.roles.values()
    for kind, entities, describe in (
        ("User", users, functools.partial(_user, backend)),
        ("Group", groups, _group),
        ("Role", roles, _role),
    ):
        if kind in kinds:
            yield from (_Row(_LISTS[kind], entity, describe) for entity in entities)


def _policy_rows(backend: Any, kinds: list[str]) -> Iterator[_Row]:
    boundaries = [boundary_of(entity) for entity in (*backend.users.values(), *backend.roles.values())]
    for policy in backend.managed_policies.values():
        bounded = boundaries.count(policy.arn)
        describe = functools.partial(_policy, bounded=bounded)
        if isinstance(policy, AWSManagedPolicy):
            is_listed = "AWSManagedPolicy" in kinds and (policy.attachment_count or bounded)
        else:
            is_listed = "LocalManagedPolicy" in kinds
        if is_listed:
            yield _Row("Policies", policy, describe)


def _entity(entity: Any, kind: str) -> dict[str, Any]:
    inline = [
        {"PolicyName": name, "PolicyDocument": quote(document, safe="")} for name, document in entity.policies.items()
    ]
    managed_policies = entity.managed_policies.values()
    attached = [{"PolicyName": policy.name, "PolicyArn": policy.arn} for policy in managed_policies]
    return {
        **about(entity, kind),
        f"{kind}PolicyList": inline,
        "AttachedManagedPolicies": attached,
        "PermissionsBoundary": as_attached(boundary_of(entity)),
    }


def _user(backend: Any, user: Any) -> dict[str, Any]:
    groups = [group.name for group in backend.get_groups_for_user(user.name)]
    tags = backend.tagger.list_tags_for_resource(user.arn)["Tags"]
    return {**_entity(user, "User"), "GroupList": groups, "Tags": tags}


def _group(group: Any) -> dict[str, Any]:
    return _entity(group, "Group")


def _role(role: Any) -> dict[str, Any]:
    return {
        **_entity(role, "Role"),
        "AssumeRolePolicyDocument": quote(role.assume_role_policy_document, safe=""),
        "InstanceProfileList": [_profile(profile) for profile in role.instance_profile_list],
        "Tags": role.tags or [],
        "RoleLastUsed": {"LastUsedDate": role.last_used, "Region": role.last_used_region},
    }


def _profile(profile: Any) -> dict[str, Any]:
    return {**about(profile, "InstanceProfile"), "Roles": []}


def _policy(policy: Any, bounded: int) -> dict[str, Any]:
    versions = [
        {
            "Document": quote(version.document, safe=""),
            "VersionId": version.version_id,
            "IsDefaultVersion": version.is_default,
            "CreateDate": version.create_date,
        }
        for version in policy.versions
    ]
    return {
        **about_policy(policy, bounded),
        "Description": policy.description or None,
        "PolicyVersionList": versions,
    }
