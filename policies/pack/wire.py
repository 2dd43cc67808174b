"""From the engine's messages to plain data, and back for a remediation.

Signatures and sentinels: sdk/go/common/resource/properties.go and sdk/go/common/resource/plugin/rpc.go of
github.com/pulumi/pulumi.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from google.protobuf import json_format, struct_pb2
from pulumi_aws_identity_center.domain.declared import UNKNOWN, Declared
from pulumi_aws_identity_center.domain.resource_types import canonical
from pulumi_aws_identity_center.errors import hidden

_SIGNATURE = "4dabf18193072939515e22adb298388d"
_SECRET = "1b47061264138c4ac30d75fd1eb44270"
_UNKNOWNS = frozenset(
    {
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",  # boolean
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",  # number
        "04da6b54-80e4-46f7-96ec-b56ff0331ba9",  # string
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",  # list
        "030794c1-ac77-496b-92df-f27374a8bd58",  # asset
        "e48ece36-62e2-4504-bad9-02848725956a",  # archive
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",  # object
    }
)


class _Asset:
    """An asset or archive: no text, list or object to a rule."""


def declared(message: Any) -> Declared:
    """The resource in an AnalyzeRequest or an AnalyzerResource."""
    options, provider = message.options, message.provider
    sources = getattr(message, "propertyDependencies", {})
    return Declared(
        type=canonical(message.type),
        name=message.name,
        urn=message.urn,
        props=unpack(message.properties),
        protect=options.protect,
        ignore_changes=tuple(options.ignoreChanges),
        parent=options.parent,
        provider_urn=provider.urn,
        provider=unpack(provider.properties) if message.HasField("provider") else {},
        comes_from={key: list(sources[key].urns) for key in sources},
        aliases=tuple(options.aliases),
    )


def unpack(struct: Any) -> dict[str, Any]:
    """A Struct's properties as plain data: UNKNOWN for what can't be known, and texts of secrets that no message shows.

    Numbers are floats.
    """
    properties = json_format.MessageToDict(struct)
    return {key: _plain(value) for key, value in properties.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return UNKNOWN if value in _UNKNOWNS else value
    if isinstance(value, dict) and _SIGNATURE in value:
        is_secret = value[_SIGNATURE] == _SECRET
        return _hidden_text(_plain(value.get("value"))) if is_secret else _Asset()
    return _each_part(_plain, value)


def _hidden_text(value: Any) -> Any:
    return hidden(value) if isinstance(value, str) else _each_part(_hidden_text, value)


def _each_part(convert: Callable[[Any], Any], value: Any) -> Any:
    """A list or an object with its parts converted; anything else as it is."""
    if isinstance(value, list):
        return [convert(item) for item in value]
    if isinstance(value, dict):
        return {key: convert(item) for key, item in value.items()}
    return value


def changed(struct: Any, changes: Mapping[str, Any]) -> Any:
    """A copy of the Struct with these properties; what was a secret stays one."""
    properties = json_format.MessageToDict(struct)
    for key, value in changes.items():
        properties[key] = _with_secrets(properties.get(key), value)
    copy = struct_pb2.Struct()
    json_format.ParseDict(properties, copy)
    return copy


def _with_secrets(old: Any, new: Any) -> Any:
    if isinstance(old, dict) and old.get(_SIGNATURE) == _SECRET:
        return {**old, "value": _with_secrets(old.get("value"), new)}
    if isinstance(new, list) and isinstance(old, list):
        return [_as_before(old, value) for value in new]
    return new


def _as_before(old: list[Any], value: Any) -> Any:
    """The value as the old list has it, which may be a secret."""
    return next((item for item in old if _plain(item) == value), value)
