"""A resource's state as the engine writes it, and the gate's Resource of it.

The engine's own shapes: sdk/go/common/apitype/core.go (ResourceV3), sdk/go/common/resource/properties.go (secrets).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from pulumi_aws_identity_center.gate.change import UNKNOWN, Resource
from pulumi_aws_identity_center.gate.guards.carriers import IDENTITIES
from pulumi_aws_identity_center.gate.guards.first_look import judged_properties
from pulumi_aws_identity_center.names import UNKNOWN_VALUES, VALUE_SIGNATURE

from .document import NotAPlan

# "[secret]" is how the engine's displays write a secret.
_HIDDEN = UNKNOWN_VALUES | {"[secret]", UNKNOWN}
# The engine makes a default provider for each version of a package, all of one configuration.
_DEFAULT_PROVIDER = re.compile(r"(:providers:[^:]+::default)_\d+_\d+_\d+::.*")


class State(NamedTuple):
    """options: the whole object, with the resource's options, type, id and URN."""

    inputs: Mapping[str, Any]
    outputs: Mapping[str, Any]
    options: Mapping[str, Any]

    @property
    def id(self) -> str:
        return str(self.options.get("id") or "")

    @property
    def urn(self) -> str:
        return str(self.options.get("urn") or "")

    def stays_in_aws(self, type_: str) -> bool:
        """Whether the engine never calls Delete. With `deletedWith` it leaves that to another resource, if that goes
        too: an identity then counts as kept, since it may lose its guard, and anything else as deleted."""
        options = ("retainOnDelete", "external", "deletedWith")
        return any(map(self.options.get, options if type_ in IDENTITIES else options[:2]))


def parse_state(value: Any) -> State | None:
    """None where there is none. Raises NotAPlan for what is no state."""
    if value is None:
        return None
    options = object_of(value, "state")
    inputs, outputs = object_in(options, "inputs"), object_in(options, "outputs")
    if VALUE_SIGNATURE in inputs or VALUE_SIGNATURE in outputs:
        # The engine hides single properties, and never all of them as one secret.
        raise NotAPlan("The input is not that of a pulumi preview: a step's inputs or outputs are one secret.")
    return State(inputs, outputs, options)


_EMPTY: Mapping[str, Any] = {}


def object_in(options: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """The object of this name; an empty one where there is none."""
    value = options.get(name)
    return object_of(value, name) if value else _EMPTY


def object_of(value: Any, name: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise NotAPlan(f"The input is not that of a pulumi preview: a step's {name} is {value!r:.40}, not an object.")
    return value


def resource_of(type_: str, state: State | None) -> Resource | None:
    """With the properties that are judged."""
    if state is None:
        return None
    inputs = plain(judged_properties(type_, state.inputs))
    is_same = state.outputs == state.inputs
    options = state.options
    return Resource(
        inputs=inputs,
        outputs=inputs if is_same else plain(judged_properties(type_, state.outputs)),
        protect=bool(options.get("protect")),
        retain=bool(options.get("retainOnDelete")),
        external=bool(options.get("external")),
        ignores=tuple(path for path in options.get("ignoreChanges") or () if isinstance(path, str)),
        id=state.id,
        provider=_DEFAULT_PROVIDER.sub(r"\1", str(options.get("provider") or "")),
    )


def plain(value: Any) -> Any:
    """A value with UNKNOWN for what the engine hides: a secret is an object with its signature, or "[secret]"."""
    if isinstance(value, dict):
        return UNKNOWN if VALUE_SIGNATURE in value else {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return UNKNOWN if isinstance(value, str) and value in _HIDDEN else value
