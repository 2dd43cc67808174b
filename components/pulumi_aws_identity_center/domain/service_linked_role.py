"""Does a declared resource touch AWSServiceRoleForSSO, which is AWS's to create, change and delete? Pure."""

from __future__ import annotations

from typing import Any

from pulumi_aws_identity_center.names import SERVICE_LINKED_ROLE_NAME, SERVICE_LINKED_ROLE_PATH, SSO_SERVICE_PRINCIPAL

from .declared import UNKNOWN, Declared
from .resource_types import NATIVE_ROLE, NATIVE_SERVICE_LINKED_ROLE, ROLE, SERVICE_LINKED_ROLE
from .values import as_list
from .violation import Fix, Violation, known_later, short_name

# Whatever else names a role that it changes.
OF_A_ROLE = frozenset(
    {
        *("aws:iam/rolePolicy:RolePolicy", "aws:iam/rolePolicyAttachment:RolePolicyAttachment"),
        "aws:iam/policyAttachment:PolicyAttachment",
        *("aws:iam/rolePoliciesExclusive:RolePoliciesExclusive", "aws:iam/instanceProfile:InstanceProfile"),
        "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive",
        *("aws-native:iam:RolePolicy", "aws-native:iam:ManagedPolicy", "aws-native:iam:InstanceProfile"),
    }
)
TYPES = frozenset({SERVICE_LINKED_ROLE, NATIVE_SERVICE_LINKED_ROLE, ROLE, NATIVE_ROLE}) | OF_A_ROLE
_NAMING = ("name", "roleName", "awsServiceName", "aWSServiceName", "path")
_EFFECT = "Without that role nobody can sign in."
_FIX = Fix("remove it, after `pulumi state delete URN` if it is in the state: AWS makes the role.")


def violation(resource: Declared) -> Violation | None:
    """None for a resource that leaves the role alone."""
    props = {key[:1].lower() + key[1:]: value for key, value in resource.props.items()}
    name = short_name(resource.name)
    if _touches(props):
        problem = f"{name} declares or changes {SERVICE_LINKED_ROLE_NAME}."
        return Violation(problem, _EFFECT, _FIX, resource)
    if resource.type in OF_A_ROLE:
        return None  # what refers to a role that isn't known refers to one that is yet to be created, and judged itself
    unknown = [key for key in _NAMING if props.get(key) is UNKNOWN]
    return known_later(f"{name}: its {unknown[0]}", resource, "name") if unknown else None


def _touches(props: dict[str, Any]) -> bool:
    principal = props.get("awsServiceName", props.get("aWSServiceName"))
    names = [props.get(key) for key in ("name", "roleName", "role")]
    names += as_list(props.get("roles"))
    return _is_service(principal) or _is_path(props.get("path")) or any(_is_role(name) for name in names)


def _is_role(value: Any) -> bool:
    # IAM tells no two roles apart by case: docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html
    return isinstance(value, str) and value.rpartition("/")[2].lower() == SERVICE_LINKED_ROLE_NAME.lower()


def _is_path(value: Any) -> bool:
    return isinstance(value, str) and value.strip("/").lower() == SERVICE_LINKED_ROLE_PATH.strip("/").lower()


def _is_service(value: Any) -> bool:
    return isinstance(value, str) and value.strip().lower() == SSO_SERVICE_PRINCIPAL
