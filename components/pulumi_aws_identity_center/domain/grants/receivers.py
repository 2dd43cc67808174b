"""Which role, user, group or permission set receives what a resource grants: its names, and the ARNs that IAM sees."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from pulumi_aws_identity_center.domain.declared import UNKNOWN, Declared
from pulumi_aws_identity_center.domain.iam_carriers import IAM_OWNER_KEYS, MANAGED_POLICIES
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
_NAME_KEYS = {**MANAGED_POLICIES, **IDENTITIES}
_NO_NAME = (None, "")
_GENERATED = re.compile(r"-[0-9a-f]{7}\Z")


def receiver_names(resource: Declared) -> list[Any]:
    """The names, never none; UNKNOWN for one that the preview can't know.

    A resource that names no receiver goes by its own name: in IAM of a managed policy, its logical one of any other.
    """
    owners = [] if resource.type in IDENTITIES else _owners(resource)
    if owners:
        return [owner.name for owner in owners]
    key = _NAME_KEYS.get(resource.type)
    return [identity_name(resource, key) if key else resource.name]


def receiver_arns(resource: Declared, account: str) -> Sequence[str]:
    """ARN shapes of all receivers, * for an unknown account or path; none where one of them isn't known.

    They are added up: a sum has a secret name as it is, and an f-string would not."""
    account = account or "*"
    if resource.type in IDENTITIES:
        return _own_arn(resource, account)
    shapes = [owner.arn_shapes(account) for owner in _owners(resource)]
    return list(itertools.chain.from_iterable(shapes)) if all(shapes) else []


def _own_arn(identity: Declared, account: str) -> Sequence[str]:
    """None of a group, whose members aren't told, and of a permission set."""
    kind = identity.type.rpartition(":")[2].lower()
    name, path = identity.props.get(IDENTITIES[identity.type]), identity.props.get("path") or "/"
    are_known = isinstance(name, str) and isinstance(path, str)
    if name and are_known and kind in ("role", "user"):
        return ["arn:*:iam::" + account + ":" + kind + path + name]
    return []


class _Owner(NamedTuple):
    """One whom a property of a resource names. kind: role, user or group; name: or the ARN; may be UNKNOWN."""

    kind: str
    name: Any

    def arn_shapes(self, account: str) -> Sequence[str]:
        """A name alone doesn't tell the path. None of a name that the preview can't know, and of a group, whose
        members aren't told."""
        if self.kind == "group" or not isinstance(self.name, str):
            return []
        if self.name.startswith("arn:"):
            return [self.name]
        return ["arn:*:iam::" + account + ":" + self.kind + "/" + path + self.name for path in ("", "*/")]


def _owners(resource: Declared) -> list[_Owner]:
    owners: list[_Owner] = []
    for key, kind in IAM_OWNER_KEYS.items():
        owners += [_Owner(kind, name) for name in as_list(resource.props.get(key))]
    return [owner for owner in owners if owner.name not in _NO_NAME]


def identity_name(resource: Declared, key: str) -> Any:
    """Its name in AWS, or what that begins with; its logical one where the engine makes the name from that."""
    name, prefix = resource.props.get(key), resource.props.get("namePrefix")
    if name in (*_NO_NAME, UNKNOWN) and isinstance(prefix, str) and prefix:
        return prefix
    is_generated = isinstance(name, str) and without_generated_ending(name) == resource.name
    return resource.name if name in _NO_NAME or is_generated else name


def without_generated_ending(name: str) -> str:
    """The logical name, if Pulumi made the name from one: seven hexadecimal digits follow it."""
    return _GENERATED.sub("", name)
