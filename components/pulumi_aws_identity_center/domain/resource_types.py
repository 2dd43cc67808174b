"""Type tokens: one table of the other packages through which the same AWS resources can be declared. Pure.

Pulumi's aws package (once called aws-classic) has kept its tokens since version 1. The same Terraform provider bridged
by hand (`pulumi package add terraform-provider hashicorp/aws`) puts everything into the module `index`:
pulumi-terraform-bridge, dynamic/info_test.go; that its properties are spelt as the aws package's is assumed.
aws-native's tokens are CloudFormation's type names: pulumi.com/registry/packages/aws-native.
"""

from __future__ import annotations

ACCOUNT_ACCESS_APPLICATION = "aws:accountaccess/application:Application"
NATIVE_ORGANIZATION = "aws-native:organizations:Organization"
NATIVE_INSTANCE = "aws-native:sso:Instance"
NATIVE_ROLE = "aws-native:iam:Role"
NATIVE_SERVICE_LINKED_ROLE = "aws-native:iam:ServiceLinkedRole"
SERVICE_LINKED_ROLE = "aws:iam/serviceLinkedRole:ServiceLinkedRole"
ROLE = "aws:iam/role:Role"
SAML_PROVIDER = "aws:iam/samlProvider:SamlProvider"
NATIVE_SAML_PROVIDER = "aws-native:iam:SamlProvider"

STACK_TYPE = "pulumi:pulumi:Stack"

_MODULES = ("organizations", "iam", "ssoadmin", "cloudformation", "accountaccess", "kms")


def name_of(urn: str) -> str:
    return urn.split("::", 3)[-1]


def types_of(urn: str) -> list[str]:
    """The types in a URN: those of its parents, and its own last."""
    return urn.split("::")[2].split("$")


def child_urn(parent: str, type_: str, name: str) -> str:
    """The URN of a resource below the one with that URN; below the stack's own it is at the root."""
    head, project, types, _ = parent.split("::", 3)
    around = "" if types == STACK_TYPE else f"{types}$"
    return f"{head}::{project}::{around}{type_}::{name}"


def type_of(urn: str) -> str:
    """The last type in a URN, the resource's own; "" where there is none."""
    parts = urn.split("::")
    return parts[2].rpartition("$")[2] if len(parts) > 3 else ""


def canonical(token: str) -> str:
    """The aws package's token of the same resource; any other as it is."""
    if not token.startswith("aws:index/"):
        return token
    name = token.rpartition(":")[2]
    for module in _MODULES:
        if name.lower().startswith(module) and len(name) > len(module):
            short = name[len(module) :]
            return f"aws:{module}/{short[0].lower()}{short[1:]}:{short}"
    return token


def bridged(token: str) -> str:
    """The token that a Terraform provider bridged by hand has for one of the aws package's; any other as it is."""
    package, _, path = token.partition(":")
    module, _, name = path.partition("/")
    if package != "aws" or module not in _MODULES:
        return token
    pascal = name.rpartition(":")[2]
    return f"aws:index/{module}{pascal}:{module.capitalize()}{pascal}"
