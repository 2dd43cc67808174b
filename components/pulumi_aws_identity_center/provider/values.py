"""Property values between protobuf Structs and Python.

An unknown (a value that a preview can't know) is `UNKNOWN`. The plugin takes secrets marked, since its components do:
they are read as what they hold, and `secret_keys` tells which properties have to be marked on the way back.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from google.protobuf import json_format, struct_pb2


class _Unknown:
    """The one value of its kind; equal to nothing else."""

    def __repr__(self) -> str:
        return "a value that only the update knows"


UNKNOWN = _Unknown()
# sdk/go/common/resource/plugin/rpc.go and sdk/go/common/resource/sig/sig.go of github.com/pulumi/pulumi
_UNKNOWN_TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
_SIGNATURE = "4dabf18193072939515e22adb298388d"
_SECRET = "1b47061264138c4ac30d75fd1eb44270"
_OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4"


def is_unknown(value: Any) -> bool:
    return value is UNKNOWN


def read(struct: struct_pb2.Struct) -> dict[str, Any]:
    """A Struct as a dictionary: whole numbers are int (the wire has only floats), unknowns UNKNOWN."""
    return {name: _read(value) for name, value in json_format.MessageToDict(struct).items()}


def _read(value: Any) -> Any:
    if isinstance(value, dict):
        return _read_object(value)
    if isinstance(value, list):
        return [_read(part) for part in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return UNKNOWN if value == _UNKNOWN_TEXT else value


def _read_object(value: dict[str, Any]) -> Any:
    kind = value.get(_SIGNATURE)
    if kind == _OUTPUT:
        return _read(value["value"]) if "value" in value else UNKNOWN
    if kind is not None:
        return _read(value.get("value"))
    return {name: _read(part) for name, part in value.items()}


def secret_keys(*structs: struct_pb2.Struct) -> frozenset[str]:
    """The properties that hold a secret at any depth."""
    return frozenset(
        name for struct in structs for name, value in json_format.MessageToDict(struct).items() if _holds_secret(value)
    )


def _holds_secret(value: Any) -> bool:
    if isinstance(value, dict):
        return value.get(_SIGNATURE) == _SECRET or any(_holds_secret(part) for part in value.values())
    return isinstance(value, list) and any(_holds_secret(part) for part in value)


def write(values: Mapping[str, Any], secret: Collection[str] = ()) -> struct_pb2.Struct:
    """A dictionary as a Struct; None is left out, as the engine has no use for it."""
    struct = struct_pb2.Struct()
    written = {name: _write(value) for name, value in values.items() if value is not None}
    struct.update({name: _marked(value) if name in secret else value for name, value in written.items()})
    return struct


def _marked(value: Any) -> dict[str, Any]:
    return {_SIGNATURE: _SECRET, "value": value}


def _write(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _write(part) for name, part in value.items() if part is not None}
    if isinstance(value, list | tuple | set | frozenset):
        return [_write(part) for part in value]
    return _UNKNOWN_TEXT if value is UNKNOWN else value


def has_unknown(value: Any) -> bool:
    """Whether an unknown is in it at any depth."""
    if isinstance(value, Mapping):
        return any(has_unknown(part) for part in value.values())
    if isinstance(value, list):
        return any(has_unknown(part) for part in value)
    return value is UNKNOWN
