"""iam: policies and roles. Calls and import ids as the bridged provider has them."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import unquote

from sandbox.provider.calls import none_if_gone, pages, without_none
from sandbox.provider.record import Clients, Properties, ResourceType, keep_created, retag, tag_list, tag_map

NO_SUCH_ENTITY = ("NoSuchEntity", "NoSuchEntityException")
_MAX_VERSIONS = 5  # IAM keeps five versions of a managed policy


def document(value: Any) -> str:
    """A policy document as text: boto3 gives it parsed, or URL-encoded."""
    return unquote(value) if isinstance(value, str) else json.dumps(value)


# --- Policy -----------------------------------------------------------------------------------------------------


def _create_policy(aws: Clients, inputs: Properties) -> str:
    policy = aws("iam").create_policy(
        **without_none(
            PolicyName=inputs["name"],
            Path=inputs.get("path"),
            Description=inputs.get("description"),
            PolicyDocument=document(inputs["policy"]),
            Tags=tag_list(inputs.get("tagsAll")),
        )
    )
    return str(policy["Policy"]["Arn"])


def _read_policy(aws: Clients, id_: str, state: Properties) -> Properties | None:
    client = aws("iam")
    answer = none_if_gone(*NO_SUCH_ENTITY)(client.get_policy)(PolicyArn=id_)
    if answer is None:
        return None
    policy = answer["Policy"]
    version = client.get_policy_version(PolicyArn=id_, VersionId=policy["DefaultVersionId"])["PolicyVersion"]
    tags = tag_map(policy.get("Tags"))
    return {
        "arn": id_,
        "attachmentCount": policy["AttachmentCount"],
        "description": policy.get("Description", ""),
        "name": policy["PolicyName"],
        "path": policy["Path"],
        "policy": document(version["Document"]),
        "policyId": policy["PolicyId"],
        "tags": tags,
        "tagsAll": tags,
    }


def _update_policy(aws: Clients, id_: str, state: Properties, inputs: Properties) -> None:
    client = aws("iam")
    if document(inputs["policy"]) != state.get("policy"):
        versions = pages(client, "list_policy_versions", "Versions", PolicyArn=id_)
        spare = sorted((row for row in versions if not row["IsDefaultVersion"]), key=lambda row: row["CreateDate"])
        if len(versions) >= _MAX_VERSIONS:
            client.delete_policy_version(PolicyArn=id_, VersionId=spare[0]["VersionId"])
        client.create_policy_version(PolicyArn=id_, PolicyDocument=document(inputs["policy"]), SetAsDefault=True)
    retag(state, inputs, client.untag_policy, client.tag_policy, PolicyArn=id_)


def _delete_policy(aws: Clients, id_: str, state: Properties) -> None:
    client = aws("iam")
    for row in pages(client, "list_policy_versions", "Versions", PolicyArn=id_):
        if not row["IsDefaultVersion"]:
            client.delete_policy_version(PolicyArn=id_, VersionId=row["VersionId"])
    client.delete_policy(PolicyArn=id_)


# --- Role -------------------------------------------------------------------------------------------------------


def _create_role(aws: Clients, inputs: Properties) -> str:
    client = aws("iam")
    client.create_role(
        **without_none(
            RoleName=inputs["name"],
            Path=inputs.get("path"),
            Description=inputs.get("description"),
            AssumeRolePolicyDocument=document(inputs["assumeRolePolicy"]),
            MaxSessionDuration=inputs.get("maxSessionDuration"),
            PermissionsBoundary=inputs.get("permissionsBoundary"),
            Tags=tag_list(inputs.get("tagsAll")),
        )
    )
    with keep_created(str(inputs["name"])):
        _set_inline(client, inputs["name"], {}, inputs)
        _set_attached(client, inputs["name"], {}, inputs)
    return str(inputs["name"])


def _read_role(aws: Clients, id_: str, state: Properties) -> Properties | None:
    client = aws("iam")
    answer = none_if_gone(*NO_SUCH_ENTITY)(client.get_role)(RoleName=id_)
    if answer is None:
        return None
    role = answer["Role"]
    names = pages(client, "list_role_policies", "PolicyNames", RoleName=id_)
    attached = pages(client, "list_attached_role_policies", "AttachedPolicies", RoleName=id_)
    tags = tag_map(role.get("Tags"))
    return {
        "arn": role["Arn"],
        "assumeRolePolicy": document(role["AssumeRolePolicyDocument"]),
        "createDate": role["CreateDate"].isoformat(),
        "description": role.get("Description", ""),
        "forceDetachPolicies": bool(state.get("forceDetachPolicies", False)),
        "inlinePolicies": [
            {"name": name, "policy": document(client.get_role_policy(RoleName=id_, PolicyName=name)["PolicyDocument"])}
            for name in names
        ],
        "managedPolicyArns": sorted(row["PolicyArn"] for row in attached),
        "maxSessionDuration": role.get("MaxSessionDuration", 3600),
        "name": role["RoleName"],
        "path": role["Path"],
        "permissionsBoundary": (role.get("PermissionsBoundary") or {}).get("PermissionsBoundaryArn", ""),
        "tags": tags,
        "tagsAll": tags,
        "uniqueId": role["RoleId"],
    }


def _update_role(aws: Clients, id_: str, state: Properties, inputs: Properties) -> None:
    client = aws("iam")
    if document(inputs["assumeRolePolicy"]) != state.get("assumeRolePolicy"):
        client.update_assume_role_policy(RoleName=id_, PolicyDocument=document(inputs["assumeRolePolicy"]))
    if any(inputs.get(name) != state.get(name) for name in ("description", "maxSessionDuration")):
        client.update_role(
            RoleName=id_,
            Description=inputs.get("description") or "",
            MaxSessionDuration=inputs.get("maxSessionDuration") or 3600,
        )
    _set_boundary(client, id_, state.get("permissionsBoundary"), inputs.get("permissionsBoundary"))
    _set_inline(client, id_, state, inputs)
    _set_attached(client, id_, state, inputs)
    retag(state, inputs, client.untag_role, client.tag_role, RoleName=id_)


def _set_boundary(client: Any, name: str, before: str | None, after: str | None) -> None:
    if (before or "") == (after or ""):
        return
    if after:
        client.put_role_permissions_boundary(RoleName=name, PermissionsBoundary=after)
    else:
        client.delete_role_permissions_boundary(RoleName=name)


def _set_inline(client: Any, name: str, state: Properties, inputs: Properties) -> None:
    if "inlinePolicies" not in inputs:
        return
    before = {row["name"]: row["policy"] for row in state.get("inlinePolicies") or []}
    after = {row["name"]: row["policy"] for row in inputs["inlinePolicies"] or [] if row.get("name")}
    for gone in sorted(set(before) - set(after)):
        client.delete_role_policy(RoleName=name, PolicyName=gone)
    for policy, text in sorted(after.items()):
        if before.get(policy) != text:
            client.put_role_policy(RoleName=name, PolicyName=policy, PolicyDocument=document(text))


def _set_attached(client: Any, name: str, state: Properties, inputs: Properties) -> None:
    if "managedPolicyArns" not in inputs:
        return
    before, after = set(state.get("managedPolicyArns") or []), set(inputs["managedPolicyArns"] or [])
    for arn in sorted(before - after):
        client.detach_role_policy(RoleName=name, PolicyArn=arn)
    for arn in sorted(after - before):
        client.attach_role_policy(RoleName=name, PolicyArn=arn)


def _delete_role(aws: Clients, id_: str, state: Properties) -> None:
    client = aws("iam")
    client.list_instance_profiles_for_role(RoleName=id_)
    if state.get("forceDetachPolicies") or state.get("managedPolicyArns"):
        for row in pages(client, "list_attached_role_policies", "AttachedPolicies", RoleName=id_):
            client.detach_role_policy(RoleName=id_, PolicyArn=row["PolicyArn"])
    if state.get("forceDetachPolicies") or state.get("inlinePolicies"):
        for name in pages(client, "list_role_policies", "PolicyNames", RoleName=id_):
            client.delete_role_policy(RoleName=id_, PolicyName=name)
    client.delete_role(RoleName=id_)


RECORDS = (
    ResourceType(
        token="aws:iam/policy:Policy",
        create=_create_policy,
        read=_read_policy,
        update=_update_policy,
        delete=_delete_policy,
        replaces=frozenset({"name", "namePrefix", "path", "description"}),
        documents=frozenset({"policy"}),
        computed=frozenset({"namePrefix", "delayAfterPolicyCreationInMs"}),
        defaults={"path": "/"},
        named="name",
        tagged=True,
    ),
    ResourceType(
        token="aws:iam/role:Role",
        create=_create_role,
        read=_read_role,
        update=_update_role,
        delete=_delete_role,
        replaces=frozenset({"name", "namePrefix", "path"}),
        sets=frozenset({"managedPolicyArns"}),
        documents=frozenset({"assumeRolePolicy"}),
        computed=frozenset({"namePrefix", "inlinePolicies", "managedPolicyArns"}),
        defaults={"path": "/", "maxSessionDuration": 3600, "forceDetachPolicies": False},
        named="name",
        tagged=True,
    ),
)
