"""IAM's users, groups, roles and policies: found by name, in AWS's words if they aren't there, and described.

Sources: the API reference's data types; lists leave out what API_ListRoles.html and API_ListUsers.html say they do.
Renaming is ours: moto takes a name that is another's, loses a user's tags and keeps a group where it was.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from moto.iam.models import iam_backends

from sandbox.aws.core.errors import AwsError
from sandbox.aws.core.registry import Context, guards, handles


def backend(context: Context) -> Any:
    """moto's IAM of the account."""
    return iam_backends[context.account]["aws"]


def named(context: Context, kind: str) -> Any:
    """moto's user, group or role that the call names. A user may leave out their own name."""
    name = context.parameter(f"{kind}Name")
    if name is None and kind == "User":
        name = _calling_user(context)
    entity = find_entity(backend(context), kind, name)
    if entity is None:
        raise AwsError("NoSuchEntity", f"The {kind.lower()} with name {name} cannot be found.", 404)
    return entity


def find_entity(iam: Any, kind: str, name: str) -> Any:
    """moto's user, group or role, None if there is none."""
    if kind == "Role":
        return next((role for role in iam.get_roles() if role.name == name), None)
    return (iam.users if kind == "User" else iam.groups).get(name)


def _calling_user(context: Context) -> str:
    user = backend(context).get_user_from_access_key_id(context.call.access_key)
    if user is None:
        raise AwsError("ValidationError", "Must specify userName when calling with non-User credentials")
    return str(user.name)


@guards("iam", "*")
def refuse_missing_entity(context: Context) -> None:
    """In AWS's words, which aren't moto's."""
    for kind in ("User", "Group", "Role"):
        if context.parameter(f"{kind}Name") is not None and context.call.operation != f"Create{kind}":
            named(context, kind)


def policy_of(context: Context) -> Any:
    arn = context.parameter("PolicyArn")
    policy = backend(context).managed_policies.get(arn)
    if policy is None:
        raise AwsError("NoSuchEntity", f"Policy {arn} does not exist or is not attachable.", 404)
    return policy


def about(entity: Any, kind: str) -> dict[str, Any]:
    """The members that every answer has of a user, group, role or instance profile."""
    return {
        "Path": entity.path,
        f"{kind}Name": entity.name,
        f"{kind}Id": entity.id,
        "Arn": entity.arn,
        "CreateDate": entity.create_date,
    }


def about_policy(policy: Any, bounded: int) -> dict[str, Any]:
    """The members that every answer has of a managed policy. bounded: the users and roles that it bounds."""
    return {
        "PolicyName": policy.name,
        "PolicyId": policy.id,
        "Arn": policy.arn,
        "Path": policy.path,
        "DefaultVersionId": policy.default_version_id,
        "AttachmentCount": policy.attachment_count,
        "PermissionsBoundaryUsageCount": bounded,
        "IsAttachable": True,
        "CreateDate": policy.create_date,
        "UpdateDate": policy.update_date,
    }


def listed_user(user: Any) -> dict[str, Any]:
    return {**about(user, "User"), "PasswordLastUsed": user.password_last_used}


def listed_group(group: Any) -> dict[str, Any]:
    return about(group, "Group")


def listed_role(role: Any) -> dict[str, Any]:
    return {
        **about(role, "Role"),
        "AssumeRolePolicyDocument": quote(role.assume_role_policy_document, safe=""),
        "Description": role.description or None,
        "MaxSessionDuration": int(role.max_session_duration or 3_600),
    }


def listed_profile(profile: Any) -> dict[str, Any]:
    return {**about(profile, "InstanceProfile"), "Roles": [listed_role(role) for role in profile.roles]}


@handles("iam", "AttachUserPolicy", "AttachGroupPolicy", "AttachRolePolicy")
def attach_policy(context: Context) -> None:
    """Attaching a policy a second time changes nothing, and does not count twice."""
    kind = context.call.operation.removeprefix("Attach").removesuffix("Policy")
    entity, policy = named(context, kind), policy_of(context)
    if policy.arn not in entity.managed_policies:
        policy.attach_to(entity)


@handles("iam", "UpdateUser")
def update_user(context: Context) -> None:
    iam, user = backend(context), named(context, "User")
    before = user.arn
    _rename(iam.users, user, context.parameter("NewUserName"), "User")
    user.path = context.parameter("NewPath") or user.path
    for key in user.access_keys:
        key.user_name = user.name
    if user.arn != before:
        iam.tagger.copy_tags(before, user.arn)
        iam.tagger.delete_all_tags_for_resource(before)


@handles("iam", "UpdateGroup")
def update_group(context: Context) -> None:
    group = named(context, "Group")
    _rename(backend(context).groups, group, context.parameter("NewGroupName"), "Group")
    group.path = context.parameter("NewPath") or group.path


def _rename(entities: dict[str, Any], entity: Any, name: str | None, kind: str) -> None:
    if name is None or name == entity.name:
        return
    if name in entities:
        raise AwsError("EntityAlreadyExists", f"{kind} with name {name} already exists.", 409)
    del entities[entity.name]
    entity.name = name
    entities[name] = entity
