"""An escalation path: its steps, the actions that it takes, and the conditions that it depends on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from itertools import chain, repeat
from typing import NamedTuple, TypeVar

from pulumi_aws_identity_center.access.account import HeldPolicy
from pulumi_aws_identity_center.access.permissions import Call, Context, Permission

T = TypeVar("T")


class Step(NamedTuple):
    """A call of a path, or the lock-out action at its end. caller: the ARN of the principal that makes it. context: the
    condition keys that the call settles. through: the caller's policies that allow it."""

    caller: str
    action: str
    resource: str
    context: Context = ()
    through: tuple[HeldPolicy, ...] = ()
    locks_out: bool = False


Stage = tuple[Step, ...]
"""Steps of which one is enough."""


@dataclass(frozen=True)
class Path:
    """actions: of all steps but the lock-out action. through: the policies that allow the starting principal's own
    steps. doubts: (call, why it is in doubt) each. becomes: the ARN of the principal whose own path goes on from here;
    "" where this path ends with a lock-out action."""

    actions: tuple[str, ...] = ()
    through: tuple[HeldPolicy, ...] = ()
    conditions: tuple[str, ...] = ()
    doubts: tuple[tuple[str, str], ...] = ()
    stages: tuple[Stage, ...] = ()
    becomes: str = ""

    def and_(self, other: Path) -> Path:
        return replace(self._with_facts_of(other), stages=_union(self.stages, other.stages))

    def to(self, principal: str) -> Path:
        return replace(self, becomes=principal)

    def _with_facts_of(self, other: Path) -> Path:
        return Path(
            _union(self.actions, other.actions),
            _union(self.through, other.through),
            _union(self.conditions, other.conditions),
            _union(self.doubts, other.doubts),
            self.stages,
            other.becomes,
        )

    @classmethod
    def any_of(cls, paths: Sequence[Path]) -> Path:
        """Paths of the same length, of which one is enough."""
        return replace(reduce(cls._with_facts_of, paths), stages=_alternatives([path.stages for path in paths]))

    @classmethod
    def of_call(cls, call: Call, caller: str, permission: Permission, *, is_own: bool) -> Path:
        """is_own: whether the starting principal makes the call."""
        step = Step(caller, call.action, call.resource, call.context, permission.through)
        what = call.action if call.resource == "*" else f"{call.action} on {call.resource}"
        return cls.of_step(step, what, permission, is_own=is_own)

    @classmethod
    def of_step(cls, step: Step, what: str, permission: Permission, *, is_own: bool) -> Path:
        """what: names the call in a doubt."""
        through = permission.through if is_own else ()
        doubts = ((what, permission.doubt),) if permission.doubt else ()
        actions = () if step.locks_out else (step.action,)
        return cls(actions, through, permission.conditions, doubts, ((step,),))

    @classmethod
    def end(cls, caller: str, action: str) -> Path:
        """The end of a path whose caller may call the lock-out action by then."""
        return cls(stages=((Step(caller, action, "*", locks_out=True),),))

    @classmethod
    def of_lock_out(cls, action: str, caller: str, permission: Permission, *, is_own: bool) -> Path:
        """The end of a path: the lock-out action is none of its actions."""
        step = Step(caller, action, "*", (), permission.through, locks_out=True)
        return cls.of_step(step, action, permission, is_own=is_own)


def _alternatives(stages_by_path: Sequence[Sequence[Stage]]) -> tuple[Stage, ...]:
    """The first path's stages; where other paths differ, theirs are alternatives, matched from the end."""
    first, *others = stages_by_path
    stages = list(first)
    for other in others:
        extra_stages = [stage for stage in other if stage not in first]
        places = [place for place, stage in enumerate(first) if stage not in other] or [0]
        # A path with more stages of its own has the surplus at the first place.
        places_from_end = chain(reversed(places), repeat(places[0]))
        for place, stage in zip(places_from_end, reversed(extra_stages), strict=False):
            stages[place] = _merged(stages[place], stage)
    return tuple(stages)


def _merged(stage: Stage, other: Stage) -> Stage:
    """One step for each action: an alternative on another resource tells nothing new."""
    actions = {step.action for step in stage}
    return (*stage, *(step for step in other if step.action not in actions))


def _union(first: Iterable[T], second: Iterable[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys((*first, *second)))
