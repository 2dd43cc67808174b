"""GetAccountAuthorizationDetails: all users, groups, roles and policies of an account, in pages.

Source: API_GetAccountAuthorizationDetails.html. MaxItems counts all four kinds together; AWS managed policies appear
where something is attached or bound by them. Documents are URL-encoded (RFC 3986).
"""

from __future__ import annotations

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
    chosen = context.parameter("Filter") or [*_LISTS, "LocalManagedPolicy", "AWSManagedPolicy"]
    rows = _rows(iam_backends[context.account]["aws"], chosen)
    kinds = [*_LISTS.values(), "Policies"]
    page, rest = cut(context, rows, lambda row: f"{kinds.index(row[0])} {row[2].name} {row[2].arn}")
    result: dict[str, Any] = {name: [] for name in kinds}
    for name, make, entity in page:
        result[name].append(make(entity))
    return {**result, **rest}


def _rows(backend: Any, chosen: list[str]) -> list[tuple[str, Any, Any]]:
    """(list, how to describe it, entity), without describing more than the page."""
    rows: list[tuple[str, Any, Any]] = []
    if "User" in chosen:
        rows += [(_LISTS["User"], lambda user: _user(backend, user), each) for each in backend.users.values()]
    if "Group" in chosen:
        rows += [(_LISTS["Group"], _group, each) for each in backend.groups.values()]
    if "Role" in chosen:
        rows += [(_LISTS["Role"], _role, each) for each in backend.roles.values()]
    bounds = [boundary_of(each) for each in (*backend.users.values(), *backend.roles.values())]
    for policy in backend.managed_policies.values():
        uses = bounds.count(policy.arn)
        is_aws = isinstance(policy, AWSManagedPolicy)
        kind, in_use = "AWSManagedPolicy" if is_aws else "LocalManagedPolicy", policy.attachment_count or uses
        if kind in chosen and (in_use or not is_aws):
            rows.append(("Policies", lambda each, uses=uses: _policy(each, uses), policy))
    return rows


def _entity(entity: Any, kind: str) -> dict[str, Any]:
    inline = [
        {"PolicyName": name, "PolicyDocument": quote(document, safe="")} for name, document in entity.policies.items()
    ]
    attached = [{"PolicyName": each.name, "PolicyArn": each.arn} for each in entity.managed_policies.values()]
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
        "InstanceProfileList": [_profile(each) for each in role.instance_profile_list],
        "Tags": role.tags or [],
        "RoleLastUsed": {"LastUsedDate": role.last_used, "Region": role.last_used_region},
    }


def _profile(profile: Any) -> dict[str, Any]:
    return {**about(profile, "InstanceProfile"), "Roles": []}


def _policy(policy: Any, boundaries: int) -> dict[str, Any]:
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
        **about_policy(policy, boundaries),
        "Description": policy.description or None,
        "PolicyVersionList": versions,
    }
