"""What calls of iam require: list_awsidentityandaccessmanagementiam.html.

What lists require (arn:…:role/ and its kin) is as their refusals name it. Assumed, from reports of those services'
users: creating something with tags requires the tag action too. iam:AWSServiceName is a key of what concerns a
service-linked role, as the policies in IAM/latest/UserGuide/create-service-linked-role.html have it.
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

from .required_permission import ANY, RequiredPermission, request_tags, tag_keys, tags_by_key

# Parameter → kind of resource, where the ARN ends in KIND/NAME. The first one that a call has names its resource.
_NAME_PARAMETERS = {
    "InstanceProfileName": "instance-profile",
    "RoleName": "role",
    "GroupName": "group",
    "UserName": "user",
    "ServerCertificateName": "server-certificate",
    "VirtualMFADeviceName": "mfa",
}
_ARN_PARAMETERS = ("PolicyArn", "OpenIDConnectProviderArn", "SAMLProviderArn")
_LISTS = {
    "ListRoles": "role/",
    "ListUsers": "user/",
    "ListGroups": "group/",
    "ListInstanceProfiles": "instance-profile/",
}
# A call of these that names no user is about the user who calls.
_OF_THE_CALLING_USER = frozenset(
    {
        "GetUser",
        "CreateAccessKey",
        "DeleteAccessKey",
        "UpdateAccessKey",
        "ListAccessKeys",
        "ListMFADevices",
        "ListSigningCertificates",
        "DeleteSigningCertificate",
        "UpdateSigningCertificate",
        "UploadSigningCertificate",
        "GetLoginProfile",
        "DeleteLoginProfile",
    }
)
_TAG_ACTIONS = {
    "CreateRole": "TagRole",
    "CreateUser": "TagUser",
    "CreatePolicy": "TagPolicy",
    "CreateInstanceProfile": "TagInstanceProfile",
    "CreateOpenIDConnectProvider": "TagOpenIDConnectProvider",
    "CreateSAMLProvider": "TagSAMLProvider",
    "CreateVirtualMFADevice": "TagMFADevice",
    "UploadServerCertificate": "TagServerCertificate",
}


def permissions(world: World, call: Call, principal: Principal) -> list[RequiredPermission]:
    resource, entity = _resource(call, principal)
    keys = {**_condition_keys(call, entity, resource), **request_tags(call)}
    required = [RequiredPermission(f"iam:{call.operation}", resource, keys)]
    if call.operation in ("UpdateUser", "UpdateGroup"):
        required += _rename_permissions(call, resource, keys)
    if call.operation == "AddRoleToInstanceProfile":
        role = _arn(principal.account, "role", str(call.parameters.get("RoleName")), "/")
        required.append(RequiredPermission("iam:PassRole", role, {"iam:PassedToService": "ec2.amazonaws.com"}))
    if call.parameters.get("Tags") and call.operation in _TAG_ACTIONS:
        required.append(RequiredPermission(f"iam:{_TAG_ACTIONS[call.operation]}", resource, keys))
    return required


def _rename_permissions(call: Call, resource: str, keys: dict[str, Value]) -> list[RequiredPermission]:
    """API_UpdateUser.html, API_UpdateGroup.html: IAM has to allow the old name and path, and the new ones."""
    kind = call.operation.removeprefix("Update")
    new_name, new_path = call.parameters.get(f"New{kind}Name"), call.parameters.get("NewPath")
    if not new_name and not new_path:
        return []
    arn_prefix, _, path_and_name = resource.partition("/")
    old_path, _, old_name = f"/{path_and_name}".rpartition("/")
    renamed = f"{arn_prefix}{new_path or old_path + '/'}{new_name or old_name}"
    return [RequiredPermission(f"iam:{call.operation}", renamed, keys)]


def _resource(call: Call, principal: Principal) -> tuple[str, Any]:
    """The resource's ARN, and moto's object of it if there is one."""
    parameters, account, operation = call.parameters, principal.account, call.operation
    if operation in _LISTS:
        prefix = str(parameters.get("PathPrefix") or "/").lstrip("/")
        return f"arn:aws:iam::{account}:{_LISTS[operation]}{prefix}", None
    if operation in _ARN_OF_OPERATION:
        return _ARN_OF_OPERATION[operation](call, account), None
    for parameter, kind in _NAME_PARAMETERS.items():
        if parameters.get(parameter):
            name, path = str(parameters[parameter]), str(parameters.get("Path") or "/")
            return _arn(account, kind, name, path), _entity(account, kind, name)
    for parameter in _ARN_PARAMETERS:
        if parameters.get(parameter):
            arn = str(parameters[parameter])
            return arn, iam_backends[account]["aws"].managed_policies.get(arn)
    if operation in _OF_THE_CALLING_USER and ":user/" in principal.arn:
        return principal.arn, _entity(account, "user", principal.arn.rpartition("/")[2])
    return ANY, None


def _arn(account: str, kind: str, name: str, path: str) -> str:
    """path: of an entity that doesn't exist yet; a request doesn't say the path of one that does."""
    entity = _entity(account, kind, name)
    return str(entity.arn) if entity is not None else f"arn:aws:iam::{account}:{kind}{path}{name}"


def _entity(account: str, kind: str, name: str) -> Any:
    """moto's role, instance profile, user or group; None for other kinds."""
    iam = iam_backends[account]["aws"]
    if kind == "role":
        return next((role for role in iam.get_roles() if role.name == name), None)
    if kind == "instance-profile":
        return next((profile for profile in iam.instance_profiles.values() if profile.name == name), None)
    entities = {"user": iam.users, "group": iam.groups}.get(kind, {})
    return entities.get(name)


def _policy(call: Call, account: str) -> str:
    return f"arn:aws:iam::{account}:policy{call.parameters.get('Path') or '/'}{call.parameters.get('PolicyName')}"


def _oidc_provider(call: Call, account: str) -> str:
    return f"arn:aws:iam::{account}:oidc-provider/{str(call.parameters.get('Url')).partition('://')[2]}"


def _saml_provider(call: Call, account: str) -> str:
    return f"arn:aws:iam::{account}:saml-provider/{call.parameters.get('Name')}"


def _service_linked_role(call: Call, account: str) -> str:
    service = str(call.parameters.get("AWSServiceName"))
    name = linked_role_name(service, call.parameters.get("CustomSuffix"))
    return f"arn:aws:iam::{account}:role/aws-service-role/{service}/{name}"


def _role_of_deletion_task(call: Call, account: str) -> str:
    """A task's id is task/aws-service-role/SERVICE/ROLE/ID."""
    return f"arn:aws:iam::{account}:role/{str(call.parameters.get('DeletionTaskId'))[5:].rpartition('/')[0]}"


def _access_key_owner(call: Call, account: str) -> str:
    iam, key = iam_backends[account]["aws"], str(call.parameters.get("AccessKeyId"))
    user = iam.get_user_from_access_key_id(key) if key in iam.access_keys else None
    return str(user.arn) if user is not None else ANY


# Operations whose resource no parameter of the tables above names.
_ARN_OF_OPERATION: dict[str, Callable[[Call, str], str]] = {
    "CreatePolicy": _policy,
    "CreateOpenIDConnectProvider": _oidc_provider,
    "CreateSAMLProvider": _saml_provider,
    "CreateServiceLinkedRole": _service_linked_role,
    "GetServiceLinkedRoleDeletionStatus": _role_of_deletion_task,
    "GetAccessKeyLastUsed": _access_key_owner,
    "DeleteVirtualMFADevice": lambda call, account: str(call.parameters.get("SerialNumber")),
    "ListPolicies": lambda call, account: f"policy path {call.parameters.get('PathPrefix') or '/'}",
}


def _condition_keys(call: Call, entity: Any, resource: str) -> dict[str, Value]:
    keys: dict[str, Value] = {}
    if call.operation.startswith(("Attach", "Detach")):
        keys["iam:PolicyARN"] = str(call.parameters.get("PolicyArn"))
    boundary = _boundary(call, entity)
    if boundary is not None:
        keys["iam:PermissionsBoundary"] = boundary
    if ":role/aws-service-role/" in resource:
        keys["iam:AWSServiceName"] = resource.split("/")[2]
    tags = _entity_tags(entity)
    return {**keys, **tag_keys("aws:ResourceTag", tags), **tag_keys("iam:ResourceTag", tags)}


def _boundary(call: Call, entity: Any) -> str | None:
    """The boundary that the call sets. Else the present one of the user or role whose permissions the call changes."""
    if call.parameters.get("PermissionsBoundary"):
        return str(call.parameters["PermissionsBoundary"])
    if entity is None or call.operation.startswith("Get"):
        return None
    changes_permissions = call.operation.endswith(("UserPolicy", "RolePolicy", "PermissionsBoundary"))
    return boundary_of(entity) if changes_permissions else None


def _entity_tags(entity: Any) -> dict[str, str]:
    """moto keeps them as a list, or by key."""
    tags: Any = getattr(entity, "tags", None) or []
    return tags_by_key(tags if isinstance(tags, list) else tags.values())
