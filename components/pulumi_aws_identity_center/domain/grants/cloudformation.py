"""IAM that a program makes by CloudFormation: the resources of a template, or the one of Cloud Control. Pure.

They are CloudFormation's own resources, so they are handed on as aws-native's, which has the same by other letters.
Functions that stand for one text whatever the account are read; what any other stands for is UNKNOWN.
docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference: AWS::IAM::*, AWS::SSO::PermissionSet, pseudo parameters.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import yaml

from pulumi_aws_identity_center.domain.declared import UNKNOWN, Declared

from .carried import FLOWS

_CONTROL = "aws:cloudcontrol/resource:Resource"
# Whose templates are text; aws-native's Stack takes an object.
TYPES = frozenset(
    {
        *(_CONTROL, "aws:cloudformation/stack:Stack", "aws:cloudformation/stackSet:StackSet"),
        *("aws-native:cloudformation:Stack", "aws-native:cloudformation:StackSet"),
    }
)
_STATE, _BODY = "desiredState", "templateBody"
# Without one of these CloudFormation makes no IAM: its API reference, CreateStack, Capabilities.
_CAPABILITIES = frozenset({"CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"})
# "StackSets doesn't deploy stacks to the organization's management account": AWSCloudFormation/latest/UserGuide,
# stacksets-orgs-associate-stackset-with-org.
_NEVER_IN_MANAGEMENT = "SERVICE_MANAGED"
_PSEUDO = {"AWS::Partition": "aws", "AWS::URLSuffix": "amazonaws.com"}
_NAMES = ("RoleName", "UserName", "GroupName", "Name")
Found = tuple[str, Declared | None]


def nested(resource: Declared) -> Iterator[Found]:
    """Where it is, and the resource; none for one that the preview can't know and that may be IAM's."""
    if resource.type == _CONTROL:
        yield from _controlled(resource)
    elif resource.props.get("permissionModel") != _NEVER_IN_MANAGEMENT:
        yield from _templated(resource)


def _controlled(resource: Declared) -> Iterator[Found]:
    type_, state = resource.props.get("typeName"), resource.props.get(_STATE)
    token = _token(type_)
    if type_ is UNKNOWN or (token in FLOWS and state is UNKNOWN):
        yield _STATE, None
    elif token in FLOWS and isinstance(props := _read(state), Mapping):
        yield f"{_STATE}.", _declared(resource, token, resource.name, props, {})


def _templated(resource: Declared) -> Iterator[Found]:
    body = resource.props.get(_BODY)
    if body is UNKNOWN:
        if _may_create_iam(resource):
            yield _BODY, None
        return
    rows = _rows(_read(body))
    names = {key: _name(key, row) for key, row in rows.items()}
    for key, row in rows.items():
        token, props = _token(row.get("Type")), row.get("Properties")
        if token in FLOWS and isinstance(props, Mapping):
            yield f"{_BODY} {key}.", _declared(resource, token, key, props, names)


def _may_create_iam(resource: Declared) -> bool:
    capabilities = resource.props.get("capabilities")
    listed = capabilities if isinstance(capabilities, list) else [capabilities]
    return UNKNOWN in listed or any(name in _CAPABILITIES for name in listed if isinstance(name, str))


def _rows(template: Any) -> dict[str, Mapping[str, Any]]:
    """A template's resources by their logical names."""
    resources = template.get("Resources") if isinstance(template, Mapping) else None
    rows = resources.items() if isinstance(resources, Mapping) else ()
    return {str(key): row for key, row in rows if isinstance(row, Mapping)}


def _declared(outer: Declared, token: str, name: str, props: Mapping[str, Any], names: Mapping[str, Any]) -> Declared:
    properties = {_native(key): _items(_known(value, names)) for key, value in props.items()}
    return replace(outer, type=token, name=name, props=properties)


def _token(type_: Any) -> str:
    parts = str(type_).split("::")
    return f"aws-native:{parts[1].lower()}:{parts[2]}" if len(parts) == 3 and parts[0] == "AWS" else ""


def _native(key: Any) -> str:
    return f"{str(key)[:1].lower()}{str(key)[1:]}"


def _items(value: Any) -> Any:
    """A list's items have CloudFormation's keys too; what is in a document are IAM's."""
    if not isinstance(value, list):
        return value
    return [_with_native_keys(item) if isinstance(item, Mapping) else item for item in value]


def _with_native_keys(item: Mapping[str, Any]) -> dict[str, Any]:
    return {_native(key): value for key, value in item.items()}


def _name(logical: str, row: Mapping[str, Any]) -> Any:
    """What a Ref to it stands for, if it is an identity: its name; its logical one where CloudFormation makes one."""
    props = row.get("Properties")
    names = [props[key] for key in _NAMES if key in props] if isinstance(props, Mapping) else []
    return _known(names[0], {}) if names else logical


def _known(value: Any, names: Mapping[str, Any]) -> Any:
    if isinstance(value, list):
        return [_known(item, names) for item in value]
    if not isinstance(value, Mapping):
        return value
    if len(value) == 1:
        ((key, argument),) = value.items()
        if key == "Ref":
            return _PSEUDO.get(str(argument), names.get(str(argument), UNKNOWN))
        if str(key).startswith("Fn::"):
            return _called(str(key), argument, names)
    return {str(key): _known(item, names) for key, item in value.items()}


def _called(function: str, argument: Any, names: Mapping[str, Any]) -> Any:
    if function == "Fn::Sub":
        return _substituted(argument)
    return _joined(argument, names) if function == "Fn::Join" else UNKNOWN


def _substituted(text: Any) -> Any:
    if not isinstance(text, str):
        return UNKNOWN
    filled = re.sub(r"\$\{([\w:]+)\}", lambda match: _PSEUDO.get(match[1], match[0]), text)
    return UNKNOWN if re.search(r"\$\{[^!]", filled) else filled


def _joined(argument: Any, names: Mapping[str, Any]) -> Any:
    is_join = isinstance(argument, list) and len(argument) == 2 and isinstance(argument[1], list)
    if not is_join or not isinstance(argument[0], str):
        return UNKNOWN
    parts = _known(argument[1], names)
    return argument[0].join(parts) if all(isinstance(part, str) for part in parts) else UNKNOWN


def _read(text: Any) -> Any:
    """What is neither JSON nor YAML CloudFormation doesn't take either."""
    if not isinstance(text, str):
        return text
    try:
        return json.loads(text)
    except RecursionError:
        return None
    except ValueError:
        pass
    try:
        return yaml.load(text, _Loader)
    except (yaml.YAMLError, RecursionError, ValueError, TypeError):
        return None


class _Loader(yaml.BaseLoader):
    """Everything as text (a date is the version of a document), and the short form of functions as the long one."""


def _function(loader: Any, suffix: str, node: yaml.Node) -> dict[str, Any]:
    if isinstance(node, yaml.ScalarNode):
        argument = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        argument = loader.construct_sequence(node, deep=True)
    else:
        argument = loader.construct_mapping(node, deep=True)
    return {"Ref" if suffix == "Ref" else f"Fn::{suffix}": argument}


_Loader.add_multi_constructor("!", _function)
