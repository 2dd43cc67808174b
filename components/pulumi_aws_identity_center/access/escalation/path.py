"""An escalation path: the actions that it takes, and the conditions that it depends on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from pulumi_aws_identity_center.access.account import HeldPolicy
from pulumi_aws_identity_center.access.permissions import Call, Permission

T = TypeVar("T")


@dataclass(frozen=True)
class Path:
    """through: the policies that allow the actions to the one who starts. doubts: (call, why it is in doubt) each."""

    actions: tuple[str, ...] = ()
    through: tuple[HeldPolicy, ...] = ()
    conditions: tuple[str, ...] = ()
    doubts: tuple[tuple[str, str], ...] = ()

    def and_(self, other: Path) -> Path:
        return Path(
            _union(self.actions, other.actions),
            _union(self.through, other.through),
            _union(self.conditions, other.conditions),
            _union(self.doubts, other.doubts),
        )

    @classmethod
    def of_call(cls, call: Call, permission: Permission, *, is_own: bool) -> Path:
        """is_own: whether the one who starts makes the call."""
        return cls.of_action(call.action, f"{call.action} on {call.resource}", permission, is_own=is_own)

    @classmethod
    def of_action(cls, action: str, what: str, permission: Permission, *, is_own: bool) -> Path:
        """what: names the action in a doubt."""
        last = cls.of_lock_out(what, permission, is_own=is_own)
        return cls((action,), last.through, last.conditions, last.doubts)

    @classmethod
    def of_lock_out(cls, action: str, permission: Permission, *, is_own: bool) -> Path:
        """The end of a path: the lock-out action is none of its actions."""
        through: tuple[HeldPolicy, ...] = ()
        if is_own:
            # A name with a star is that of a policy that the path itself writes.
            through = tuple(policy for policy in permission.through if not policy.name.startswith("*"))
        doubts = ((action, permission.doubt),) if permission.doubt else ()
        return cls((), through, permission.conditions, doubts)


def _union(first: tuple[T, ...], second: tuple[T, ...]) -> tuple[T, ...]:
    return tuple(dict.fromkeys((*first, *second)))
