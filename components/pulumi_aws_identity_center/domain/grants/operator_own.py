"""The disable policy of OperatorPermissions and its attachments, which no-disable-grant accepts. Nothing else counts.

The policy must have the component's document and its name, both in the program and in IAM. An attachment must be to a
role of the component. `components/operator_permissions.py` gives the names.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pulumi_aws_identity_center.domain.declared import Declared
from pulumi_aws_identity_center.domain.iam_documents import PARTITIONS, disable_document
from pulumi_aws_identity_center.iam import read_json
from pulumi_aws_identity_center.names import PACKAGE

from .documents import OWN, policy_name

OPERATOR_PERMISSIONS = f"{PACKAGE}:index:OperatorPermissions"
_KIND = "disable"
_POLICY, _ROLE = "aws:iam/policy:Policy", "aws:iam/role:Role"
_ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"


def is_own(resource: Declared) -> bool:
    """As far as the resource alone tells: only the stack tells whether an attachment's role is the component's."""
    if resource.parent_type != OPERATOR_PERMISSIONS:
        return False
    if resource.type == _ATTACHMENT:
        arn = resource.props.get("policyArn")
        return isinstance(arn, str) and policy_name(arn) == OWN
    return resource.type == _POLICY and _is_own_policy(resource)


def _is_own_policy(policy: Declared) -> bool:
    if policy.props.get("name") != policy.name or not policy.name.endswith(_KIND):
        return False
    try:
        document = read_json(policy.props.get("policy") or "")
    except (TypeError, ValueError):
        return False
    return document in [disable_document(partition=partition) for partition in PARTITIONS]


def is_for_own_role(attachment: Declared, policy: Declared | None, resources: Iterable[Declared]) -> bool:
    """Whether an attachment of the component's policy is its own, to a role that it made; policy: if it is told."""
    role, component = attachment.props.get("role"), attachment.parent
    if attachment.type != _ATTACHMENT or attachment.parent_type != OPERATOR_PERMISSIONS:
        return False
    if policy is not None and not (is_own(policy) and policy.parent == component):
        return False
    return any(_is_role(resource, role) for resource in resources if resource.parent == component)


def _is_role(resource: Declared, name: Any) -> bool:
    return resource.type == _ROLE and resource.name == resource.props.get("name") == name
