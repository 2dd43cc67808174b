"""An instance's access control attributes (ABAC): configured once, then updated or deleted.

Source: API_CreateInstanceAccessControlAttributeConfiguration and its kin. singlesignon/latest/userguide/limits.html
says nothing on their number; the API model allows 50.
"""

from __future__ import annotations

from typing import Any

from sandbox.aws.core.errors import AwsError
from sandbox.aws.core.registry import Context
from sandbox.aws.services.identity_center.instance import Instance

from .access import administered, operation

_MAX_ATTRIBUTES = 50


def _configured(context: Context) -> Instance:
    instance = administered(context)
    if instance.attributes is None:
        raise AwsError("ResourceNotFoundException", "Instance access control attributes are not configured.")
    return instance


def _given(context: Context) -> list[dict[str, Any]]:
    configuration = context.parameter("InstanceAccessControlAttributeConfiguration") or {}
    attributes: list[dict[str, Any]] = configuration.get("AccessControlAttributes", [])
    if len(attributes) > _MAX_ATTRIBUTES:
        raise AwsError("ValidationException", f"At most {_MAX_ATTRIBUTES} access control attributes are allowed.")
    keys = [attribute["Key"] for attribute in attributes]
    if len(set(keys)) < len(keys):
        raise AwsError("ValidationException", "An access control attribute's Key was given twice.")
    return attributes


@operation(
    "CreateInstanceAccessControlAttributeConfiguration",
    basis="assumed",
    note="at once ENABLED; that a second one is a conflict follows from the model's ConflictException",
)
def create_attributes(context: Context) -> None:
    instance = administered(context)
    if instance.attributes is not None:
        raise AwsError("ConflictException", "Instance access control attributes are already configured.")
    instance.attributes = _given(context)


@operation("UpdateInstanceAccessControlAttributeConfiguration")
def update_attributes(context: Context) -> None:
    _configured(context).attributes = _given(context)


@operation("DeleteInstanceAccessControlAttributeConfiguration")
def delete_attributes(context: Context) -> None:
    _configured(context).attributes = None


@operation("DescribeInstanceAccessControlAttributeConfiguration")
def describe_attributes(context: Context) -> dict[str, Any]:
    attributes = _configured(context).attributes
    return {
        "Status": "ENABLED",
        "InstanceAccessControlAttributeConfiguration": {"AccessControlAttributes": attributes},
    }
