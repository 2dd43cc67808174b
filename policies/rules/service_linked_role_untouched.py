"""service-linked-role-untouched: AWSServiceRoleForSSO is AWS's to make, change and delete."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pack import tokens
from pack.rule import UNKNOWN, Config, Declared, Later, Rule
from pulumi_aws_identity_center.names import SERVICE_LINKED_ROLE_NAME, SERVICE_LINKED_ROLE_PATH, SSO_SERVICE_PRINCIPAL

_FIX = (
    "Leave it out: enabling trusted access makes the role. In Python: remove this resource's lines. In YAML: remove "
    "its entry under resources. If it is in the state already, `pulumi state delete URN` forgets it, untouched."
)

_NAMING = ("name", "roleName", "awsServiceName", "aWSServiceName", "path")


def _is_the_role(value: Any) -> bool:
    # IAM tells no two roles apart by case: docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html
    return isinstance(value, str) and value.rpartition("/")[2].lower() == SERVICE_LINKED_ROLE_NAME.lower()


def _is_the_path(value: Any) -> bool:
    return isinstance(value, str) and value.strip("/").lower() == SERVICE_LINKED_ROLE_PATH.strip("/").lower()


def _is_the_service(value: Any) -> bool:
    return isinstance(value, str) and value.strip().lower() == SSO_SERVICE_PRINCIPAL


def check(resource: Declared, config: Config) -> Iterable[str]:
    props = {name[:1].lower() + name[1:]: value for name, value in resource.props.items()}
    principal = props.get("awsServiceName", props.get("aWSServiceName"))
    names = [props.get(key) for key in ("name", "roleName", "role")]
    roles = props.get("roles")
    names += roles if isinstance(roles, list) else [roles]
    touched = _is_the_service(principal) or _is_the_path(props.get("path")) or any(_is_the_role(name) for name in names)
    if touched:
        yield f"{resource.name} touches {SERVICE_LINKED_ROLE_NAME}, through which Identity Center works. {_FIX}"
        return
    # Of what only refers to a role, and can't know which: that role is yet to be made, and is judged itself. Refused
    # here it would be every role with a generated name.
    unknown = [] if resource.type in tokens.OF_A_ROLE else [key for key in _NAMING if props.get(key) is UNKNOWN]
    if unknown:
        yield Later(
            f"{resource.name}: this preview can't know its {unknown[0]}, so it can't tell whether it would take over "
            f"{SERVICE_LINKED_ROLE_NAME}. Write it out; if not, the update judges it before it makes anything. {_FIX}"
        )


RULE = Rule(
    id="service-linked-role-untouched",
    description=(
        "No resource declares, changes or takes over AWSServiceRoleForSSO, through which Identity Center works: no "
        "role by that name or path, no service-linked role for sso.amazonaws.com, no policy, attachment or "
        "profile on it. AWS makes it with trusted access and removes it afterwards."
    ),
    types=frozenset({tokens.SERVICE_LINKED_ROLE, tokens.NATIVE_SERVICE_LINKED_ROLE, tokens.ROLE, tokens.NATIVE_ROLE})
    | tokens.OF_A_ROLE,
    check=check,
)
