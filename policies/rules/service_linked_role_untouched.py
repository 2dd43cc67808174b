"""service-linked-role-untouched: AWSServiceRoleForSSO is AWS's to make, change and delete."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pulumi_aws_identity_center.constants import (
    SERVICE_LINKED_ROLE_NAME,
    SERVICE_LINKED_ROLE_PATH,
    SSO_SERVICE_PRINCIPAL,
)

from . import tokens
from .rule import UNKNOWN, Config, Declared, Later, Rule

_FIX = (
    "Remove the resource: enabling trusted access makes the role. If it is in the state already, "
    "`pulumi state delete URN` forgets it without touching it."
)


_NAMING = ("name", "roleName", "awsServiceName", "aWSServiceName", "path")


def _is_the_role(value: Any) -> bool:
    return isinstance(value, str) and value.rpartition("/")[2] == SERVICE_LINKED_ROLE_NAME


def check(resource: Declared, config: Config) -> Iterable[str]:
    props = {name[:1].lower() + name[1:]: value for name, value in resource.props.items()}
    principal = props.get("awsServiceName", props.get("aWSServiceName"))
    names = [props.get(key) for key in ("name", "roleName", "role")]
    path = props.get("path")
    touched = (
        principal == SSO_SERVICE_PRINCIPAL
        or any(_is_the_role(name) for name in names)
        or (isinstance(path, str) and path == SERVICE_LINKED_ROLE_PATH)
    )
    if touched:
        yield f"{resource.name} touches {SERVICE_LINKED_ROLE_NAME}, through which Identity Center works. {_FIX}"
        return
    # Not "role": a role that another resource refers to and a preview can't know is yet to be made, and judged itself.
    unknown = [key for key in _NAMING if props.get(key) is UNKNOWN]
    if unknown:
        yield Later(
            f"{resource.name}: this preview can't know its {unknown[0]}, so it can't tell whether it would take over "
            f"{SERVICE_LINKED_ROLE_NAME}. Write it out; if not, the update judges it before it makes anything. {_FIX}"
        )


RULE = Rule(
    id="service-linked-role-untouched",
    description="No resource declares, changes or takes over AWSServiceRoleForSSO: Identity Center works through it.",
    types=frozenset(
        {
            tokens.SERVICE_LINKED_ROLE,
            tokens.NATIVE_SERVICE_LINKED_ROLE,
            tokens.ROLE,
            tokens.NATIVE_ROLE,
            tokens.ROLE_POLICY,
            tokens.ROLE_POLICY_ATTACHMENT,
        }
    ),
    check=check,
)
