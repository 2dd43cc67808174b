"""What Pulumi's two forms share: a step as the engine writes it, and the steps of a whole preview, by resource.

What the steps of one resource come to: `pulumi_changes.py`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from pulumi_aws_identity_center.domain.resource_types import STACK_TYPE, canonical, type_of
from pulumi_aws_identity_center.gate.change import About, Change, Failure
from pulumi_aws_identity_center.gate.rules.by_type import is_judged, keeps_step
from pulumi_aws_identity_center.names import PACKAGE

from .document import NotAPlan
from .pulumi_break_glass import ComponentsBreakGlass, configured_break_glass
from .pulumi_changes import Phases, Step, group, pending_delete, refreshed, split_pending, unchanged, without_lookup
from .pulumi_states import State, object_in, object_of, parse_state, resource_of

_COUNTED = ("create", "update", "delete", "replace", "import", "discard")
_OF_STACK: Final = f"::{STACK_TYPE}::"
CORRUPT: Final = Failure("the engine says that the stack's state may be corrupt")
_TARGETED = "but was not specified in --target list"


def parse_step(step: Mapping[str, Any], old: Any, new: Any, kind: str) -> Step | None:
    """A step; None of one that no rule judges. kind: the key of a property's difference in this form."""
    op, urn = step.get("op"), step.get("urn")
    if not isinstance(op, str) or not isinstance(urn, str):
        raise NotAPlan("The input's steps are not those of a pulumi preview: one lacks op or urn.")
    if op == "same" and _is_not_created(old):
        return None
    before = parse_state(old)
    sides = [before] if new == old else [before, parse_state(new)]
    diff = object_in(step, "detailedDiff")
    states = list(filter(None, sides))
    type_ = _judged_type(urn, before)
    if not type_ or not keeps_step(op, type_, urn, states):
        return None
    resources = [resource_of(type_, state) for state in sides]
    paths = {path: _difference_kind(entry, kind) for path, entry in diff.items()}
    old_urn, keeps_old = (before.urn, before.stays_in_aws(type_)) if before else ("", False)
    return Step(op, urn, type_, resources[0], resources[-1], paths, old_urn, keeps_old)


def _difference_kind(entry: Any, key: str) -> str:
    """The kind by this key; by "kind", which one form has for the other's; "" where there is neither."""
    if not isinstance(entry, dict):
        return ""
    return str(entry.get(key) or entry.get("kind") or "")


def _judged_type(urn: str, before: State | None) -> str:
    """The type, "" if no rule judges it. An alias can change the type: then the old state's counts, which the engine
    deletes."""
    if before:
        type_ = canonical(str(before.options.get("type", "")))
        if is_judged(type_, ""):
            return type_
    named = canonical(type_of(urn))
    return named if is_judged(named, urn) else ""


def check_summary(summary: Mapping[str, Any], steps: Steps) -> None:
    """The summary counts what the steps show: a delete that it counts and no step shows would be judged by nobody.

    A refresh counts what it finds under other names than its steps have, so there is nothing to compare.
    """
    if steps.has_full_refresh:
        return
    for op in _COUNTED:
        count, seen = summary.get(op, 0), steps.seen[op]
        if not isinstance(count, int) or count > seen:
            raise NotAPlan(
                f"The preview's summary counts {count!r} of {op}, and its steps show {seen}: steps are missing. "
                "Give it the whole output of pulumi preview --json."
            )


def failures(diagnostics: Any) -> Iterator[Failure]:
    if not isinstance(diagnostics, list):
        raise NotAPlan("The input is not that of a pulumi preview: its diagnostics are no list.")
    for diagnostic in diagnostics:
        diagnostic = object_of(diagnostic, "diagnostic")
        message = str(diagnostic.get("message", "")).strip()
        if str(diagnostic.get("severity", "")).startswith("error") or _TARGETED in message:
            yield Failure(message.removeprefix("error: "), str(diagnostic.get("urn", "")))


class Steps:
    """The steps of what is judged, by resource; memory is that of what guards sign-in.

    overwrites_drift: the form writes what a full refresh found over the resource's own entry, as if the plan did it.
    """

    def __init__(self, *, overwrites_drift: bool = False) -> None:
        self._overwrites_drift = overwrites_drift
        self.seen: Counter[str] = Counter()
        self.stack = ""
        self.targeted = False
        self._by_urn: dict[str, list[Step]] = {}
        self._ops_of_stack: set[str] = set()
        self._components_break_glass = ComponentsBreakGlass()
        self._refreshes_others = False  # whether a resource of another package than ours is refreshed

    @property
    def has_full_refresh(self) -> bool:
        """Whether a refresh looked at every resource, the stack's own among them. Without that, a provider asked for
        the refresh of single resources (`refresh_before_update`, as AccessMatrix's do)."""
        if self._ops_of_stack:
            return "refresh" in self._ops_of_stack
        return self._refreshes_others  # without --show-sames, a digest leaves the stack's own out

    @property
    def _destroys(self) -> bool:
        """An update registers the stack's own resource, so it has a step of that: same, if nothing else."""
        return bool(self.seen["delete"]) and self._ops_of_stack <= {"delete", "refresh"}

    def count(self, raw: Mapping[str, Any], old: Any, new: Any) -> None:
        op, urn = raw.get("op", ""), str(raw.get("urn", ""))
        self.seen[op] += 1
        if op == "same" and _is_not_created(old):
            self.targeted = True
        if _OF_STACK in urn:
            self._ops_of_stack.add(op)
        self._components_break_glass.note(urn, old, new)
        if op == "refresh" and not type_of(urn).startswith(f"{PACKAGE}:"):
            self._refreshes_others = True
        self.stack = self.stack or _stack_of(urn)

    def add(self, step: Step) -> None:
        self._by_urn.setdefault(step.urn, []).append(step)

    def of(self, urn: str) -> list[Step]:
        return self._by_urn.get(urn, [])

    def about(self, config: Any = None, *, made: str = "", shows_unchanged: bool = True) -> About:
        options = ("refresh",) if self.has_full_refresh else ()
        targeted = True if self.targeted else None
        break_glasses = configured_break_glass(config) + self._components_break_glass.all()
        return About(
            *("pulumi", self.stack, made, options, targeted, break_glasses),
            shows_unchanged=shows_unchanged,
            destroys=self._destroys,
        )

    def changes(self, judge_begun: Callable[[Step], Change | None] = lambda step: None) -> Iterator[Change]:
        """What the steps come to. judge_begun: of a resource of which only the refresh's beginning is known."""
        moved = {steps[0].old_urn: urn for urn, steps in self._by_urn.items()}
        for urn, steps in self._by_urn.items():
            phases = self._phases(steps)
            yield from self._refreshed(phases, moved.get(urn), judge_begun)
            yield from self._planned(phases)

    def _refreshed(
        self, phases: Phases, moved_to: str | None, judge_begun: Callable[[Step], Change | None]
    ) -> Iterator[Change]:
        """What the refresh found: as the form tells it, or as the plan's first step shows it."""
        begun, drift, plan = phases
        if drift:
            yield refreshed(drift[0], drift[0].new)
        elif not begun:
            return
        elif not plan:
            yield from self._begun(begun[0], moved_to, judge_begun)
        elif plan[0].old is not None or plan[0].op == "create":
            yield refreshed(begun[0], plan[0].old)

    def _planned(self, phases: Phases) -> Iterator[Change]:
        pending, plan = split_pending(without_lookup(phases.plan))
        yield from map(pending_delete, pending)
        if plan:
            yield group(plan)
            return
        refreshed_alone = phases.drift and not self.has_full_refresh
        if refreshed_alone and phases.drift[0].new is not None:
            yield unchanged(phases.drift[0], phases.drift[0].new)

    def _phases(self, steps: list[Step]) -> Phases:
        phases = Phases.of(steps)
        may_write_drift_as_plan = self._overwrites_drift and self.has_full_refresh
        if phases.begun or phases.drift or not may_write_drift_as_plan:
            return phases
        is_drift = phases.plan[0].op in ("update", "delete")
        return Phases([], phases.plan[:1], phases.plan[1:]) if is_drift else phases

    def _begun(
        self, step: Step, moved_to: str | None, judge_begun: Callable[[Step], Change | None]
    ) -> Iterator[Change]:
        """A resource of which only the refresh's beginning is told, under this URN."""
        moved = self._by_urn.get(moved_to or "", [])
        if moved and moved_to != step.urn:
            yield refreshed(step, moved[0].old)
        elif change := judge_begun(step):
            yield change


def _is_not_created(state: Any) -> bool:
    """So the engine tells of what it doesn't create, since --target leaves it out: unchanged, without an id."""
    return isinstance(state, dict) and bool(state.get("custom")) and not state.get("id")


def _stack_of(urn: str) -> str:
    """PROJECT/STACK; "" where it is no URN."""
    parts = urn.split("::")
    return f"{parts[1]}/{parts[0].rpartition(':')[2]}" if len(parts) > 3 else ""
