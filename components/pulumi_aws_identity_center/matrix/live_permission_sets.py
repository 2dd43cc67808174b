"""The content of permission sets as AWS has it, in the keys of access.yaml: five calls for each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi_aws_identity_center.aws.reader import Reader, Row, Unanswered
from pulumi_aws_identity_center.iam import RepeatedKey, read_json

from .live_center import Instance

_ADMIN = "sso-admin"
# API_CreatePermissionSet.html: one hour, unless given.
DEFAULT_DURATION = "PT1H"


def read_content(reader: Reader, instance: Instance, described: Mapping[str, Row]) -> dict[str, dict[str, Any]]:
    """By name; what is empty, or AWS's default, is left out. described: DescribePermissionSet's row by ARN. Raises
    Unanswered."""
    rows = sorted(described.values(), key=lambda row: str(row["Name"]))
    contents = reader.map(lambda row: _read(reader, instance, row), rows)
    return {str(row["Name"]): content for row, content in zip(rows, contents, strict=True)}


def _read(reader: Reader, instance: Instance, described: Row) -> dict[str, Any]:
    arn = described["PermissionSetArn"]
    about = {"InstanceArn": instance.arn, "PermissionSetArn": arn}
    managed = reader.rows(_ADMIN, "list_managed_policies_in_permission_set", "AttachedManagedPolicies", **about)
    operation = "list_customer_managed_policy_references_in_permission_set"
    customer_managed = reader.rows(_ADMIN, operation, "CustomerManagedPolicyReferences", **about)
    tags = reader.rows(_ADMIN, "list_tags_for_resource", "Tags", InstanceArn=instance.arn, ResourceArn=arn)
    duration = described.get("SessionDuration")
    content = {
        "description": described.get("Description"),
        "sessionDuration": None if duration == DEFAULT_DURATION else duration,
        "relayState": described.get("RelayState"),
        "managedPolicies": sorted(row["Arn"] for row in managed),
        "customerManagedPolicies": sorted(map(_reference, customer_managed), key=lambda one: one["name"]),
        "inlinePolicy": _document(reader.call(_ADMIN, "get_inline_policy_for_permission_set", **about)),
        "permissionsBoundary": _boundary(reader, about),
        "tags": {row["Key"]: row["Value"] for row in tags},
    }
    return {name: value for name, value in content.items() if value}


def _reference(row: Mapping[str, Any]) -> dict[str, str]:
    path = row.get("Path") or "/"
    return {"name": row["Name"]} if path == "/" else {"name": row["Name"], "path": path}


def _document(answer: Mapping[str, Any]) -> Any:
    """An object, which reads better; the text, where it has a key twice or YAML would not give its numbers back."""
    text = answer.get("InlinePolicy") or ""
    try:
        document = read_json(text) if text else None
    except RepeatedKey:
        return text
    return text if _has_number(document) else document


def _has_number(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(map(_has_number, value.values()))
    if isinstance(value, list):
        return any(map(_has_number, value))
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _boundary(reader: Reader, about: Mapping[str, str]) -> dict[str, Any] | None:
    try:
        answer = reader.call(_ADMIN, "get_permissions_boundary_for_permission_set", **about)
    except Unanswered as error:
        if error.answer.code == "ResourceNotFoundException":  # how AWS says that there is none
            return None
        raise
    boundary = answer.get("PermissionsBoundary") or {}
    if "ManagedPolicyArn" in boundary:
        return {"managedPolicy": boundary["ManagedPolicyArn"]}
    reference = boundary.get("CustomerManagedPolicyReference")
    return {"customerManagedPolicy": _reference(reference)} if reference else None
