"""What a preview tells, an entry at a time: a step, a failure, what it counts. The reader makes them for the judges."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Properties = Mapping[str, Any]

_SECRET_KEY = "4dabf18193072939515e22adb298388d"
# Each is what the engine writes for a value that it can't know yet, by the value's type
# (pulumi sdk/go/common/resource/plugin/rpc.go); "[unknown]" is how displays write it.
_UNKNOWN = frozenset(
    {
        "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
        "030794c1-ac77-496b-92df-f27374a8bd58",
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
        "e48ece36-62e2-4504-bad9-02848725956a",
        "[unknown]",
    }
)

# The engine's operations (sdk/go/common/apitype/history.go), by what becomes of the resource.
DELETES = frozenset({"delete", "discard"})
REPLACES = frozenset(
    {"replace", "create-replacement", "delete-replaced", "discard-replaced", "import-replacement", "read-replacement"}
)
# What leaves a resource as it is in AWS, or changes it in place. remove-pending-replace only tidies the state.
KEEPS = frozenset({"same", "create", "update", "refresh", "read", "import", "diff", "remove-pending-replace"})
KNOWN = KEEPS | DELETES | REPLACES


@dataclass(frozen=True)
class Step:
    """old and new: the resource before and after, each with inputs, outputs, protect and retainOnDelete.

    changed: the detailed diff, property path to kind (`delete`, `update` …); empty where the preview tells none.
    drift: not what would be done but what a refresh found in AWS; None where only the whole preview tells.
    """

    op: str
    urn: str
    type: str
    old: Properties | None
    new: Properties | None
    changed: Mapping[str, str] = field(default_factory=dict)
    drift: bool | None = False

    @property
    def goes(self) -> bool:
        """Whether the resource as it is now would be deleted, let go or replaced."""
        return self.op in DELETES or self.op in REPLACES

    @property
    def retained(self) -> bool:
        """Whether the engine would leave AWS as it is."""
        return bool((self.old or {}).get("retainOnDelete") or (self.old or {}).get("external"))

    @property
    def forgets_a_lookup(self) -> bool:
        """Whether only a lookup leaves (Organization.get): the engine never changes what it read, nor watches it."""
        return self.op in DELETES and bool((self.old or {}).get("external"))


@dataclass(frozen=True)
class Failure:
    """The preview itself says that something went wrong, or a policy does. mandatory: a policy's violation."""

    message: str
    urn: str = ""
    policy: str = ""
    mandatory: bool = True


@dataclass(frozen=True)
class Sames:
    """Of a digest with a refresh, at its end: refreshed resources, unchanged ones it shows, and those it counts."""

    refreshed: int
    shown: int
    counted: int


def either(state: Properties | None, name: str, first: str = "inputs") -> Any:
    """A property of a state: from one side of it, or else from the other."""
    for side in ("inputs", "outputs") if first == "inputs" else ("outputs", "inputs"):
        value = ((state or {}).get(side) or {}).get(name)
        if value is not None:
            return plain(value)
    return None


def given(state: Properties | None, name: str) -> Any:
    """A property as the program gives it."""
    return plain(((state or {}).get("inputs") or {}).get(name))


def plain(value: Any) -> Any:
    """A secret in a preview's JSON is an object with the engine's signature; its value is not told."""
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, dict) and _SECRET_KEY in value:
        return "[unknown]"
    return "[unknown]" if value == "[secret]" else value


def is_unknown(value: Any) -> bool:
    """Of a value that `plain` has seen. The engine also writes resource and output values as objects: not here."""
    return isinstance(value, str) and value in _UNKNOWN


def hides(value: Any) -> bool:
    """Whether anything inside of an object is unknown or secret."""
    if isinstance(value, Mapping):
        return _SECRET_KEY in value or any(hides(item) for item in value.values())
    if isinstance(value, list):
        return any(hides(item) for item in value)
    return is_unknown(value) or value == "[secret]"
