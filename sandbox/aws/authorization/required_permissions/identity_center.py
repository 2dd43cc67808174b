"""What calls of sso-admin and identitystore require: list_awsiamidentitycenter.html, list_awsidentitystore.html.

IAM has to allow all resources of a call: instance, permission set and account, as
singlesignon/latest/userguide/iam-auth-access-using-id-policies.html shows. Which of the "All…" resources the reads of
an identity store require is from the first edition of the reference. Assumed, as with other services: creating
something with tags requires sso:TagResource too.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pulumi_aws_identity_center.iam.request import Value

from sandbox.aws.authorization.principals import Principal
from sandbox.aws.core.wire import Call
from sandbox.aws.core.world import World
from sandbox.aws.services.identity_center.instance import Instance

from .required_permission import ANY, RequiredPermission, request_tags, tag_keys

_SSO_ARN_PARAMETERS = ("InstanceArn", "PermissionSetArn", "ResourceArn")
_STORE = "arn:aws:identitystore:::"
# Operations that can create something with tags, and its ARN with * for the id that it doesn't have yet.
_CREATED_WITH_TAGS = {
    "CreatePermissionSet": "arn:aws:sso:::permissionSet/{}/*",
    "CreateInstance": "arn:aws:sso:::instance/*",
}
# Operations that search a kind of resource, or list all of it, require permission for every one.
_SEARCHED_KIND = {
    "ListUsers": "user",
    "GetUserId": "user",
    "ListGroups": "group",
    "GetGroupId": "group",
    "ListGroupMemberships": "membership",
    "ListGroupMembershipsForMember": "membership",
}


def sso_permissions(world: World, call: Call, principal: Principal) -> list[RequiredPermission]:
    action, keys, tags = f"sso:{call.operation}", request_tags(call), _tags_by_arn(world)
    required = [
        RequiredPermission(action, arn, {**keys, **tag_keys("aws:ResourceTag", tags.get(arn, {}))})
        for arn in dict.fromkeys(_sso_arns(call.parameters))
    ]
    required = required or [RequiredPermission(action, ANY, keys)]
    if call.parameters.get("Tags") and call.operation in _CREATED_WITH_TAGS:
        instance_id = str(call.parameters.get("InstanceArn")).rpartition("/")[2]
        created = _CREATED_WITH_TAGS[call.operation].format(instance_id)
        required.append(RequiredPermission("sso:TagResource", created, keys, resource_known=False))
    return required


def _sso_arns(parameters: dict[str, Any]) -> Iterator[str]:
    """The instance, permission set and account that the parameters name."""
    for name in _SSO_ARN_PARAMETERS:
        if parameters.get(name):
            yield str(parameters[name])
    account = parameters.get("AccountId") or parameters.get("TargetId")
    if account or parameters.get("TargetType") == "ALL_PROVISIONED_ACCOUNTS":
        yield f"arn:aws:sso:::account/{account or '*'}"


def _tags_by_arn(world: World) -> dict[str, dict[str, str]]:
    instances: list[Instance] = list(world.identity_center.instances.values())
    return {arn: tags for instance in instances for arn, tags in instance.tags.items()}


def identity_store_permissions(world: World, call: Call, principal: Principal) -> list[RequiredPermission]:
    action = f"identitystore:{call.operation}"
    store = str(call.parameters.get("IdentityStoreId") or "")
    instance = world.identity_center.by_store(store) if store else None
    keys: dict[str, Value] = {"identitystore:PrimaryRegion": instance.region} if instance is not None else {}
    arns = []
    if store:
        owner = instance.store.owner if instance is not None else principal.account
        arns.append(f"arn:aws:identitystore::{owner}:identitystore/{store.rpartition('/')[2]}")
    arns += [_arn(kind, str(id_)) for kind, id_ in _named_entities(instance, call.parameters) if id_]
    if call.operation in _SEARCHED_KIND:
        arns.append(_arn(_SEARCHED_KIND[call.operation], "*"))
    return [RequiredPermission(action, arn, keys) for arn in dict.fromkeys(arns or [ANY])]


def _named_entities(instance: Instance | None, parameters: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Kind and id, or None, of each user, group and membership that the parameters name. A membership stands for its
    group and user too."""
    yield "group", parameters.get("GroupId")
    yield "user", parameters.get("UserId")
    member = parameters.get("MemberId")
    yield "user", member.get("UserId") if isinstance(member, dict) else None
    if not parameters.get("MembershipId"):
        return
    membership_id = str(parameters["MembershipId"]).rpartition("/")[2]
    yield "membership", membership_id
    membership = instance.store.memberships.get(membership_id) if instance is not None else None
    if membership is not None:
        yield "group", membership.group
        yield "user", membership.user


def _arn(kind: str, id_: str) -> str:
    return id_ if id_.startswith("arn:") else f"{_STORE}{kind}/{id_}"
