"""A request to IAM's evaluator: an action on a resource, and the known values of its condition keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

Value = str | Sequence[str]
EVERY_OTHER_KEY = "*"


class Unknown:
    """The value of a key, or of a policy variable, that can't be known."""


UNKNOWN = Unknown()


@dataclass(frozen=True)
class Request:
    """context: condition keys and their values, an empty sequence for a key that is certainly absent; a key in
    neither is absent too, unless unknown_keys has it (or "*", for every key that the context doesn't have).
    closed: beginnings of keys of which the context has all that there are, such as "aws:PrincipalTag/": one that it
    doesn't have is absent, also with "*" among the unknown keys.
    resource_is_shape: each * in `resource` is text, within a part of the ARN, that isn't known.
    principals: the caller as a Principal element would name it, (type, name) each; empty: it isn't known."""

    action: str
    resource: str = "*"
    context: Mapping[str, Value] = field(default_factory=dict)
    unknown_keys: frozenset[str] = frozenset()
    resource_is_shape: bool = False
    principals: frozenset[tuple[str, str]] = frozenset()
    closed: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        values = {
            key.lower(): (value,) if isinstance(value, str) else tuple(value) for key, value in self.context.items()
        }
        object.__setattr__(self, "_known", values)
        object.__setattr__(self, "_unknown", frozenset(map(str.lower, self.unknown_keys)))
        object.__setattr__(self, "_closed", tuple(map(str.lower, self.closed)))
        object.__setattr__(self, "lower_action", self.action.lower())

    lower_action: str = field(init=False, repr=False, compare=False, default="")
    _known: Mapping[str, tuple[str, ...]] = field(init=False, repr=False, compare=False, default_factory=dict)
    _unknown: frozenset[str] = field(init=False, repr=False, compare=False, default=frozenset())
    _closed: tuple[str, ...] = field(init=False, repr=False, compare=False, default=())

    def values(self, key: str) -> tuple[str, ...] | Unknown:
        """A key's values: none if it is absent. Keys have no case (reference_policies_condition-keys.html)."""
        lower = key.lower()
        if lower in self._unknown:
            return UNKNOWN
        if lower in self._known:
            return self._known[lower]
        may_have_any_key = EVERY_OTHER_KEY in self._unknown
        return UNKNOWN if may_have_any_key and not lower.startswith(self._closed) else ()


def caller_names(arn: str) -> frozenset[tuple[str, str]]:
    """How Principal elements name an IAM user, a role or a role's session: itself, and its account."""
    parts = arn.split(":", 5)
    if len(parts) < 6:
        return frozenset({("AWS", arn)})
    account = parts[4]
    return frozenset({("AWS", arn), ("AWS", account), ("AWS", f"{parts[0]}:{parts[1]}:iam::{account}:root")})
