"""IAM that a program makes by CloudFormation: the resources of a template, or the one of Cloud Control. Pure.

They are CloudFormation's own resources, so they are handed on as aws-native's, which has the same by other letters.
Functions that stand for one text whatever the account are read; what any other stands for is UNKNOWN.
docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference: AWS::IAM::*, AWS::SSO::PermissionSet, pseudo parameters.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

import yaml

from pulumi_aws_identity_center.domain.declared import UNKNOWN, Declared, is_partly_unknown
from pulumi_aws_identity_center.domain.values import as_list
from pulumi_aws_identity_center.iam import RepeatedKey, read_json

from .carried import GRANTING_TYPES

# Cloud Control's resources: the properties that have CloudFormation's type, and that type's properties.
_CONTROL = {
    "aws:cloudcontrol/resource:Resource": ("typeName", "desiredState"),
    "aws-native:index:ExtensionResource": ("type", "properties"),
}
# Whose templates are text; aws-native's Stack takes an object.
TYPES = frozenset(
    {
        *(*_CONTROL, "aws:cloudformation/stack:Stack", "aws:cloudformation/stackSet:StackSet"),
        *("aws-native:cloudformation:Stack", "aws-native:cloudformation:StackSet"),
    }
)
_BODY = "templateBody"
# Without one of these CloudFormation makes no IAM: its API reference, CreateStack, Capabilities.
_CAPABILITIES = (UNKNOWN, "CAPABILITY_IAM", "CAPABILITY_NAMED_IAM")
# "StackSets doesn't deploy stacks to the organization's management account": AWSCloudFormation/latest/UserGuide,
# stacksets-orgs-associate-stackset-with-org.
_NEVER_IN_MANAGEMENT = "SERVICE_MANAGED"
_PSEUDO = {"AWS::Partition": "aws", "AWS::URLSuffix": "amazonaws.com"}
_NAMES = ("RoleName", "UserName", "GroupName", "Name")


class Nested(NamedTuple):
    """where: the property, or the path to it; resource: None for one that can't be known and that may be IAM's."""

    where: str
    resource: Declared | None


class _Row(NamedTuple):
    """A resource of a template. name: the logical one; token: aws-native's type of it."""

    name: str
    token: str
    properties: Mapping[str, Any]


def is_known(resource: Declared) -> bool:
    """Whether the preview knows all of a template; what it leaves open the update can't tell either."""
    _, state = _CONTROL.get(resource.type, ("", _BODY))
    return resource.type in TYPES and not is_partly_unknown(resource.props.get(state))


def nested(resource: Declared) -> Iterator[Nested]:
    if resource.type in _CONTROL:
        yield from _controlled(resource, *_CONTROL[resource.type])
    elif resource.props.get("permissionModel") != _NEVER_IN_MANAGEMENT:
        yield from _templated(resource)


def _controlled(resource: Declared, type_key: str, state_key: str) -> Iterator[Nested]:
    type_, state = resource.props.get(type_key), _read(resource.props.get(state_key))
    row = _Row(resource.name, _token(type_), _mapping(state))
    is_judged = type_ is UNKNOWN or row.token in GRANTING_TYPES | TYPES
    if is_judged and UNKNOWN in (type_, state):
        yield Nested(state_key, None)
    else:
        yield from _judged(f"{state_key}.", resource, row, {})


def _templated(resource: Declared) -> Iterator[Nested]:
    body = _read(resource.props.get(_BODY))
    if (body is UNKNOWN or _has_macro(body)) and _may_create_iam(resource):
        yield Nested(_BODY, None)
    rows = _rows(body)
    names = {row.name: _name(row) for row in rows}
    for row in rows:
        yield from _judged(f"{_BODY} {row.name}.", resource, row, names)


def _judged(where: str, outer: Declared, row: _Row, names: Mapping[str, Any]) -> Iterator[Nested]:
    """A resource that grants, or what the template in one grants."""
    if row.token in GRANTING_TYPES:
        yield Nested(where, _declared(outer, row, names))
    elif row.token in TYPES:
        yield from nested(_declared(outer, row, names))


def _has_macro(template: Any) -> bool:
    """Whether CloudFormation makes more of the template than it says: Fn::ForEach needs a Transform too."""
    return "Transform" in _mapping(template) or '"Fn::Transform"' in json.dumps(template, default=str)


def _may_create_iam(resource: Declared) -> bool:
    capabilities = as_list(resource.props.get("capabilities"))
    return any(name in capabilities for name in _CAPABILITIES)


def _rows(template: Any) -> list[_Row]:
    return [_row(str(name), _mapping(row)) for name, row in _mapping(_mapping(template).get("Resources")).items()]


def _row(name: str, resource: Mapping[str, Any]) -> _Row:
    return _Row(name, _token(resource.get("Type")), _mapping(resource.get("Properties")))


def _mapping(value: Any) -> Mapping[str, Any]:
    """An object as it is; an empty one in place of anything else."""
    return value if isinstance(value, Mapping) else {}


def _declared(outer: Declared, row: _Row, names: Mapping[str, Any]) -> Declared:
    properties = {_native(key): _items(_known(value, names)) for key, value in row.properties.items()}
    return replace(outer, type=row.token, name=row.name, props=properties)


def _token(type_: Any) -> str:
    match type_.split("::") if isinstance(type_, str) else ():
        case ["AWS", service, kind]:
            return f"aws-native:{service.lower()}:{kind}"
    return ""


def _native(key: Any) -> str:
    return f"{str(key)[:1].lower()}{str(key)[1:]}"


def _items(value: Any) -> Any:
    """A list's items have CloudFormation's keys too; what is in a document are IAM's."""
    return [_with_native_keys(item) for item in value] if isinstance(value, list) else value


def _with_native_keys(item: Any) -> Any:
    return {_native(key): value for key, value in item.items()} if isinstance(item, Mapping) else item


def _name(row: _Row) -> Any:
    """What a Ref to it stands for, if it is an identity: its name; its logical one where CloudFormation makes one."""
    for key in _NAMES:
        if key in row.properties:
            return _known(row.properties[key], {})
    return row.name


def _known(value: Any, names: Mapping[str, Any]) -> Any:
    """With what its functions stand for. names: what references to a template's resources stand for."""
    if isinstance(value, list):
        return [_known(item, names) for item in value]
    if not isinstance(value, Mapping):
        return value
    key = str(next(iter(value), ""))
    is_call = len(value) == 1 and (key == "Ref" or key.startswith("Fn::"))
    if not is_call:
        return {str(key): _known(item, names) for key, item in value.items()}
    function = _FUNCTIONS.get(key)
    return function(value[key], names) if function else UNKNOWN


def _referred(name: Any, names: Mapping[str, Any]) -> Any:
    return _PSEUDO.get(name, names.get(name, UNKNOWN)) if isinstance(name, str) else UNKNOWN


def _substituted(text: Any, names: Mapping[str, Any]) -> Any:
    """Of what a text may name, only the pseudo parameters are filled in."""
    if not isinstance(text, str):
        return UNKNOWN
    filled = re.sub(r"\$\{([\w:]+)\}", lambda match: _PSEUDO.get(match[1], match[0]), text)
    return UNKNOWN if re.search(r"\$\{[^!]", filled) else filled


def _joined(argument: Any, names: Mapping[str, Any]) -> Any:
    match argument:
        case [str() as separator, list() as items]:
            parts = _known(items, names)
            return separator.join(parts) if all(isinstance(part, str) for part in parts) else UNKNOWN
    return UNKNOWN


_FUNCTIONS: Mapping[str, Callable[[Any, Mapping[str, Any]], Any]] = {
    "Ref": _referred,
    "Fn::Sub": _substituted,
    "Fn::Join": _joined,
}


def _read(text: Any) -> Any:
    """What is neither JSON nor YAML CloudFormation doesn't take either. Which of two equal keys counts no page says."""
    if not isinstance(text, str):
        return text
    for read in (read_json, _read_yaml):
        try:
            return read(text)
        except RepeatedKey:
            return UNKNOWN
        except RecursionError:
            return None
        except (yaml.YAMLError, ValueError, TypeError):
            continue
    return None


def _read_yaml(text: str) -> Any:
    return yaml.load(text, _Loader)


class _Loader(yaml.BaseLoader):
    """Everything as text (a date is the version of a document), and the short form of functions as the long one."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        mapping: dict[Any, Any] = super().construct_mapping(node, deep=deep)
        if len(mapping) < len(node.value):
            raise RepeatedKey("A template's object has a key twice.")
        return mapping


def _function(loader: Any, suffix: str, node: yaml.Node) -> dict[str, Any]:
    if isinstance(node, yaml.ScalarNode):
        argument = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        argument = loader.construct_sequence(node, deep=True)
    else:
        argument = loader.construct_mapping(node, deep=True)
    return {"Ref" if suffix == "Ref" else f"Fn::{suffix}": argument}


_Loader.add_multi_constructor("!", _function)
