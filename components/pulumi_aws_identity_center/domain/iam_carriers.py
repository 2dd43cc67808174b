"""The resource types that carry IAM permissions, and the property in which each carries what. Pure.

A path's `[]` is a list. Trust policies are not here: they say who may use a role, not what it may do. The aws package's
names: its schema, 7.51; aws-native's: pulumi.com/registry/packages/aws-native and CloudFormation's resource reference
(AWS::IAM::*, AWS::SSO::PermissionSet).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Any, NamedTuple


class Kind(Enum):
    DOCUMENT = "document"
    ARN = "managed policy"
    REFERENCE = "customer managed policy"  # by name, looked up in whichever account it is assigned
    BOUNDARY = "permissions boundary"  # an ARN or a name; limits, never grants


Path = tuple[Kind, str]
_DOCUMENT, _ARN, _REFERENCE, _BOUNDARY = Kind.DOCUMENT, Kind.ARN, Kind.REFERENCE, Kind.BOUNDARY
_BOUNDED: Path = (_BOUNDARY, "permissionsBoundary")
_NATIVE: tuple[Path, ...] = ((_DOCUMENT, "policies[].policyDocument"), (_ARN, "managedPolicyArns[]"))

FLOWS: Mapping[str, tuple[Path, ...]] = {
    "aws:iam/policy:Policy": ((_DOCUMENT, "policy"),),
    "aws:iam/rolePolicy:RolePolicy": ((_DOCUMENT, "policy"),),
    "aws:iam/userPolicy:UserPolicy": ((_DOCUMENT, "policy"),),
    "aws:iam/groupPolicy:GroupPolicy": ((_DOCUMENT, "policy"),),
    "aws:iam/role:Role": ((_DOCUMENT, "inlinePolicies[].policy"), (_ARN, "managedPolicyArns[]"), _BOUNDED),
    "aws:iam/user:User": (_BOUNDED,),
    "aws:iam/policyAttachment:PolicyAttachment": ((_ARN, "policyArn"),),
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": ((_ARN, "policyArn"),),
    "aws:iam/userPolicyAttachment:UserPolicyAttachment": ((_ARN, "policyArn"),),
    "aws:iam/groupPolicyAttachment:GroupPolicyAttachment": ((_ARN, "policyArn"),),
    "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive": ((_ARN, "policyArns[]"),),
    "aws:iam/userPolicyAttachmentsExclusive:UserPolicyAttachmentsExclusive": ((_ARN, "policyArns[]"),),
    "aws:iam/groupPolicyAttachmentsExclusive:GroupPolicyAttachmentsExclusive": ((_ARN, "policyArns[]"),),
    "aws:ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy": ((_DOCUMENT, "inlinePolicy"),),
    "aws:ssoadmin/managedPolicyAttachment:ManagedPolicyAttachment": ((_ARN, "managedPolicyArn"),),
    "aws:ssoadmin/managedPolicyAttachmentsExclusive:ManagedPolicyAttachmentsExclusive": (
        (_ARN, "managedPolicyArns[]"),
    ),
    "aws:ssoadmin/customerManagedPolicyAttachment:CustomerManagedPolicyAttachment": (
        (_REFERENCE, "customerManagedPolicyReference.name"),
    ),
    "aws:ssoadmin/customerManagedPolicyAttachmentsExclusive:CustomerManagedPolicyAttachmentsExclusive": (
        (_REFERENCE, "customerManagedPolicyReferences[].name"),
    ),
    "aws:ssoadmin/permissionsBoundaryAttachment:PermissionsBoundaryAttachment": (
        (_BOUNDARY, "permissionsBoundary.managedPolicyArn"),
        (_BOUNDARY, "permissionsBoundary.customerManagedPolicyReference.name"),
    ),
    "aws-identity-center:index:PermissionSet": (
        (_DOCUMENT, "inlinePolicy"),
        (_ARN, "managedPolicies[]"),
        (_REFERENCE, "customerManagedPolicies[].name"),
        (_BOUNDARY, "permissionsBoundary.managedPolicy"),
        (_BOUNDARY, "permissionsBoundary.customerManagedPolicy.name"),
    ),
    "aws-native:iam:ManagedPolicy": ((_DOCUMENT, "policyDocument"),),
    "aws-native:iam:Policy": ((_DOCUMENT, "policyDocument"),),
    "aws-native:iam:RolePolicy": ((_DOCUMENT, "policyDocument"),),
    "aws-native:iam:UserPolicy": ((_DOCUMENT, "policyDocument"),),
    "aws-native:iam:GroupPolicy": ((_DOCUMENT, "policyDocument"),),
    "aws-native:iam:Role": (*_NATIVE, _BOUNDED),
    "aws-native:iam:User": (*_NATIVE, _BOUNDED),
    "aws-native:iam:Group": _NATIVE,
    "aws-native:sso:PermissionSet": (
        (_DOCUMENT, "inlinePolicy"),
        (_ARN, "managedPolicies[]"),
        (_REFERENCE, "customerManagedPolicyReferences[].name"),
        (_BOUNDARY, "permissionsBoundary.managedPolicyArn"),
        (_BOUNDARY, "permissionsBoundary.customerManagedPolicyReference.name"),
    ),
}


# Managed policies, which nobody has yet, and the property that is their name in AWS.
MANAGED_POLICIES: Mapping[str, str] = {
    "aws:iam/policy:Policy": "name",
    "aws-native:iam:ManagedPolicy": "managedPolicyName",
}
# What the provider leaves as it is once the program doesn't set it any more ("Optional" and "Computed" in its schema):
# an output then has what others attached, or what stands at a template's URL. aws-native has none: Cloud Control takes
# away what a program no longer sets.
COMPUTED: Mapping[str, frozenset[str]] = {
    "aws:iam/role:Role": frozenset({"managedPolicyArns", "inlinePolicies"}),
    "aws:cloudformation/stack:Stack": frozenset({"templateBody"}),
    "aws:cloudformation/stackSet:StackSet": frozenset({"templateBody"}),
}
# The properties that name who has what a resource carries.
IAM_OWNER_KEYS: Mapping[str, str] = {
    **dict.fromkeys(("role", "roleName", "roles"), "role"),
    **dict.fromkeys(("user", "userName", "users"), "user"),
    **dict.fromkeys(("group", "groupName", "groups"), "group"),
}
OWNER_KEYS: Mapping[str, str] = {**IAM_OWNER_KEYS, "permissionSetArn": "permission set"}
DOCUMENT_KEYS = ("policy", "policyDocument")


def _keys_of(path: str) -> tuple[str, ...]:
    """The keys to walk; none for a property of the resource's own."""
    return () if path.isidentifier() else tuple(path.split("."))


_WALKS = {type_: tuple((kind, path, _keys_of(path)) for kind, path in paths) for type_, paths in FLOWS.items()}


class Flow(NamedTuple):
    """One thing that a resource carries. where: the property, such as `inlinePolicies[1].policy`."""

    kind: Kind
    where: str
    value: Any


def flows(type_: str, props: Mapping[str, Any], unknown: Any) -> Iterator[Flow]:
    """What a resource carries; the value is `unknown` where that stands for it, or for what it is in."""
    for kind, path, keys in _WALKS.get(type_, ()):
        values = _walk(props, keys, "", unknown) if keys else [(path, props.get(path))]
        for where, value in values:
            # "" is how the providers spell "none".
            if value not in (None, ""):
                yield Flow(kind, where, value)


def _walk(value: Any, keys: tuple[str, ...], where: str, unknown: Any) -> Iterator[tuple[str, Any]]:
    if not keys or value is unknown:
        yield where, value
        return
    block = _only_item(value)
    if not isinstance(block, Mapping):
        return
    name = keys[0].removesuffix("[]")
    inner, inner_where = block.get(name), f"{where}.{name}" if where else name
    if keys[0] == name or not isinstance(inner, list):
        yield from _walk(inner, keys[1:], inner_where, unknown)
        return
    for number, item in enumerate(inner):
        yield from _walk(item, keys[1:], f"{inner_where}[{number}]", unknown)


def _only_item(value: Any) -> Any:
    """A block of which there is one at most comes as a list from a provider bridged by hand."""
    return value[0] if isinstance(value, list) and len(value) == 1 else value
