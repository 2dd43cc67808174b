"""Whether what carries a grant is one of no-disable-grant's named exceptions.

A pattern means a role, user, group or permission set. Where a resource tells whom it is for, that alone counts, and of
several all of them: its logical name and its inline policy's name are whatever the program's author likes. A managed
policy is its name in IAM: an exception lets it exist, and whom it is attached to is judged for itself
(`attachments.py`). Only what tells nobody (what belongs to a permission set by ARN) goes by its logical name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Any

from pack.rule import UNKNOWN, Declared

# Those that are somebody themselves, and which property is their name.
IDENTITIES: Mapping[str, str] = {
    "aws:iam/role:Role": "name",
    "aws-native:iam:Role": "roleName",
    "aws-native:iam:User": "userName",
    "aws-native:iam:Group": "groupName",
    "aws-native:sso:PermissionSet": "name",
}
# Those that are for nobody yet.
_MANAGED: Mapping[str, str] = {"aws:iam/policy:Policy": "name", "aws-native:iam:ManagedPolicy": "managedPolicyName"}
_FOR = ("role", "roleName", "user", "userName", "group", "groupName", "roles", "users", "groups")
_GENERATED = re.compile(r"-[0-9a-f]{7}")


def excepted(resource: Declared, allowed: Iterable[Mapping[str, Any]], logical: Mapping[str, str] | None = None) -> Any:
    """True, False, or UNKNOWN where that hangs on a name that the preview can't know.

    logical: the logical names of the stack's identities by their names in IAM, where the stack is known.
    """
    patterns = _patterns(allowed)
    if not patterns:
        return False
    told = whom(resource)
    for name in told:
        if name is not UNKNOWN and not any(_matches(each, patterns) for each in _names(name, logical or {})):
            return False
    return UNKNOWN if UNKNOWN in told else True


def fits(name: str, allowed: Iterable[Mapping[str, Any]]) -> bool:
    """Whether an exception names it."""
    return _matches(name, _patterns(allowed))


def whom(resource: Declared) -> list[Any]:
    """Who has it, as far as the resource says: never empty."""
    key = IDENTITIES.get(resource.type)
    if key is not None:
        return [_named(resource, key)]
    found: list[Any] = []
    for value in map(resource.props.get, _FOR):
        found += value if isinstance(value, list) else [value]
    told = [value for value in found if value not in (None, "")]
    if told:
        return told
    key = _MANAGED.get(resource.type)
    return [resource.name if key is None else _named(resource, key)]


def _named(resource: Declared, key: str) -> Any:
    """Its name in IAM, or what that begins with; its logical one where the engine makes the name of that."""
    name, prefix = resource.props.get(key), resource.props.get("namePrefix")
    if name in (None, "", UNKNOWN) and isinstance(prefix, str) and prefix:
        return prefix
    return resource.name if name in (None, "") or _is_generated(name, resource.name) else name


def _is_generated(name: Any, logical: str) -> bool:
    if not isinstance(name, str) or not name.startswith(logical):
        return False
    return _GENERATED.fullmatch(name[len(logical) :]) is not None


def _names(name: Any, logical: Mapping[str, str]) -> list[Any]:
    known = logical.get(name) if isinstance(name, str) else None
    return [known] if known is not None and _is_generated(name, known) else [name]


def _patterns(allowed: Iterable[Mapping[str, Any]]) -> list[str]:
    return [str(each.get("pattern")) for each in allowed if str(each.get("reason") or "").strip()]


def _matches(name: Any, patterns: list[str]) -> bool:
    return isinstance(name, str) and any(fnmatchcase(name.rpartition("/")[2], pattern) for pattern in patterns)
