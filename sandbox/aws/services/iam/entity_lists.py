"""Pages of what one user, group, role or policy has. Sources: API_ListAttachedRolePolicies.html and its kin."""

from __future__ import annotations

from typing import Any

from sandbox.aws.core.registry import Context, handles

from .entities import backend, listed_profile, named, policy_of
from .lists import name_of
from .pages import page


def _named_entity(context: Context) -> Any:
    """The role, group or user that the call names; without a name it is the calling user."""
    kinds = [kind for kind in ("Role", "Group") if context.parameter(f"{kind}Name") is not None]
    return named(context, kinds[0] if kinds else "User")


@handles("iam", "ListAttachedUserPolicies", "ListAttachedGroupPolicies", "ListAttachedRolePolicies")
def list_attached_policies(context: Context) -> dict[str, Any]:
    prefix = str(context.parameter("PathPrefix") or "/")
    managed_policies = _named_entity(context).managed_policies.values()
    policies = [policy for policy in managed_policies if policy.path.startswith(prefix)]
    return page(
        context,
        "AttachedPolicies",
        policies,
        lambda policy: f"{policy.name} {policy.arn}",
        lambda policy: {"PolicyName": policy.name, "PolicyArn": policy.arn},
    )


@handles("iam", "ListUserPolicies", "ListGroupPolicies", "ListRolePolicies")
def list_inline_policies(context: Context) -> dict[str, Any]:
    return page(context, "PolicyNames", _named_entity(context).policies, str, str)


@handles("iam", "ListInstanceProfilesForRole")
def list_instance_profiles_for_role(context: Context) -> dict[str, Any]:
    role = named(context, "Role")
    instance_profiles = backend(context).instance_profiles.values()
    profiles = [profile for profile in instance_profiles if role in profile.roles]
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
