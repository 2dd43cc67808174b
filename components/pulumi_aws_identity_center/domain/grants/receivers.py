"""Which role, user, group or permission set receives what a resource grants: its names, and the ARNs that IAM sees."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from typing import Any

from pulumi_aws_identity_center.domain.declared import UNKNOWN, Declared
from pulumi_aws_identity_center.domain.iam_carriers import MANAGED_POLICIES, OWNER_KEYS
from pulumi_aws_identity_center.domain.values import as_list

# Resources that are an identity themselves, and the property that is its name in AWS.
IDENTITIES: Mapping[str, str] = {
    "aws:iam/role:Role": "name",
    "aws:iam/user:User": "name",
    "aws-native:iam:Role": "roleName",
    "aws-native:iam:User": "userName",
    "aws-native:iam:Group": "groupName",
    "aws:ssoadmin/permissionSet:PermissionSet": "name",
    "aws-native:sso:PermissionSet": "name",
    "aws-identity-center:index:PermissionSet": "name",
}
_GENERATED = re.compile(r"-[0-9a-f]{7}")


def receiver_names(resource: Declared) -> list[Any]:
    """The names, never none; UNKNOWN for one that the preview can't know.

    A resource that names no receiver goes by its own name: in IAM of a managed policy, its logical one of any other.
    """
    key = IDENTITIES.get(resource.type)
    if key is not None:
        return [identity_name(resource, key)]
    if named := _named(resource):
        return [name for _, name in named]
    if resource.type in MANAGED_POLICIES:
        return [identity_name(resource, MANAGED_POLICIES[resource.type])]
    return [resource.name]


def receiver_arns(resource: Declared, account: str) -> Sequence[str]:
    """ARN shapes of all receivers, * for an unknown account or path; none where one of them isn't known."""
    owner = f"arn:*:iam::{account or '*'}"
    if resource.type in IDENTITIES:
        return _own_arn(resource, owner)
    shapes = [_shapes(owner, kind, name) for kind, name in _named(resource)]
    return list(itertools.chain.from_iterable(shapes)) if all(shapes) else []


def _own_arn(identity: Declared, owner: str) -> Sequence[str]:
    """None of a group, whose members aren't told, and of a permission set."""
    kind = identity.type.rpartition(":")[2].lower()
    name, path = identity.props.get(IDENTITIES[identity.type]), identity.props.get("path") or "/"
    is_told = bool(name) and isinstance(name, str) and isinstance(path, str)
    return [f"{owner}:{kind}{path}{name}"] if is_told and kind in ("role", "user") else []


def _shapes(owner: str, kind: str, name: Any) -> Sequence[str]:
    """A name alone doesn't tell the path. None of a name that the preview can't know, and of a group, whose members
    aren't told."""
    if kind == "group" or not isinstance(name, str):
        return []
    return [name] if name.startswith("arn:") else [f"{owner}:{kind}/{name}", f"{owner}:{kind}/*/{name}"]


def _named(resource: Declared) -> list[tuple[str, Any]]:
    """Those whom it names, with their kinds."""
    named: list[tuple[str, Any]] = []
    for key, kind in OWNER_KEYS.items():
        if kind != "permission set":
            named += [(kind, name) for name in as_list(resource.props.get(key)) if name not in (None, "")]
    return named


def identity_name(resource: Declared, key: str) -> Any:
    """Its name in AWS, or what that begins with; its logical one where the engine makes the name from that."""
    name, prefix = resource.props.get(key), resource.props.get("namePrefix")
    if name in (None, "", UNKNOWN) and isinstance(prefix, str) and prefix:
        return prefix
    if name in (None, "") or is_generated(name, resource.name):
        return resource.name
    return name


def is_generated(name: Any, logical_name: str) -> bool:
    """Whether Pulumi made the name from a logical one: seven hexadecimal digits follow it."""
    if not isinstance(name, str) or not name.startswith(logical_name):
        return False
    return _GENERATED.fullmatch(name[len(logical_name) :]) is not None
