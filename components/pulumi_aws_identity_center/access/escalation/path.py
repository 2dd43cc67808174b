"""An escalation path: the actions that it takes, and the conditions that it depends on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from pulumi_aws_identity_center.access.account import HeldPolicy
from pulumi_aws_identity_center.access.permissions import Answer

T = TypeVar("T")


@dataclass(frozen=True)
class Path:
    """What it takes. doubts: on what that hangs."""

    actions: tuple[str, ...] = ()
    through: tuple[HeldPolicy, ...] = ()
    conditions: tuple[str, ...] = ()
    doubts: tuple[tuple[str, str], ...] = ()

    def and_(self, other: Path) -> Path:
        return Path(
            _both(self.actions, other.actions),
            _both(self.through, other.through),
            _both(self.conditions, other.conditions),
            _both(self.doubts, other.doubts),
        )

    @classmethod
    def of(cls, action: str, what: str, answer: Answer, *, is_own: bool) -> Path:
        through = tuple(held for held in answer.through if not held.name.startswith("*")) if is_own else ()
        return cls(
            (action,) if action else (), through, answer.conditions, ((what, answer.doubt),) if answer.doubt else ()
        )


def _both(one: tuple[T, ...], other: tuple[T, ...]) -> tuple[T, ...]:
    return tuple(dict.fromkeys((*one, *other)))
