"""The type tokens that the rules look at, in one table, as the aws package has kept them since its version 1.

The pack shows a rule these for the same resources of a Terraform provider bridged by hand too
(`domain/resource_types.py`).
"""

from __future__ import annotations

from pulumi_aws_identity_center.domain.resource_types import (
    NATIVE_ORGANIZATION,
    NATIVE_ROLE,
    NATIVE_SERVICE_LINKED_ROLE,
    ROLE,
    SERVICE_LINKED_ROLE,
    canonical,
)
from pulumi_aws_identity_center.names import (
    DELEGATED_ADMINISTRATOR_TYPE,
    ORGANIZATION_TYPE,
    SERVICE_ACCESS_TYPE,
    TRUSTED_ACCESS_TYPE,
)

__all__ = [
    "NATIVE_ORGANIZATION",
    "NATIVE_ROLE",
    "NATIVE_SERVICE_LINKED_ROLE",
    "ROLE",
    "SERVICE_LINKED_ROLE",
    "canonical",
]

ORGANIZATION = ORGANIZATION_TYPE
# aws-native's has a feature set and no list of principals; its deletion is the organization's end as well.
SERVICE_ACCESS = SERVICE_ACCESS_TYPE
DELEGATED_ADMINISTRATOR = DELEGATED_ADMINISTRATOR_TYPE

TRUSTED_ACCESS_COMPONENT = TRUSTED_ACCESS_TYPE

ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy"
ROLE_POLICY_ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
# Whatever else names a role that it changes.
OF_A_ROLE = frozenset(
    {
        *(ROLE_POLICY, ROLE_POLICY_ATTACHMENT, "aws:iam/policyAttachment:PolicyAttachment"),
        *("aws:iam/rolePoliciesExclusive:RolePoliciesExclusive", "aws:iam/instanceProfile:InstanceProfile"),
        "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive",
        *("aws-native:iam:RolePolicy", "aws-native:iam:ManagedPolicy", "aws-native:iam:InstanceProfile"),
    }
)
