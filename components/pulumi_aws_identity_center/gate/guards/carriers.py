"""Which resource gives which policy to which identity. Pure.

What an identity has is a set of slots: an inline policy by name, an attached policy by name, the boundary, a group it
is a member of. Two resources that name one slot are one thing in AWS: the later call wins.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from pulumi_aws_identity_center.domain.iam_carriers import FLOWS, Kind, flows
from pulumi_aws_identity_center.domain.ignore_changes import Ignored, how_ignored
from pulumi_aws_identity_center.domain.resource_types import ROLE
from pulumi_aws_identity_center.gate.change import UNKNOWN, Action, Cause, Change, Resource, hides, is_unknown
from pulumi_aws_identity_center.names import POLICY_PREFIX

# Policies of a set with another prefix are known by what they say; their boundary also by what it is for.
_GUARD_NAME = re.compile(rf"{POLICY_PREFIX}guard(-.*)?|.*guard-boundary")
IAM_ARN = re.compile(r"arn:(aws[\w-]*):iam::(\d{12}):")

# By type: the kind of identity, and the property that names it.
IDENTITIES: Final[Mapping[str, tuple[str, str]]] = {
    "aws:iam/role:Role": ("role", "name"),
    "aws:iam/user:User": ("user", "name"),
    "aws:iam/group:Group": ("group", "name"),
    "aws:ssoadmin/permissionSet:PermissionSet": ("permission set", "arn"),
    "aws-native:iam:Role": ("role", "roleName"),
    "aws-native:iam:User": ("user", "userName"),
    "aws-native:iam:Group": ("group", "groupName"),
    "aws-native:sso:PermissionSet": ("permission set", "permissionSetArn"),
}
POLICIES: Final[Mapping[str, str]] = {
    "aws:iam/policy:Policy": "name",
    "aws-native:iam:ManagedPolicy": "managedPolicyName",
}
_DOCUMENTS: Final = ("policy", "policyDocument")
# A membership: whom it is of, and the groups; or a group, and its users.
_MEMBERSHIPS: Final = frozenset(
    {
        "aws:iam/userGroupMembership:UserGroupMembership",
        "aws:iam/groupMembership:GroupMembership",
        "aws-native:iam:UserToGroupAddition",
    }
)
_OWNER_KEYS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("role", "roleName", "roles"), "role"),
    **dict.fromkeys(("user", "userName", "users"), "user"),
    **dict.fromkeys(("group", "groupName", "groups"), "group"),
    "permissionSetArn": "permission set",
}
INLINE, ATTACHED, BOUNDARY, MEMBER, DOCUMENT = "inline", "attached", "boundary", "member", "document"
# Lists that are exclusive whenever they are applied: what of theirs the identity has and the list lacks is taken off.
# pulumi.com/registry/packages/aws/api-docs/iam: RolePolicyAttachmentsExclusive and its like, Role.
EXCLUSIVE: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    **{
        f"aws:iam/{kind}PolicyAttachmentsExclusive:{kind.title()}PolicyAttachmentsExclusive": (
            (ATTACHED, "policyArns"),
        )
        for kind in ("role", "user", "group")
    },
    **{
        f"aws:iam/{kind}PoliciesExclusive:{kind.title()}PoliciesExclusive": ((INLINE, "policyNames"),)
        for kind in ("role", "user", "group")
    },
    "aws:ssoadmin/customerManagedPolicyAttachmentsExclusive:CustomerManagedPolicyAttachmentsExclusive": (
        (ATTACHED, "customerManagedPolicyReferences"),
    ),
    "aws:iam/role:Role": ((ATTACHED, "managedPolicyArns"), (INLINE, "inlinePolicies")),
}
# A policy attached to exactly these: also whom another resource attached it to loses it.
ONLY_HOLDERS: Final = "aws:iam/policyAttachment:PolicyAttachment"
# What the provider leaves as it is once the program doesn't set it any more ("Optional" and "Computed" in its schema).
# aws-native has no such properties: Cloud Control takes away what a program no longer sets.
COMPUTED: Final[Mapping[str, frozenset[str]]] = {ROLE: frozenset({"managedPolicyArns", "inlinePolicies"})}
CARRIERS: Final = frozenset(FLOWS) | frozenset(IDENTITIES) | frozenset(EXCLUSIVE) | _MEMBERSHIPS


@dataclass(frozen=True, slots=True)
class Reference:
    """A managed policy that something names: by ARN, or by name in the identity's own account."""

    name: str


Content = Reference | str | Mapping[str, Any]
Slot = tuple[str, str]
Owner = tuple[str, str]
"""(kind, name): an identity in an account that is still to be told."""


def is_guard_name(name: str) -> bool:
    return "guard" in name and _GUARD_NAME.fullmatch(name) is not None


def owner_of(change: Change, props: Mapping[str, Any]) -> Owner | None:
    """Who an identity's resource is, or which policy; None for what is neither."""
    if change.type in IDENTITIES:
        kind, key = IDENTITIES[change.type]
    elif change.type in POLICIES:
        kind, key = "policy", POLICIES[change.type]
    else:
        return None
    return kind, _owner_name(props.get(key)) or f"?{change.address}"


def slots(change: Change, resource: Resource | None, *, planned: bool) -> Iterator[tuple[Owner, Slot, Content]]:
    """What the resource gives to whom: as AWS has it, or as the plan makes it."""
    if resource is None:
        return
    props = planned_properties(change) if planned else _properties(resource)
    own = owner_of(change, props)
    if own and change.type in POLICIES:
        yield own, (DOCUMENT, ""), _own_document(change.type, props)
        for holder in holders(props):  # aws-native's attaches itself
            yield holder, (ATTACHED, own[1]), Reference(own[1])
        return
    if change.type in _MEMBERSHIPS or (change.type == "aws-native:iam:User" and props.get("groups")):
        yield from _memberships(props, own)
    owners = [own] if own else _owners(change.address, props)
    for kind, path, value in flows(change.type, props, UNKNOWN):
        slot, content = _slot(kind, path, value, props)
        for owner in owners or [("identity", f"?{change.address}")]:
            yield owner, slot, content


def _own_document(type_: str, props: Mapping[str, Any]) -> Content:
    """A managed policy's own document; "" where it has none."""
    for _, _, document in flows(type_, props, UNKNOWN):
        content: Content = document
        return content
    return ""


def _slot(kind: Kind, path: str, value: Any, props: Mapping[str, Any]) -> tuple[Slot, Content]:
    if kind is Kind.DOCUMENT:
        return (INLINE, _inline_name(path, props)), value
    name = policy_name(value)
    slot = (BOUNDARY, "") if kind is Kind.BOUNDARY else (ATTACHED, name or UNKNOWN)
    return slot, UNKNOWN if name is None else Reference(name)


def _inline_name(path: str, props: Mapping[str, Any]) -> str:
    """The name of the inline policy whose document is at `inlinePolicies[1].policy`, or is the resource's own."""
    listed = re.match(r"(\w+)\[(\d+)\]", path)
    holder = props[listed[1]][int(listed[2])] if listed else props
    if not isinstance(holder, Mapping):
        return ""
    return str(holder.get("name") or holder.get("policyName") or "")


def policy_name(value: Any) -> str | None:
    """Of a policy, by ARN, name or reference; None where it can't be known."""
    name = value.get("name") if isinstance(value, Mapping) else value
    if not isinstance(name, str) or is_unknown(name):
        return None
    return name.rpartition("/")[2]


def _owners(address: str, props: Mapping[str, Any]) -> list[Owner]:
    """Those whom an attachment or an inline policy is for; one whom the plan hides is somebody of its own."""
    owners: list[Owner] = []
    if _OWNER_KEYS.keys().isdisjoint(props):
        return owners
    for key, kind in _OWNER_KEYS.items():
        value = props.get(key)
        for name in value if isinstance(value, list) else [value]:
            if name not in (None, ""):
                owners.append((kind, _owner_name(name) or f"?{address}"))
    return owners


def _owner_name(name: Any) -> str:
    """The last part of a name or an ARN; "" where the plan hides it."""
    if not isinstance(name, str) or is_unknown(name):
        return ""
    return name.rpartition("/")[2]


def _memberships(props: Mapping[str, Any], own: Owner | None) -> Iterator[tuple[Owner, Slot, Content]]:
    owners = _owners("", props)
    users = [own] if own else [owner for owner in owners if owner[0] == "user"]
    groups = [name for kind, name in owners if kind == "group"]
    for user in users:
        for group in groups:
            yield user, (MEMBER, group), Reference(group)


def holders(props: Mapping[str, Any]) -> list[Owner]:
    return _owners("", props)


def _properties(resource: Resource) -> Mapping[str, Any]:
    """As AWS has them: what a refresh brought in stands in the outputs."""
    outputs = {name: value for name, value in resource.outputs.items() if value is not None}
    return {**resource.inputs, **outputs}


def planned_properties(change: Change) -> Mapping[str, Any]:
    """As the plan makes them. What the program doesn't set stays where the provider, the diff or ignoreChanges leaves
    it alone, and is taken away otherwise."""
    before, after = change.before, change.after
    if after is None:
        return {}
    props = dict(after.inputs)
    if before is None or change.action not in (Action.UPDATE, Action.SAME):
        arns = {key: after.outputs[key] for key in ("arn", "permissionSetArn") if key in after.outputs}
        return {**arns, **props}
    for name, value in _properties(before).items():
        if name not in props and _stays(change, after, name):
            props[name] = value
    return props


def _stays(change: Change, after: Resource, name: str) -> bool:
    is_computed = name in COMPUTED.get(change.type, ())
    if change.action is Action.SAME or is_computed or name in IDENTITY_KEYS:
        return True
    if how_ignored(name, after.ignores) is Ignored.ALL:
        return True
    in_path = re.compile(rf"\W*{re.escape(name)}\b")
    return bool(change.paths) and not any(map(in_path.match, change.paths))


def standing_policy(change: Change) -> str:
    """The name of a managed policy whose document stays as it is; "" of anything else, of a guard by its name, and of
    one that attaches itself."""
    if change.type not in POLICIES or change.action not in (Action.SAME, Action.UPDATE) or change.imported:
        return ""
    before, after = change.before, change.after
    if before is None or after is None or change.cause is not Cause.PLAN:
        return ""
    name_property = POLICIES[change.type]
    name = str(after.tells(name_property) or "")
    stays = before is after or _stays_as_it_is(before, after, name_property)
    attaches_itself = any(map(holders, (before.inputs, before.outputs, after.inputs)))
    if not stays or is_guard_name(name) or attaches_itself:
        return ""
    return name


def _stays_as_it_is(before: Resource, after: Resource, name_property: str) -> bool:
    """Whether an update is of other properties than a policy's name and document."""
    names = (name_property, *_DOCUMENTS)
    values = [after.tells(name) for name in names]
    return values == [before.has(name) for name in names] and not hides(values)


def policy_document(resource: Resource) -> Content:
    document: Content = next(filter(None, map(resource.has, _DOCUMENTS)), "")
    return document


# What names an identity or a policy's one holder: a list of holders that the program leaves out is taken away.
IDENTITY_KEYS: Final = frozenset({"arn", *(key for _, key in IDENTITIES.values()), *_OWNER_KEYS}) - {
    *("roles", "users", "groups"),
}
