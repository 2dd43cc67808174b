"""The content of permission sets as AWS has it, in the keys of access.yaml: five calls for each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pulumi_aws_identity_center.aws.permission_set_changes import DEFAULT_DURATION
from pulumi_aws_identity_center.aws.permission_sets import PermissionSets
from pulumi_aws_identity_center.aws.reader import Reader, Row
from pulumi_aws_identity_center.iam import RepeatedKey, read_json

from .live_center import Instance


def read_content(reader: Reader, instance: Instance, described: Mapping[str, Row]) -> dict[str, dict[str, Any]]:
    """By name; what is empty, or AWS's default, is left out. described: DescribePermissionSet's row by ARN. Raises
    Unanswered."""
    rows = sorted(described.values(), key=lambda row: str(row["Name"]))
    parts = reader.map(PermissionSets(reader, instance.arn).parts, rows)
    return {str(row["Name"]): _as_declared(own) for row, own in zip(rows, parts, strict=True)}


def _as_declared(parts: Mapping[str, Any]) -> dict[str, Any]:
    content = {name: _WRITTEN[name](part) if name in _WRITTEN else part for name, part in parts.items()}
    return {name: part for name, part in content.items() if part}


def _duration(duration: str) -> str:
    return "" if duration == DEFAULT_DURATION else duration


def _reference(policy: Mapping[str, str]) -> dict[str, str]:
    return {name: text for name, text in policy.items() if (name, text) != ("path", "/")}


def _boundary(boundary: Mapping[str, Any]) -> dict[str, Any]:
    return {key: policy if isinstance(policy, str) else _reference(policy) for key, policy in boundary.items()}


def _document(text: str) -> Any:
    """An object, which reads better; the text, where it has a key twice or YAML would not give its numbers back."""
    try:
        document = read_json(text)
    except RepeatedKey:
        return text
    return text if _has_number(document) else document


def _has_number(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(map(_has_number, value.values()))
    if isinstance(value, list):
        return any(map(_has_number, value))
    return isinstance(value, (int, float)) and not isinstance(value, bool)


_WRITTEN: Mapping[str, Callable[[Any], Any]] = {
    "sessionDuration": _duration,
    "customerManagedPolicies": lambda policies: list(map(_reference, policies)),
    "inlinePolicy": _document,
    "permissionsBoundary": _boundary,
}
