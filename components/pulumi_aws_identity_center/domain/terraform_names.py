"""Terraform's names for AWS's resources, as the rules know them: resource types to Pulumi's tokens, properties to
Pulumi's names. Pure.

Both packages come from the same schemas, so the names follow one pattern: `aws_iam_role_policy` is
`aws:iam/rolePolicy:RolePolicy`, `policy_arn` is `policyArn`; awscc's and aws-native's are CloudFormation's. Only the
plurals of repeated blocks are irregular: pulumi-terraform-bridge, pkg/tfbridge/names.go.
registry.terraform.io/providers/hashicorp/aws and .../hashicorp/awscc name the attributes.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from typing import Any

from .values import snake_case

# Of the aws provider's types that belong to these services, by how their names begin.
_MODULES = (
    *("organizations", "iam", "ssoadmin", "accountaccess", "cloudformation", "cloudcontrolapi", "identitystore"),
    "kms",
)
# Two modules that Pulumi names otherwise than Terraform does.
_RENAMED = {"cloudcontrolapi": "cloudcontrol"}
PLURALS: Mapping[tuple[str, str], str] = {
    ("aws_iam_role", "inline_policy"): "inlinePolicies",
    ("aws_ssoadmin_customer_managed_policy_attachments_exclusive", "customer_managed_policy_reference"): (
        "customerManagedPolicyReferences"
    ),
    ("aws_ssoadmin_instance_access_control_attributes", "attribute"): "attributes",
}
_SINGULARS = {(type_, plural): singular for (type_, singular), plural in PLURALS.items()}
_MODULE_NAMES = {pulumi: terraform for terraform, pulumi in _RENAMED.items()}
_TOKEN = re.compile(r"(aws(?:-native)?):(\w+)(?:/\w+)?:(\w+)")


@functools.cache
def token_of(type_: str) -> str:
    """Pulumi's token of a Terraform type; "" where it has none that a rule might judge."""
    provider, _, words = type_.partition("_")
    module, _, name = words.partition("_")
    if not name:
        return ""
    camel = camel_case(name)
    pascal = camel[:1].upper() + camel[1:]
    if provider == "awscc":
        return f"aws-native:{module}:{pascal}"
    if provider == "aws" and module in _MODULES:
        return f"aws:{_RENAMED.get(module, module)}/{camel}:{pascal}"
    return ""


@functools.cache
def type_of_token(token: str) -> str:
    """The Terraform type that has a token, "" for none: `token_of` the other way round."""
    match = _TOKEN.fullmatch(token)
    if match is None:
        return ""
    package, module, name = match.groups()
    provider = "aws" if package == "aws" else "awscc"
    return f"{provider}_{_MODULE_NAMES.get(module, module)}_{snake_case(name[:1].lower() + name[1:])}"


def attribute_of(type_: str, name: str) -> str:
    """The attribute that has a property's name, in a type: `properties_of` the other way round."""
    return _SINGULARS.get((type_, name)) or snake_case(name)


def properties_of(type_: str, state: Mapping[str, Any]) -> dict[str, Any]:
    """A state's attributes under Pulumi's names, its blocks' too; a policy document's keys stay IAM's."""
    return {PLURALS.get((type_, key)) or camel_case(key): _renamed(value) for key, value in state.items()}


@functools.lru_cache(maxsize=4096)
def camel_case(name: str) -> str:
    first, *following = name.split("_")
    return first + "".join(word[:1].upper() + word[1:] for word in following)


def _renamed(value: Any) -> Any:
    if isinstance(value, list):
        return [_renamed(item) for item in value]
    if isinstance(value, dict) and "Statement" not in value:
        return {camel_case(key): _renamed(item) for key, item in value.items()}
    return value
