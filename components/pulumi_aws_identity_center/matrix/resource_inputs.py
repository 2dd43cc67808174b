"""A permission set of a matrix as inputs of the resource `aws-identity-center:index:PermissionSet`. Pure."""

from __future__ import annotations

from typing import Any

from .permission_set import CustomerManagedPolicy, PermissionsBoundary, PermissionSet


def permission_set_inputs(permission_set: PermissionSet) -> dict[str, Any]:
    """All but instanceArn; what is empty is left out."""
    boundary = permission_set.permissions_boundary
    inputs = {
        "name": permission_set.name,
        "description": permission_set.description,
        "sessionDuration": permission_set.session_duration,
        "relayState": permission_set.relay_state,
        "managedPolicies": list(permission_set.managed_policies),
        "customerManagedPolicies": [_reference(policy) for policy in permission_set.customer_managed_policies],
        "inlinePolicy": permission_set.inline_policy,
        "permissionsBoundary": None if boundary is None else _boundary(boundary),
        "tags": dict(permission_set.tags),
    }
    return {name: value for name, value in inputs.items() if value not in (None, "", [], {})}


def _reference(policy: CustomerManagedPolicy) -> dict[str, Any]:
    return {"name": policy.name, "path": policy.path}


def _boundary(boundary: PermissionsBoundary) -> dict[str, Any]:
    if boundary.customer_managed_policy is not None:
        return {"customerManagedPolicy": _reference(boundary.customer_managed_policy)}
    return {"managedPolicy": boundary.managed_policy}
