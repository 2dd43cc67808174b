"""Property values between protobuf Structs and Python.

An unknown (a value that a preview can't know) is `UNKNOWN`. Assets and archives stay as the engine sends them
(archive.py reads them). Secrets of resources arrive in plain text: the provider tells the engine that it does not take
marked ones, and the engine marks them again on the way back. The provider's own configuration arrives before that, so
its secrets are marked; `read` unwraps them.
"""

from __future__ import annotations

from typing import Any

from google.protobuf import json_format, struct_pb2


class _Unknown:
    """The class of UNKNOWN, which is equal to nothing else."""

    def __repr__(self) -> str:
        return "UNKNOWN"

    def __deepcopy__(self, memo: dict[int, Any]) -> _Unknown:
        return self


UNKNOWN = _Unknown()
_UNKNOWN_TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"  # the engine's own, in sdk/go/common/resource/plugin/rpc.go

SIGNATURE = "4dabf18193072939515e22adb298388d"  # the key that marks values which aren't plain
ASSET, ARCHIVE = "c44067f5952c0a294b673a41bacd8c17", "0def7320c3a5731c473e5ecbe6d01bc7"


def read(struct: struct_pb2.Struct) -> dict[str, Any]:
    """A Struct as a dictionary: whole numbers are int (the wire has only floats), unknowns UNKNOWN."""
    return {name: _from_wire(value) for name, value in json_format.MessageToDict(struct).items()}


def _from_wire(value: Any) -> Any:
    if isinstance(value, dict):
        if value.get(SIGNATURE) in (ASSET, ARCHIVE):
            return value
        if SIGNATURE in value:
            return _from_wire(value.get("value"))
        return {name: _from_wire(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_from_wire(part) for part in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return UNKNOWN if value == _UNKNOWN_TEXT else value


def write(values: dict[str, Any]) -> struct_pb2.Struct:
    """A dictionary as a Struct; None is left out, since the engine has no use for it."""
    struct = struct_pb2.Struct()
    struct.update(_to_wire(values))
    return struct


def _to_wire(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _to_wire(part) for name, part in value.items() if part is not None}
    if isinstance(value, list | tuple | set | frozenset):
        return [_to_wire(part) for part in value]
    return _UNKNOWN_TEXT if value is UNKNOWN else value


def has_unknown(value: Any) -> bool:
    """Whether an unknown is in it at any depth."""
    if isinstance(value, dict):
        return any(has_unknown(part) for part in value.values())
    if isinstance(value, list):
        return any(has_unknown(part) for part in value)
    return value is UNKNOWN
