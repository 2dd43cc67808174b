"""The plugin's schema: the components', which Pulumi's SDK infers, and the resources', made fit for Pulumi's Registry.

Three things of what the SDK infers are changed: type names that end in `Args`, which would become `…ArgsArgs` in the
generated SDKs; the indentation of docstrings; arguments with fixed values, which the SDK knows as text. The format:
pulumi.com/docs/iac/extending-pulumi/schema.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Collection, Mapping
from typing import Any

from pulumi_aws_identity_center.names import PACKAGE

from .enum_schema import ENUM_PROPERTIES, ENUMS
from .resource_schema import RESOURCES, SIGN_IN, TYPES

# The generated Python SDK stands beside this package, which has the name that it would have by default.
PYTHON_SDK = "pulumi_aws_identity_center_sdk"

# Once the project is public: also repository, homepage and logoUrl (docs/logo.svg).
_PACKAGE_FACTS = {
    "displayName": "AWS IAM Identity Center",
    "description": (
        "Keeps the trusted access of AWS IAM Identity Center on, and declares who has which permission set in which "
        "account."
    ),
    "keywords": ["aws", "iam-identity-center", "sso", "organizations", "kind/component", "category/cloud"],
    "license": "Apache-2.0",
    "publisher": "The pulumi-aws-identity-center maintainers",
}
_TYPE_REFERENCE = f"#/types/{PACKAGE}:index:"
_TOKEN = f"{PACKAGE}:index:{{}}"


def merged_schema(components: str | None) -> str:
    """The whole schema, as JSON. components: the schema of the components, as JSON."""
    inferred: dict[str, Any] = json.loads(components or "{}")
    resources = {**inferred.get("resources", {}), **_with_tokens(RESOURCES)}
    types = {**inferred.get("types", {}), **_with_tokens(TYPES)}
    new_names = _new_type_names(types, resources)
    schema = {
        **inferred,
        **_PACKAGE_FACTS,
        "resources": _tidy(resources, new_names),
        "types": {
            **{_renamed(token, new_names): _tidy(type_, new_names) for token, type_ in types.items()},
            **_with_tokens(ENUMS),
        },
        "provider": {"description": "How the resources sign in to AWS.", "inputProperties": SIGN_IN},
    }
    language = schema.setdefault("language", {})
    language["python"] = {**language.get("python", {}), "packageName": PYTHON_SDK}
    return json.dumps(schema)


def _with_tokens(named: Mapping[str, Any]) -> dict[str, Any]:
    return {_TOKEN.format(name): value for name, value in named.items()}


def _new_type_names(types: Collection[str], resources: Collection[str]) -> dict[str, str]:
    """Token → token without `Args`, or with `Settings` instead where a resource has that name."""
    names = {}
    for token in types:
        short = token.removesuffix("Args")
        if short != token:
            names[token] = f"{short}Settings" if short in resources else short
    return names


def _renamed(token: str, new_names: Mapping[str, str]) -> str:
    return new_names.get(token, token)


def _tidy(node: Any, new_names: Mapping[str, str]) -> Any:
    """A part of the schema with new names, enums and dedented descriptions."""
    if isinstance(node, list):
        return [_tidy(part, new_names) for part in node]
    if not isinstance(node, dict):
        return node
    tidied = {key: _tidy(part, new_names) for key, part in node.items()}
    reference = tidied.get("$ref")
    if isinstance(reference, str):
        token = reference.removeprefix("#/types/")
        tidied["$ref"] = f"#/types/{_renamed(token, new_names)}" if token != reference else reference
    if isinstance(tidied.get("description"), str):
        tidied["description"] = inspect.cleandoc(tidied["description"])
    for key in ("items", "additionalProperties"):
        # The SDK repeats the property's description for its parts, where the format has none.
        if isinstance(tidied.get(key), dict):
            tidied[key].pop("description", None)
    for side in ("properties", "inputProperties"):
        if side in tidied:
            tidied[side] = {name: _with_enum(name, property_) for name, property_ in tidied[side].items()}
    return tidied


def _with_enum(name: str, property_: dict[str, Any]) -> dict[str, Any]:
    """The property with the enum as its type, or as its items', if its values are fixed."""
    if name not in ENUM_PROPERTIES:
        return property_
    if property_.get("type") == "array":
        return {**property_, "items": _as_enum(property_["items"], ENUM_PROPERTIES[name])}
    return _as_enum(property_, ENUM_PROPERTIES[name])


def _as_enum(schema: dict[str, Any], enum: str) -> dict[str, Any]:
    others = {key: value for key, value in schema.items() if key != "type"}
    return {**others, "$ref": f"{_TYPE_REFERENCE}{enum}"}
