"""Property values between protobuf Structs and Python.

An unknown (a value that a preview can't know) is `UNKNOWN`. The plugin takes secrets marked, since its components do:
they are read as what they hold, and `secret_keys` tells which properties have to be marked on the way back.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Mapping
from typing import Any

from google.protobuf import struct_pb2

from pulumi_aws_identity_center.domain.declared import UNKNOWN
from pulumi_aws_identity_center.domain.declared import is_partly_unknown as has_unknown
from pulumi_aws_identity_center.names import SECRET_SIGNATURE, UNKNOWN_TEXT, VALUE_SIGNATURE

__all__ = ["UNKNOWN", "has_unknown", "is_unknown", "read", "secret_keys", "write"]
Fields = Mapping[str, struct_pb2.Value]


_OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4"


def is_unknown(value: Any) -> bool:
    return value is UNKNOWN


def read(struct: struct_pb2.Struct) -> dict[str, Any]:
    """A Struct as a dictionary: whole numbers are int (the wire has only floats), unknowns UNKNOWN."""
    return _read_fields(struct.fields)


def _read_fields(fields: Fields) -> dict[str, Any]:
    return {name: _read(value) for name, value in fields.items()}


def _read(value: struct_pb2.Value) -> Any:
    return _READERS[value.WhichOneof("kind")](value)


def _read_number(value: struct_pb2.Value) -> int | float:
    number = value.number_value
    return int(number) if number.is_integer() else number


def _read_text(value: struct_pb2.Value) -> Any:
    """Equal texts are one: of 100,000 grants the plugin holds each account's id once."""
    return UNKNOWN if value.string_value == UNKNOWN_TEXT else sys.intern(value.string_value)


def _read_list(value: struct_pb2.Value) -> list[Any]:
    return [_read(part) for part in value.list_value.values]


def _read_object(value: struct_pb2.Value) -> Any:
    """What is marked (a secret, an output) is read as what it holds; an output without a value is unknown."""
    fields = value.struct_value.fields
    if VALUE_SIGNATURE not in fields:
        return _read_fields(fields)
    if "value" in fields:
        return _read(fields["value"])
    return UNKNOWN if fields[VALUE_SIGNATURE].string_value == _OUTPUT else None


_READERS: Mapping[str | None, Callable[[struct_pb2.Value], Any]] = {
    None: lambda value: None,
    "null_value": lambda value: None,
    "bool_value": lambda value: value.bool_value,
    "number_value": _read_number,
    "string_value": _read_text,
    "list_value": _read_list,
    "struct_value": _read_object,
}


def secret_keys(*structs: struct_pb2.Struct) -> frozenset[str]:
    """The properties that hold a secret at any depth."""
    return frozenset(name for struct in structs for name, value in struct.fields.items() if _holds_secret(value))


def _holds_secret(value: struct_pb2.Value) -> bool:
    kind = value.WhichOneof("kind")
    if kind == "list_value":
        return any(map(_holds_secret, value.list_value.values))
    if kind != "struct_value":
        return False
    fields = value.struct_value.fields
    return _is_marked_secret(fields) or any(map(_holds_secret, fields.values()))


def _is_marked_secret(fields: Fields) -> bool:
    if VALUE_SIGNATURE not in fields:
        return False
    if "secret" in fields and fields["secret"].bool_value:
        return True  # an output
    return str(fields[VALUE_SIGNATURE].string_value) == SECRET_SIGNATURE


def write(values: Mapping[str, Any], secret: Collection[str] = ()) -> struct_pb2.Struct:
    """A dictionary as a Struct; None is left out, as the engine has no use for it."""
    struct = struct_pb2.Struct()
    written = {name: _write(value) for name, value in values.items() if value is not None}
    struct.update({name: _marked(value) if name in secret else value for name, value in written.items()})
    return struct


def _marked(value: Any) -> dict[str, Any]:
    return {VALUE_SIGNATURE: SECRET_SIGNATURE, "value": value}


def _write(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _write(part) for name, part in value.items() if part is not None}
    if isinstance(value, list | tuple | set | frozenset):
        return [_write(part) for part in value]
    return UNKNOWN_TEXT if value is UNKNOWN else value
