"""Whose a policy is: the identities in a preview's states, as (kind, name); a permission set by its ARN. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .step import either, is_unknown

Who = tuple[str, str]

# By type: the kind of identity, and the property that names it.
IDENTITIES: Mapping[str, tuple[str, str]] = {
    "aws:iam/role:Role": ("role", "name"),
    "aws:iam/user:User": ("user", "name"),
    "aws:iam/group:Group": ("group", "name"),
    "aws:ssoadmin/permissionSet:PermissionSet": ("permission set", "arn"),
    "aws-native:iam:Role": ("role", "roleName"),
    "aws-native:iam:User": ("user", "userName"),
    "aws-native:iam:Group": ("group", "groupName"),
    "aws-native:sso:PermissionSet": ("permission set", "permissionSetArn"),
}
_KEYS: Mapping[str, str] = {
    **dict.fromkeys(("role", "roleName", "roles"), "role"),
    **dict.fromkeys(("user", "userName", "users"), "user"),
    **dict.fromkeys(("group", "groupName", "groups"), "group"),
    "permissionSetArn": "permission set",
}


def identity(type_: str, state: Mapping[str, Any] | None) -> Who | None:
    """Who a resource is; None for no identity, and where its name can't be known."""
    if type_ not in IDENTITIES:
        return None
    kind, key = IDENTITIES[type_]
    return _who(kind, either(state, key))


def whom(state: Mapping[str, Any] | None) -> frozenset[Who]:
    """Those that an attachment, or an inline policy, is for; none where one of them can't be known."""
    found: set[Who] = set()
    for key, kind in _KEYS.items():
        value = either(state, key)
        for each in value if isinstance(value, list) else [value]:
            if each in (None, ""):
                continue
            who = _who(kind, each)
            if who is None:
                return frozenset()
            found.add(who)
    return frozenset(found)


def _who(kind: str, name: Any) -> Who | None:
    if not isinstance(name, str) or not name or is_unknown(name):
        return None
    return kind, name.rpartition("/")[2]
