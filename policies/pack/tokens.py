"""The type tokens that the rules look at. The pack shows a rule the same resources of a Terraform provider bridged by
hand too (`domain/resource_types.py`)."""

from __future__ import annotations

from pulumi_aws_identity_center.domain.resource_types import NATIVE_ORGANIZATION, NATIVE_ROLE, ROLE
from pulumi_aws_identity_center.names import (
    DELEGATED_ADMINISTRATOR_TYPE,
    ORGANIZATION_TYPE,
    SERVICE_ACCESS_TYPE,
    TRUSTED_ACCESS_TYPE,
)

__all__ = ["NATIVE_ORGANIZATION", "NATIVE_ROLE", "ROLE"]

ORGANIZATION = ORGANIZATION_TYPE
SERVICE_ACCESS = SERVICE_ACCESS_TYPE
DELEGATED_ADMINISTRATOR = DELEGATED_ADMINISTRATOR_TYPE
TRUSTED_ACCESS_COMPONENT = TRUSTED_ACCESS_TYPE
