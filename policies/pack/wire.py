"""From the engine's messages to plain data, and back for a remediation."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from google.protobuf import json_format, struct_pb2
from pulumi_aws_identity_center.domain.declared import UNKNOWN, Declared
from pulumi_aws_identity_center.domain.resource_types import canonical
from pulumi_aws_identity_center.errors import hidden
from pulumi_aws_identity_center.names import SECRET_SIGNATURE, UNKNOWN_VALUES, VALUE_SIGNATURE


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
        provider=unpack(provider.properties),
        comes_from={key: list(sources[key].urns) for key in sources},
        aliases=tuple(options.aliases),
    )


def unpack(struct: Any) -> dict[str, Any]:
    """Plain data, numbers as floats: UNKNOWN for what can't be known, and secrets that no message shows."""
    properties = json_format.MessageToDict(struct)
    return {key: _plain(value) for key, value in properties.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return UNKNOWN if value in UNKNOWN_VALUES else value
    if isinstance(value, dict) and VALUE_SIGNATURE in value:
        is_secret = value[VALUE_SIGNATURE] == SECRET_SIGNATURE
        return hidden_texts(_plain(value.get("value"))) if is_secret else _Asset()
    return _each_part(_plain, value)


def hidden_texts(value: Any) -> Any:
    return hidden(value) if isinstance(value, str) else _each_part(hidden_texts, value)


def _each_part(convert: Callable[[Any], Any], value: Any) -> Any:
    """A list or an object with its parts converted; anything else as it is."""
    if isinstance(value, list):
        return [convert(item) for item in value]
    if isinstance(value, dict):
        return {key: convert(item) for key, item in value.items()}
    return value


def changed(struct: Any, changes: Mapping[str, Any]) -> Any:
    """A copy of the Struct with these properties; None where one of them has a secret in it, which has to stay one."""
    properties = json_format.MessageToDict(struct)
    if any(SECRET_SIGNATURE in json.dumps(properties.get(key)) for key in changes):
        return None
    return json_format.ParseDict({**properties, **changes}, struct_pb2.Struct())
