"""The type tokens that the rules look at, in one table. Pulumi's aws package has kept them since its version 1."""

from __future__ import annotations

from pulumi_aws_identity_center.constants import (
    DELEGATED_ADMINISTRATOR_TYPE,
    ORGANIZATION_TYPE,
    PACKAGE,
    SERVICE_ACCESS_TYPE,
)

ORGANIZATION = ORGANIZATION_TYPE
# It has a feature set and no list of principals, so it can't take trusted access away.
NATIVE_ORGANIZATION = "aws-native:organizations:Organization"
SERVICE_ACCESS = SERVICE_ACCESS_TYPE
DELEGATED_ADMINISTRATOR = DELEGATED_ADMINISTRATOR_TYPE

TRUSTED_ACCESS_COMPONENT = f"{PACKAGE}:index:TrustedAccess"

ROLE = "aws:iam/role:Role"
SERVICE_LINKED_ROLE = "aws:iam/serviceLinkedRole:ServiceLinkedRole"
ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy"
ROLE_POLICY_ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
NATIVE_ROLE = "aws-native:iam:Role"
NATIVE_SERVICE_LINKED_ROLE = "aws-native:iam:ServiceLinkedRole"
