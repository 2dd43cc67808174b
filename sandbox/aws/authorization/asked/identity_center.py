"""What calls of sso-admin and identitystore ask: list_awsiamidentitycenter.html, list_awsidentitystore.html. All
resources of a call have to be allowed, as singlesignon/latest/userguide/iam-auth-access-using-id-policies.html shows:
instance, permission set and account. Which of the "All…" resources the reads of an identity store ask is from the first
edition of the reference, and that creating with tags takes sso:TagResource too is as with other services (assumed)."""

from __future__ import annotations

from typing import Any

from pulumi_aws_identity_center.iam.request import Value

from sandbox.aws.authorization.principals import Principal
from sandbox.aws.core.wire import Call
from sandbox.aws.core.world import World
from sandbox.aws.services.identity_center.instance import Instance

from .ask import ANY, Ask, request_tags, tag_keys

_SSO_ARNS = ("InstanceArn", "PermissionSetArn", "ResourceArn")
_STORE = "arn:aws:identitystore:::"
# What operations make that can give it tags at once, * for what isn't known yet.
_MADE = {"CreatePermissionSet": "arn:aws:sso:::permissionSet/{}/*", "CreateInstance": "arn:aws:sso:::instance/*"}
# Operations that ask for every one of a kind, as they look for it or go through all of them.
_ALL = {
    "ListUsers": ("user",),
    "GetUserId": ("user",),
    "ListGroups": ("group",),
    "GetGroupId": ("group",),
    "ListGroupMemberships": ("membership",),
    "ListGroupMembershipsForMember": ("membership",),
}


def asks_of_sso(world: World, call: Call, principal: Principal) -> list[Ask]:
    given, action = call.parameters, f"sso:{call.operation}"
    arns = list(dict.fromkeys(str(given[name]) for name in _SSO_ARNS if given.get(name)))
    account = given.get("AccountId") or given.get("TargetId")
    if account or given.get("TargetType") == "ALL_PROVISIONED_ACCOUNTS":
        arns.append(f"arn:aws:sso:::account/{account or '*'}")
    tags, keys = _tags(world), request_tags(call)
    asked = [Ask(action, arn, {**keys, **tag_keys("aws:ResourceTag", tags.get(arn, {}))}) for arn in arns]
    asked = asked or [Ask(action, ANY, keys)]
    if given.get("Tags") and call.operation in _MADE:
        made = _MADE[call.operation].format(str(given.get("InstanceArn")).rpartition("/")[2])
        asked.append(Ask("sso:TagResource", made, keys, resource_known=False))
    return asked


def _tags(world: World) -> dict[str, dict[str, str]]:
    instances: list[Instance] = list(world.identity_center.instances.values())
    return {arn: tags for instance in instances for arn, tags in instance.tags.items()}


def asks_of_identity_store(world: World, call: Call, principal: Principal) -> list[Ask]:
    given, action = call.parameters, f"identitystore:{call.operation}"
    store = str(given.get("IdentityStoreId") or "")
    instance = world.identity_center.by_store(store) if store else None
    keys: dict[str, Value] = {}
    if instance is not None:
        keys["identitystore:PrimaryRegion"] = instance.region
    arns = []
    if store:
        owner = instance.store.owner if instance is not None else principal.account
        arns.append(f"arn:aws:identitystore::{owner}:identitystore/{store.rpartition('/')[2]}")
    arns += [_arn(kind, str(id_)) for kind, id_ in _named(instance, given)]
    arns += [f"{_STORE}{kind}/*" for kind in _ALL.get(call.operation, ())]
    return [Ask(action, arn, keys) for arn in dict.fromkeys(arns)] or [Ask(action, ANY, keys)]


def _named(instance: Instance | None, given: dict[str, Any]) -> list[tuple[str, str]]:
    """The users, groups and memberships that the call names; a membership stands for its group and user too."""
    found = [("group", given.get("GroupId")), ("user", given.get("UserId"))]
    member = given.get("MemberId")
    found.append(("user", member.get("UserId") if isinstance(member, dict) else None))
    if given.get("MembershipId"):
        id_ = str(given["MembershipId"]).rpartition("/")[2]
        row = instance.store.memberships.get(id_) if instance is not None else None
        found.append(("membership", id_))
        found += [("group", row.group), ("user", row.user)] if row is not None else []
    return [(kind, str(id_)) for kind, id_ in found if id_]


def _arn(kind: str, id_: str) -> str:
    return id_ if id_.startswith("arn:") else f"{_STORE}{kind}/{id_}"
