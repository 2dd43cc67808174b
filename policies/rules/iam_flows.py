"""Where IAM permissions flow through a program's resources: the types, and in which property each carries what.

A path's `[]` is a list. Boundaries and trust policies are not here: a boundary never grants, and a trust policy says
who may use a role, not what it may do. The aws package's names: its schema, 7.51; aws-native's: CloudFormation's
resource reference (AWS::IAM::*, AWS::SSO::PermissionSet), assumed to be spelt as that package spells all of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Any

from .rule import UNKNOWN, Declared


class Kind(Enum):
    DOCUMENT = "document"
    ARN = "managed policy"
    REFERENCE = "customer managed policy"  # by name, looked up in whichever account it is assigned


_DOCUMENT, _ARN, _REFERENCE = Kind.DOCUMENT, Kind.ARN, Kind.REFERENCE
_NATIVE_PRINCIPAL = ((_DOCUMENT, "policies[].policyDocument"), (_ARN, "managedPolicyArns[]"))

FLOWS: Mapping[str, tuple[tuple[Kind, str], ...]] = {
    "aws:iam/policy:Policy": ((_DOCUMENT, "policy"),),
    "aws:iam/rolePolicy:RolePolicy": ((_DOCUMENT, "policy"),),
    "aws:iam/userPolicy:UserPolicy": ((_DOCUMENT, "policy"),),
    "aws:iam/groupPolicy:GroupPolicy": ((_DOCUMENT, "policy"),),
    "aws:iam/role:Role": ((_DOCUMENT, "inlinePolicies[].policy"), (_ARN, "managedPolicyArns[]")),
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
    "aws-native:iam:ManagedPolicy": ((_DOCUMENT, "policyDocument"),),
    "aws-native:iam:RolePolicy": ((_DOCUMENT, "policyDocument"),),
    "aws-native:iam:UserPolicy": ((_DOCUMENT, "policyDocument"),),
    "aws-native:iam:GroupPolicy": ((_DOCUMENT, "policyDocument"),),
    "aws-native:iam:Role": _NATIVE_PRINCIPAL,
    "aws-native:iam:User": _NATIVE_PRINCIPAL,
    "aws-native:iam:Group": _NATIVE_PRINCIPAL,
    "aws-native:sso:PermissionSet": (
        (_DOCUMENT, "inlinePolicy"),
        (_ARN, "managedPolicies[]"),
        (_REFERENCE, "customerManagedPolicyReferences[].name"),
    ),
}


def flows(resource: Declared) -> Iterator[tuple[Kind, str, Any]]:
    """What it carries: the kind, where it is (`inlinePolicies[1].policy`), and the value, which may be UNKNOWN."""
    for kind, path in FLOWS.get(resource.type, ()):
        for where, value in _walk(resource.props, path.split("."), ""):
            # "" is how the providers spell "none".
            if value not in (None, ""):
                yield kind, where, value


def _walk(value: Any, path: list[str], where: str) -> Iterator[tuple[str, Any]]:
    if not path or value is UNKNOWN:
        yield where, value
        return
    if not isinstance(value, Mapping):
        return
    key, rest = path[0].removesuffix("[]"), path[1:]
    here, found = f"{where}.{key}".lstrip("."), value.get(key)
    if not path[0].endswith("[]") or not isinstance(found, list):
        yield from _walk(found, rest, here)
        return
    for number, item in enumerate(found):
        yield from _walk(item, rest, f"{here}[{number}]")
