"""Whether what carries a grant is one of no-disable-grant's named exceptions.

A pattern means a role, user, group or permission set. Where a resource tells whom it is for, that alone counts, and of
several all of them: its logical name and its inline policy's name are whatever the program's author likes. Only what
tells nobody (a managed policy, what belongs to a permission set by ARN) goes by its own names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Any

from .rule import UNKNOWN, Declared

# Those that are somebody themselves, and which property is their name.
_IDENTITIES: Mapping[str, str] = {
    "aws:iam/role:Role": "name",
    "aws-native:iam:Role": "roleName",
    "aws-native:iam:User": "userName",
    "aws-native:iam:Group": "groupName",
    "aws-native:sso:PermissionSet": "name",
}
_FOR = ("role", "roleName", "user", "userName", "group", "groupName", "roles", "users", "groups")
_OWN = ("name", "managedPolicyName", "policyName")
_GENERATED = re.compile(r"-[0-9a-f]{7}")


def excepted(resource: Declared, allowed: Iterable[Mapping[str, Any]]) -> Any:
    """True, False, or UNKNOWN where that hangs on a name that the preview can't know."""
    patterns = [str(each.get("pattern")) for each in allowed if str(each.get("reason") or "").strip()]
    if not patterns:
        return False
    told = _told(resource)
    if not told:
        return any(_matches(name, patterns) for name in (resource.name, *map(resource.props.get, _OWN)))
    if not all(name is UNKNOWN or _matches(name, patterns) for name in told):
        return False
    return UNKNOWN if UNKNOWN in told else True


def _told(resource: Declared) -> list[Any]:
    """Who has it, as far as the resource says."""
    key = _IDENTITIES.get(resource.type)
    if key is not None:
        name = resource.props.get(key)
        generated = (
            isinstance(name, str)
            and name.startswith(resource.name)
            and _GENERATED.fullmatch(name[len(resource.name) :])
        )
        return [resource.name if generated or name in (None, "") else name]
    found: list[Any] = []
    for value in map(resource.props.get, _FOR):
        found += value if isinstance(value, list) else [value]
    return [value for value in found if value not in (None, "")]


def _matches(name: Any, patterns: list[str]) -> bool:
    return isinstance(name, str) and any(fnmatchcase(name.rpartition("/")[2], pattern) for pattern in patterns)
