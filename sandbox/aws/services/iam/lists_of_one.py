"""What one user, group, role or policy has, in pages. Sources: API_ListAttachedRolePolicies.html and its kin."""

from __future__ import annotations

from typing import Any

from sandbox.aws.core.registry import Context, handles

from .entities import backend, listed_profile, named, policy_of
from .lists import name_of
from .pages import page


def _holder(context: Context) -> Any:
    """By the member that the call has; a user may be the caller."""
    kinds = [kind for kind in ("Role", "Group") if context.parameter(f"{kind}Name") is not None]
    return named(context, kinds[0] if kinds else "User")


@handles("iam", "ListAttachedUserPolicies", "ListAttachedGroupPolicies", "ListAttachedRolePolicies")
def list_attached_policies(context: Context) -> dict[str, Any]:
    prefix = str(context.parameter("PathPrefix") or "/")
    policies = [each for each in _holder(context).managed_policies.values() if each.path.startswith(prefix)]
    return page(
        context,
        "AttachedPolicies",
        policies,
        lambda policy: f"{policy.name} {policy.arn}",
        lambda policy: {"PolicyName": policy.name, "PolicyArn": policy.arn},
    )


@handles("iam", "ListUserPolicies", "ListGroupPolicies", "ListRolePolicies")
def list_inline_policies(context: Context) -> dict[str, Any]:
    return page(context, "PolicyNames", _holder(context).policies, str, str)


@handles("iam", "ListInstanceProfilesForRole")
def list_instance_profiles_for_role(context: Context) -> dict[str, Any]:
    role = named(context, "Role")
    profiles = [each for each in backend(context).instance_profiles.values() if role in each.roles]
    return page(context, "InstanceProfiles", profiles, name_of, listed_profile)


@handles("iam", "ListAccessKeys")
def list_access_keys(context: Context) -> dict[str, Any]:
    user = named(context, "User")

    def shape(key: Any) -> dict[str, Any]:
        about = {"UserName": user.name, "AccessKeyId": key.access_key_id}
        return {**about, "Status": key.status, "CreateDate": key.create_date}

    return page(context, "AccessKeyMetadata", user.access_keys, lambda key: str(key.access_key_id), shape)


@handles("iam", "ListPolicyVersions")
def list_policy_versions(context: Context) -> dict[str, Any]:
    """The newest first. The documents are left out of lists: GetPolicyVersion has them."""

    def shape(version: Any) -> dict[str, Any]:
        about = {"VersionId": version.version_id, "IsDefaultVersion": version.is_default}
        return {**about, "CreateDate": version.create_date}

    versions = policy_of(context).versions
    return page(context, "Versions", versions, lambda version: f"{10_000 - int(version.version_id[1:]):05d}", shape)
