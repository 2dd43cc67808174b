"""Which resource gives which policy to which identity, and which identity it is itself. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from pulumi_aws_identity_center.domain.iam_carriers import FLOWS, Kind, flows
from pulumi_aws_identity_center.domain.ignore_changes import Ignored, how_ignored
from pulumi_aws_identity_center.domain.resource_types import ROLE
from pulumi_aws_identity_center.domain.values import as_list
from pulumi_aws_identity_center.gate.change import UNKNOWN, Action, Change, Resource, hides, known_text
from pulumi_aws_identity_center.names import POLICY_PREFIX

from .policies import ATTACHED, BOUNDARY, INLINE, MEMBER, OWN_DOCUMENT, Content, Reference, Slot

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
_OWN_NAMES: Final = {**IDENTITIES, **{type_: ("policy", key) for type_, key in POLICIES.items()}}
_DOCUMENTS: Final = ("policy", "policyDocument")
# A user and the groups, or a group and its users.
_MEMBERSHIPS: Final = frozenset(
    {
        "aws:iam/userGroupMembership:UserGroupMembership",
        "aws:iam/groupMembership:GroupMembership",
        "aws-native:iam:UserToGroupAddition",
        "aws-native:iam:User",
    }
)
_OWNER_KEYS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("role", "roleName", "roles"), "role"),
    **dict.fromkeys(("user", "userName", "users"), "user"),
    **dict.fromkeys(("group", "groupName", "groups"), "group"),
    "permissionSetArn": "permission set",
}
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


class Owner(NamedTuple):
    """An identity in an account that is still to be told."""

    kind: str
    name: str


class Holding(NamedTuple):
    """What a resource gives to somebody."""

    owner: Owner
    slot: Slot
    content: Content


def is_guard_name(name: str) -> bool:
    return "guard" in name and _GUARD_NAME.fullmatch(name) is not None


def owner_of(change: Change, props: Mapping[str, Any]) -> Owner:
    """Who an identity's resource is, or which policy."""
    kind, key = _OWN_NAMES[change.type]
    return Owner(kind, _last_part(props.get(key)) or f"?{change.address}")


def holdings(change: Change, resource: Resource | None, *, planned: bool) -> Iterator[Holding]:
    """What the resource gives to whom: as AWS has it, or as the plan makes it."""
    if resource is None:
        return
    props = planned_properties(change) if planned else resource.properties()
    own = owner_of(change, props) if change.type in _OWN_NAMES else None
    if own and change.type in POLICIES:
        yield from _of_policy(change.type, own, props)
        return
    if change.type in _MEMBERSHIPS:
        yield from _memberships(props, own)
    owners = [own] if own else _owners(change.address, props)
    for kind, path, value in flows(change.type, props, UNKNOWN):
        slot, content = _slot(kind, path, value, props)
        for owner in owners or [Owner("identity", f"?{change.address}")]:
            yield Holding(owner, slot, content)


def _of_policy(type_: str, own: Owner, props: Mapping[str, Any]) -> Iterator[Holding]:
    """A managed policy has its document; aws-native's attaches itself."""
    documents = [document for _, _, document in flows(type_, props, UNKNOWN)]
    yield Holding(own, OWN_DOCUMENT, documents[0] if documents else "")
    for holder in holders(props):
        yield Holding(holder, Slot(ATTACHED, own.name), Reference(own.name))


def _slot(kind: Kind, path: str, value: Any, props: Mapping[str, Any]) -> tuple[Slot, Content]:
    if kind is Kind.DOCUMENT:
        return Slot(INLINE, _inline_name(path, props)), value
    name = policy_name(value)
    slot = Slot(BOUNDARY) if kind is Kind.BOUNDARY else Slot(ATTACHED, name or UNKNOWN)
    return slot, Reference(name) if name else UNKNOWN


def _inline_name(path: str, props: Mapping[str, Any]) -> str:
    """The name of the inline policy whose document is at `inlinePolicies[1].policy`, or is the resource's own."""
    listed = re.match(r"(\w+)\[(\d+)\]", path)
    holder = props[listed[1]][int(listed[2])] if listed else props
    if not isinstance(holder, Mapping):
        return ""
    return str(holder.get("name") or holder.get("policyName") or "")


def policy_name(value: Any) -> str:
    """Of a policy, by ARN, name or reference; "" where it can't be known."""
    return _last_part(value.get("name") if isinstance(value, Mapping) else value)


def _last_part(name: Any) -> str:
    """Of a name or an ARN; "" where the plan hides it."""
    return known_text(name).rpartition("/")[2]


def _owners(address: str, props: Mapping[str, Any]) -> list[Owner]:
    """Those whom an attachment or an inline policy is for; one whom the plan hides is somebody of its own."""
    owners: list[Owner] = []
    if props.keys().isdisjoint(_OWNER_KEYS):
        return owners  # most policies
    for key, kind in _OWNER_KEYS.items():
        for name in as_list(props.get(key)):
            if name not in (None, ""):
                owners.append(Owner(kind, _last_part(name) or f"?{address}"))
    return owners


def _memberships(props: Mapping[str, Any], own: Owner | None) -> Iterator[Holding]:
    owners = holders(props)
    users = [own] if own else [owner for owner in owners if owner.kind == "user"]
    groups = [owner.name for owner in owners if owner.kind == "group"]
    for user in users:
        yield from (Holding(user, Slot(MEMBER, group), Reference(group)) for group in groups)


def holders(props: Mapping[str, Any]) -> list[Owner]:
    return _owners("", props)


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
    for name, value in before.properties().items():
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
    before, after = change.before, change.after
    if change.type not in POLICIES or before is None or after is None or not change.stays_managed:
        return ""
    name = str(after.tells(POLICIES[change.type]) or "")
    attaches_itself = any(map(holders, (before.inputs, before.outputs, after.inputs)))
    if attaches_itself or is_guard_name(name) or not _stays_as_it_is(change.type, before, after):
        return ""
    return name


def _stays_as_it_is(type_: str, before: Resource, after: Resource) -> bool:
    """Whether an update is of other properties than a policy's name and document."""
    if before is after:
        return True
    names = (POLICIES[type_], *_DOCUMENTS)
    values = [after.tells(name) for name in names]
    return values == [before.has(name) for name in names] and not hides(values)


def policy_document(resource: Resource) -> Content:
    document: Content = next(filter(None, map(resource.has, _DOCUMENTS)), "")
    return document


# What names an identity or a policy's one holder: a list of holders that the program leaves out is taken away.
IDENTITY_KEYS: Final = frozenset({"arn", *(key for _, key in IDENTITIES.values()), *_OWNER_KEYS}) - {
    *("roles", "users", "groups"),
}
