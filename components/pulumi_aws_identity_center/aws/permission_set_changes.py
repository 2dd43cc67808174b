"""The calls that bring a permission set from one set of parts to another. Pure.

Parts are those of `permission_sets.py`. What widens comes before what narrows, so that nobody is without on the way.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

Properties = Mapping[str, Any]
Reference = tuple[str, str]
DETAILS = ("description", "sessionDuration", "relayState")
# API_CreatePermissionSet: one hour, unless given.
DEFAULT_DURATION = "PT1H"


class Change(NamedTuple):
    """One operation of sso-admin, by botocore's name, and its parameters beside the instance and permission set."""

    operation: str
    parameters: dict[str, Any]


def role_changes(olds: Properties, news: Properties) -> list[Change]:
    """What has to be provisioned afterwards."""
    return [
        *_policies_only_in(news, olds, _ATTACH),
        *_document_change(olds, news),
        *_boundary_change(olds, news),
        *_policies_only_in(olds, news, _DETACH),
        *_detail_change(olds, news),
    ]


def tag_changes(olds: Properties, news: Properties) -> Iterator[Change]:
    """Of the resource with the permission set's ARN."""
    old, new = olds.get("tags", {}), news.get("tags", {})
    changed = {key: value for key, value in new.items() if old.get(key) != value}
    removed = sorted(old.keys() - new.keys())
    if changed:
        yield Change("tag_resource", {"Tags": tag_rows(changed)})
    if removed:
        yield Change("untag_resource", {"TagKeys": removed})


def tag_rows(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]


_ATTACH = (
    "attach_managed_policy_to_permission_set",
    "attach_customer_managed_policy_reference_to_permission_set",
)
_DETACH = (
    "detach_managed_policy_from_permission_set",
    "detach_customer_managed_policy_reference_from_permission_set",
)


def _policies_only_in(properties: Properties, others: Properties, operations: tuple[str, str]) -> Iterator[Change]:
    """operations: for a policy that AWS manages, and for a customer managed one."""
    for policy in sorted(_policies(properties) - _policies(others)):
        yield Change(operations[0], {"ManagedPolicyArn": policy})
    for reference in sorted(_references(properties) - _references(others)):
        yield Change(operations[1], {"CustomerManagedPolicyReference": _reference(reference)})


def _document_change(olds: Properties, news: Properties) -> Iterator[Change]:
    document = news.get("inlinePolicy")
    if document == olds.get("inlinePolicy"):
        return
    if document:
        yield Change("put_inline_policy_to_permission_set", {"InlinePolicy": document})
    else:
        yield Change("delete_inline_policy_from_permission_set", {})


def _boundary_change(olds: Properties, news: Properties) -> Iterator[Change]:
    boundary = news.get("permissionsBoundary")
    if boundary == olds.get("permissionsBoundary"):
        return
    if boundary:
        yield Change("put_permissions_boundary_to_permission_set", {"PermissionsBoundary": _boundary(boundary)})
    else:
        yield Change("delete_permissions_boundary_from_permission_set", {})


def _detail_change(olds: Properties, news: Properties) -> Iterator[Change]:
    if all(olds.get(name) == news.get(name) for name in DETAILS):
        return
    details = {
        "Description": news.get("description"),
        "SessionDuration": news.get("sessionDuration") or DEFAULT_DURATION,
        "RelayState": news.get("relayState"),
    }
    yield Change("update_permission_set", {name: value for name, value in details.items() if value})


def _policies(properties: Properties) -> set[str]:
    return set(properties.get("managedPolicies", []))


def _references(properties: Properties) -> set[Reference]:
    return {(row.get("path") or "/", row["name"]) for row in properties.get("customerManagedPolicies", [])}


def _reference(reference: Reference) -> dict[str, str]:
    return {"Path": reference[0], "Name": reference[1]}


def _boundary(boundary: Properties) -> dict[str, Any]:
    if "managedPolicy" in boundary:
        return {"ManagedPolicyArn": boundary["managedPolicy"]}
    policy = boundary["customerManagedPolicy"]
    return {"CustomerManagedPolicyReference": _reference((policy.get("path") or "/", policy["name"]))}
