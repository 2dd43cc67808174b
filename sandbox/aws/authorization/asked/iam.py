"""What calls of iam ask: list_awsidentityandaccessmanagementiam.html.

What lists ask for (arn:…:role/ and its kin) is as their refusals name it, and that creating with tags takes the tag
action too is as users of those services report it (assumed). iam:AWSServiceName is there for what concerns a
service-linked role, as IAM/latest/UserGuide/create-service-linked-role.html has it in its policies.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.iam.models import iam_backends
from pulumi_aws_identity_center.iam.request import Value

from sandbox.aws.authorization.principals import Principal
from sandbox.aws.core.wire import Call
from sandbox.aws.core.world import World
from sandbox.aws.services.iam.boundaries import boundary_of
from sandbox.aws.services.iam.service_linked_roles import linked_role_name

from .ask import ANY, Ask, request_tags, tag_keys

# Member → kind, where the name is all there is of the ARN's last part. The first that a call has is what it is about.
_BY_NAME = {
    "InstanceProfileName": "instance-profile",
    "RoleName": "role",
    "GroupName": "group",
    "UserName": "user",
    "ServerCertificateName": "server-certificate",
    "VirtualMFADeviceName": "mfa",
}
_BY_ARN = ("PolicyArn", "OpenIDConnectProviderArn", "SAMLProviderArn")
_LISTS = {
    "ListRoles": "role/",
    "ListUsers": "user/",
    "ListGroups": "group/",
    "ListInstanceProfiles": "instance-profile/",
}
# Of the calling user itself, if they name none.
_OF_ONESELF = frozenset(
    {
        *("GetUser", "CreateAccessKey", "DeleteAccessKey", "UpdateAccessKey", "ListAccessKeys", "ListMFADevices"),
        *(
            "ListSigningCertificates",
            "DeleteSigningCertificate",
            "UpdateSigningCertificate",
            "UploadSigningCertificate",
        ),
        *("GetLoginProfile", "DeleteLoginProfile"),
    }
)
_MADE_WITH_TAGS = {
    "CreateRole": "TagRole",
    "CreateUser": "TagUser",
    "CreatePolicy": "TagPolicy",
    "CreateInstanceProfile": "TagInstanceProfile",
    "CreateOpenIDConnectProvider": "TagOpenIDConnectProvider",
    "CreateSAMLProvider": "TagSAMLProvider",
    "CreateVirtualMFADevice": "TagMFADevice",
    "UploadServerCertificate": "TagServerCertificate",
}


def asks(world: World, call: Call, principal: Principal) -> list[Ask]:
    account, given = principal.account, call.parameters
    resource, entity = _resource(call, principal)
    keys = {**_keys(call, entity, resource), **request_tags(call)}
    asked = [Ask(f"iam:{call.operation}", resource, keys)]
    if call.operation in ("UpdateUser", "UpdateGroup"):
        asked += _renamed(call, resource, keys)
    if call.operation == "AddRoleToInstanceProfile":
        role = _arn(account, "role", str(given.get("RoleName")), "/")
        asked.append(Ask("iam:PassRole", role, {"iam:PassedToService": "ec2.amazonaws.com"}))
    if given.get("Tags") and call.operation in _MADE_WITH_TAGS:
        asked.append(Ask(f"iam:{_MADE_WITH_TAGS[call.operation]}", resource, keys))
    return asked


def _renamed(call: Call, resource: str, keys: dict[str, Value]) -> list[Ask]:
    """API_UpdateUser.html, API_UpdateGroup.html: both what it was and what it will be have to be allowed."""
    kind, given = call.operation.removeprefix("Update"), call.parameters
    name, path = given.get(f"New{kind}Name"), given.get("NewPath")
    if not name and not path:
        return []
    start, _, rest = resource.partition("/")
    old_path, _, old_name = f"/{rest}".rpartition("/")
    return [Ask(f"iam:{call.operation}", f"{start}{path or old_path + '/'}{name or old_name}", keys)]


def _resource(call: Call, principal: Principal) -> tuple[str, Any]:
    """The ARN, and moto's object of it if there is one."""
    given, account, operation = call.parameters, principal.account, call.operation
    if operation in _LISTS:
        prefix = str(given.get("PathPrefix") or "/").lstrip("/")
        return f"arn:aws:iam::{account}:{_LISTS[operation]}{prefix}", None
    if operation in _NAMED_ELSE:
        return _NAMED_ELSE[operation](call, account), None
    for name, kind in _BY_NAME.items():
        if given.get(name):
            entity = _entity(account, kind, str(given[name]))
            return _arn(account, kind, str(given[name]), str(given.get("Path") or "/")), entity
    for name in _BY_ARN:
        if given.get(name):
            return str(given[name]), iam_backends[account]["aws"].managed_policies.get(str(given[name]))
    if operation in _OF_ONESELF and ":user/" in principal.arn:
        return principal.arn, _entity(account, "user", principal.arn.rpartition("/")[2])
    return ANY, None


def _arn(account: str, kind: str, name: str, path: str) -> str:
    """Of what is there: its path is not in the request. A new one's is."""
    entity = _entity(account, kind, name)
    return str(entity.arn) if entity is not None else f"arn:aws:iam::{account}:{kind}{path}{name}"


def _entity(account: str, kind: str, name: str) -> Any:
    iam = iam_backends[account]["aws"]
    if kind == "role":
        return next((role for role in iam.get_roles() if role.name == name), None)
    found = {"user": iam.users, "group": iam.groups, "instance-profile": iam.instance_profiles}.get(kind, {})
    if kind == "instance-profile":
        return next((each for each in found.values() if each.name == name), None)
    return found.get(name)


def _policy(call: Call, account: str) -> str:
    given = call.parameters
    return f"arn:aws:iam::{account}:policy{given.get('Path') or '/'}{given.get('PolicyName')}"


def _oidc(call: Call, account: str) -> str:
    return f"arn:aws:iam::{account}:oidc-provider/{str(call.parameters.get('Url')).partition('://')[2]}"


def _service_linked(call: Call, account: str) -> str:
    service = str(call.parameters.get("AWSServiceName"))
    name = linked_role_name(service, call.parameters.get("CustomSuffix"))
    return f"arn:aws:iam::{account}:role/aws-service-role/{service}/{name}"


def _of_task(call: Call, account: str) -> str:
    """task/aws-service-role/SERVICE/ROLE/ID"""
    return f"arn:aws:iam::{account}:role/{str(call.parameters.get('DeletionTaskId'))[5:].rpartition('/')[0]}"


def _key_owner(call: Call, account: str) -> str:
    iam, key = iam_backends[account]["aws"], str(call.parameters.get("AccessKeyId"))
    user = iam.get_user_from_access_key_id(key) if key in iam.access_keys else None
    return str(user.arn) if user is not None else ANY


# What names its resource in a way of its own.
_NAMED_ELSE: dict[str, Callable[[Call, str], str]] = {
    "CreatePolicy": _policy,
    "CreateOpenIDConnectProvider": _oidc,
    "CreateSAMLProvider": lambda call, account: f"arn:aws:iam::{account}:saml-provider/{call.parameters.get('Name')}",
    "CreateServiceLinkedRole": _service_linked,
    "GetServiceLinkedRoleDeletionStatus": _of_task,
    "GetAccessKeyLastUsed": _key_owner,
    "DeleteVirtualMFADevice": lambda call, account: str(call.parameters.get("SerialNumber")),
    "ListPolicies": lambda call, account: f"policy path {call.parameters.get('PathPrefix') or '/'}",
}


def _keys(call: Call, entity: Any, resource: str) -> dict[str, Value]:
    given, operation = call.parameters, call.operation
    keys: dict[str, Value] = {}
    if operation.startswith(("Attach", "Detach")):
        keys["iam:PolicyARN"] = str(given.get("PolicyArn"))
    if (bound := _boundary(call, entity)) is not None:
        keys["iam:PermissionsBoundary"] = bound
    if ":role/aws-service-role/" in resource:
        keys["iam:AWSServiceName"] = resource.split("/")[2]
    tags = _tags_of(entity)
    return {**keys, **tag_keys("aws:ResourceTag", tags), **tag_keys("iam:ResourceTag", tags)}


def _boundary(call: Call, entity: Any) -> str | None:
    """The one that the call sets; else the one that the user or role has, where its permissions are changed."""
    if call.parameters.get("PermissionsBoundary"):
        return str(call.parameters["PermissionsBoundary"])
    changes = call.operation.endswith(("UserPolicy", "RolePolicy", "PermissionsBoundary"))
    changes = changes and not call.operation.startswith("Get")
    return boundary_of(entity) if changes and entity is not None else None


def _tags_of(entity: Any) -> dict[str, str]:
    """moto keeps them as a list, or by key."""
    tags: Any = getattr(entity, "tags", None) or []
    rows = tags if isinstance(tags, list) else tags.values()
    return {str(tag["Key"]): str(tag["Value"]) for tag in rows}
