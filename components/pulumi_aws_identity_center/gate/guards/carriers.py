"""The resource types that carry IAM policies or are identities, and the properties that name both. Tables only."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from pulumi_aws_identity_center.domain.iam_carriers import FLOWS, OWNER_KEYS
from pulumi_aws_identity_center.names import POLICY_PREFIX

from .policies import ATTACHED, INLINE

# Policies of a set with another prefix are known by what they say; their boundary also by what it is for.
_GUARD_NAME = re.compile(rf"{POLICY_PREFIX}guard(-.*)?|.*guard-boundary")

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
# Managed policies that name their own holders.
SELF_ATTACHING: Final = frozenset({"aws-native:iam:ManagedPolicy"})
# A user and the groups, or a group and its users.
MEMBERSHIPS: Final = frozenset(
    {
        "aws:iam/userGroupMembership:UserGroupMembership",
        "aws:iam/groupMembership:GroupMembership",
        "aws-native:iam:UserToGroupAddition",
        "aws-native:iam:User",
    }
)
# Lists that are exclusive whenever they are applied: what of theirs the identity has and the list lacks is taken off.
# pulumi.com/registry/packages/aws/api-docs/iam: RolePolicyAttachmentsExclusive and its like, Role.
EXCLUSIVE: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive": ((ATTACHED, "policyArns"),),
    "aws:iam/userPolicyAttachmentsExclusive:UserPolicyAttachmentsExclusive": ((ATTACHED, "policyArns"),),
    "aws:iam/groupPolicyAttachmentsExclusive:GroupPolicyAttachmentsExclusive": ((ATTACHED, "policyArns"),),
    "aws:iam/rolePoliciesExclusive:RolePoliciesExclusive": ((INLINE, "policyNames"),),
    "aws:iam/userPoliciesExclusive:UserPoliciesExclusive": ((INLINE, "policyNames"),),
    "aws:iam/groupPoliciesExclusive:GroupPoliciesExclusive": ((INLINE, "policyNames"),),
    "aws:ssoadmin/customerManagedPolicyAttachmentsExclusive:CustomerManagedPolicyAttachmentsExclusive": (
        (ATTACHED, "customerManagedPolicyReferences"),
    ),
    "aws:iam/role:Role": ((ATTACHED, "managedPolicyArns"), (INLINE, "inlinePolicies")),
}
# A policy attached to exactly these: also whom another resource attached it to loses it.
ONLY_HOLDERS: Final = "aws:iam/policyAttachment:PolicyAttachment"
CARRIERS: Final = frozenset(FLOWS) | frozenset(IDENTITIES) | frozenset(EXCLUSIVE) | MEMBERSHIPS
# What names an identity or a policy's one holder: a list of holders that the program leaves out is taken away.
IDENTITY_KEYS: Final = frozenset({"arn", *(key for _, key in IDENTITIES.values()), *OWNER_KEYS}) - {
    *("roles", "users", "groups"),
}


def is_guard_name(name: str) -> bool:
    return "guard" in name and _GUARD_NAME.fullmatch(name) is not None
