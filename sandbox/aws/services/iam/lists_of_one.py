"""What one user, group, role or policy has, in pages. Sources: API_ListAttachedRolePolicies.html and its kin."""

from __future__ import annotations

from typing import Any

from sandbox.aws.core.registry import Context, handles

from .boundaries import boundary_of
from .entities import backend, listed_group, listed_profile, named, policy_of
from .lists import name_of
from .pages import cut, page


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


@handles("iam", "ListGroupsForUser")
def list_groups_for_user(context: Context) -> dict[str, Any]:
    groups = backend(context).get_groups_for_user(named(context, "User").name)
    return page(context, "Groups", groups, name_of, listed_group)


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


@handles("iam", "ListMFADevices")
def list_mfa_devices(context: Context) -> dict[str, Any]:
    user = named(context, "User")

    def shape(device: Any) -> dict[str, Any]:
        return {"UserName": user.name, "SerialNumber": device.serial_number, "EnableDate": device.enable_date}

    devices = user.mfa_devices.values()
    return page(context, "MFADevices", devices, lambda device: str(device.serial_number), shape)


@handles("iam", "ListSSHPublicKeys")
def list_ssh_public_keys(context: Context) -> dict[str, Any]:
    user = named(context, "User")

    def shape(key: Any) -> dict[str, Any]:
        about = {"UserName": user.name, "SSHPublicKeyId": key.ssh_public_key_id}
        return {**about, "Status": key.status, "UploadDate": key.upload_date}

    return page(context, "SSHPublicKeys", user.ssh_public_keys, lambda key: str(key.ssh_public_key_id), shape)


@handles("iam", "ListSigningCertificates")
def list_signing_certificates(context: Context) -> dict[str, Any]:
    user = named(context, "User")

    def shape(each: Any) -> dict[str, Any]:
        about = {"UserName": user.name, "CertificateId": each.id, "CertificateBody": each.body}
        return {**about, "Status": each.status, "UploadDate": each.upload_date}

    return page(context, "Certificates", user.signing_certificates.values(), lambda each: str(each.id), shape)


@handles("iam", "ListPolicyVersions")
def list_policy_versions(context: Context) -> dict[str, Any]:
    """The newest first. The documents are left out of lists: GetPolicyVersion has them."""

    def shape(version: Any) -> dict[str, Any]:
        about = {"VersionId": version.version_id, "IsDefaultVersion": version.is_default}
        return {**about, "CreateDate": version.create_date}

    versions = policy_of(context).versions
    return page(context, "Versions", versions, lambda version: f"{10_000 - int(version.version_id[1:]):05d}", shape)


@handles("iam", "ListEntitiesForPolicy")
def list_entities_for_policy(context: Context) -> dict[str, Any]:
    """Those that it is attached to and those that it bounds; MaxItems counts all three kinds together."""
    arn, wanted = policy_of(context).arn, context.parameter("EntityFilter")
    usage, prefix = context.parameter("PolicyUsageFilter"), str(context.parameter("PathPrefix") or "/")
    iam = backend(context)
    kinds = {"Group": iam.groups.values(), "User": iam.users.values(), "Role": iam.get_roles()}

    def uses(entity: Any) -> bool:
        attached = arn in entity.managed_policies and usage != "PermissionsBoundary"
        return bool(attached or (boundary_of(entity) == arn and usage != "PermissionsPolicy"))

    rows = [
        (kind, entity)
        for kind, entities in kinds.items()
        if wanted in (None, kind)
        for entity in entities
        if entity.path.startswith(prefix) and uses(entity)
    ]
    chosen, rest = cut(context, rows, lambda row: f"{list(kinds).index(row[0])} {row[1].name}")
    result: dict[str, Any] = {f"Policy{kind}s": [] for kind in kinds}
    for kind, entity in chosen:
        result[f"Policy{kind}s"].append({f"{kind}Name": entity.name, f"{kind}Id": entity.id})
    return {**result, **rest}


@handles("iam", "ListRoleTags", "ListUserTags", "ListPolicyTags", "ListOpenIDConnectProviderTags")
def list_tags(context: Context) -> dict[str, Any]:
    tags: Any
    if context.parameter("PolicyArn") is not None:
        tags = policy_of(context).tags
    elif context.parameter("OpenIDConnectProviderArn") is not None:
        tags = backend(context).get_open_id_connect_provider(context.parameter("OpenIDConnectProviderArn")).tags
    else:
        tags = _holder(context).tags
    rows = tags.values() if isinstance(tags, dict) else tags or []
    return page(context, "Tags", rows, lambda tag: str(tag["Key"]), dict)
