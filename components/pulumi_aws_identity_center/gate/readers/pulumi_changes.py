"""Makes one Change of a resource's steps.

The engine writes one change as up to four steps: `refresh`, then `create-replacement`, `replace` and `delete-replaced`
in either order, or `import` and `update`. `STEP_KINDS` says what becomes of the resource by each; the engine's own list
is sdk/go/common/apitype/history.go (OpType), which tests/components/gate/readers/test_pulumi_changes.py holds against
it.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, NamedTuple

from pulumi_aws_identity_center.gate.change import Action, Cause, Change, Resource

# What a step does to the resource as it is now. None: the step by itself does nothing to it.
STEP_KINDS: Final[Mapping[str, Action | None]] = {
    "same": Action.SAME,
    "create": Action.CREATE,
    "update": Action.UPDATE,
    "delete": Action.DELETE,
    "replace": Action.REPLACE,
    "create-replacement": Action.REPLACE,
    "delete-replaced": Action.REPLACE,
    "read": Action.READ,
    "read-replacement": Action.REPLACE,
    "refresh": None,
    "discard": Action.DELETE,
    "discard-replaced": Action.REPLACE,
    "remove-pending-replace": None,
    "import": Action.UPDATE,
    "import-replacement": Action.REPLACE,
}
_REPLACING = frozenset({"replace", "create-replacement", "import-replacement", "read-replacement"})
_DELETING_REPLACED = frozenset({"delete-replaced", "discard-replaced"})
_IMPORTS = frozenset({"import", "import-replacement"})
_IN_PLACE = {"same": Action.SAME, "update": Action.UPDATE}
_FROM_WORST = (Action.UNKNOWN, Action.REPLACE, Action.DELETE, Action.READ, Action.UPDATE, Action.CREATE)


@dataclass(frozen=True, slots=True)
class Step:
    """op: the engine's word. old_urn: the URN that the old state has, before a rename. keeps_old: the engine never
    deletes the old one in AWS. is_drift: this tells what a refresh found, whatever op says."""

    op: str
    urn: str
    type: str
    old: Resource | None
    new: Resource | None
    paths: Mapping[str, str]
    old_urn: str = ""
    keeps_old: bool = False
    is_drift: bool = False

    @property
    def lets_old_go(self) -> bool:
        return STEP_KINDS.get(self.op) in (Action.DELETE, Action.REPLACE)

    @property
    def had_lookup(self) -> bool:
        """Whether the old state is of a resource that the program only read."""
        return self.old is not None and self.old.external

    @property
    def old_object(self) -> tuple[str, Mapping[str, Any]] | None:
        """What tells the old state's object in AWS from another of the same URN."""
        return (self.old.id, self.old.inputs) if self.old else None


class Phases(NamedTuple):
    """The steps of one resource: those that begin a refresh, those that tell what it found, and those of the plan."""

    begun: list[Step]
    drift: list[Step]
    plan: list[Step]

    @classmethod
    def of(cls, steps: list[Step]) -> Phases:
        drift = [step for step in steps if step.is_drift]
        others = [step for step in steps if not step.is_drift]
        begun = [step for step in others if step.op == "refresh"]
        plan = [step for step in others if step.op != "refresh"]
        return cls(begun, drift, plan)


def refreshed(step: Step, state: Resource | None) -> Change:
    """What a refresh found: the state that AWS has, None where there is none."""
    action = Action.DELETE if state is None else Action.UPDATE
    return Change(step.urn, step.type, "refresh", action, step.old, state, Cause.REFRESH)


def unchanged(step: Step, state: Resource | None) -> Change:
    """What a refresh found, and the plan leaves as it is."""
    return Change(step.urn, step.type, "same", Action.SAME, state, state)


def not_told(step: Step, why: str) -> Change:
    return Change(step.urn, step.type, step.op, Action.UNKNOWN, step.old, None, Cause.REFRESH, unknown_reason=why)


def without_lookup(steps: list[Step]) -> list[Step]:
    """A resource that was only read gives way to a managed one: that is created, or imported and updated, and nothing
    is replaced in AWS."""
    created = [replace(step, op="create") for step in steps if step.op == "replace" and step.had_lookup]
    if not created:
        return steps
    others = [step for step in steps if step.op not in _REPLACING and not step.had_lookup]
    is_updated = any(step.op == "update" for step in others)
    return others if is_updated else created + others


def split_pending(steps: list[Step]) -> tuple[list[Step], list[Step]]:
    """The steps that delete what an earlier update replaced without deleting it, and the others."""
    replacing = [step for step in steps if step.op in _REPLACING]
    pending = [step for step in steps if _is_pending(step, replacing)]
    return pending, [step for step in steps if step not in pending]


def _is_pending(step: Step, replacing: list[Step]) -> bool:
    if step.op not in _DELETING_REPLACED:
        return False
    if not replacing:
        return True
    # This plan deletes what it replaces itself by a step of the same kind.
    source = _first_with_old(replacing)
    return source is not None and step.old_object != source.old_object


def pending_delete(step: Step) -> Change:
    return Change(step.urn, step.type, step.op, Action.DELETE, step.old, None, retained=step.keeps_old, pending=True)


def group(steps: list[Step]) -> Change:
    first = steps[0]
    if len(steps) == 1 and first.op in _IN_PLACE and first.new is first.old:
        return Change(first.urn, first.type, first.op, _IN_PLACE[first.op], first.old, first.new, paths=first.paths)
    action = _action(steps)
    named_step = _naming_step(steps, action)
    leaving = [step for step in steps if step.lets_old_go]
    imports = [step for step in steps if step.op in _IMPORTS]
    source = _first_with_old(itertools.chain(reversed(leaving), steps))
    return Change(
        address=named_step.urn,
        type=named_step.type,
        op=named_step.op,
        action=action,
        before=source.old if source else _before_import(imports),
        after=None if action is Action.DELETE else _last_state(steps),
        retained=bool(leaving and source and source.keeps_old),
        imported=bool(imports),
        paths=dict(itertools.chain.from_iterable(step.paths.items() for step in steps)),
        unknown_reason=_unknown_reason(named_step),
    )


def _unknown_reason(step: Step) -> str:
    if step.op in STEP_KINDS:
        return ""
    return f"The engine calls what it would do here {step.op!r}, which this gate doesn't know."


def _first_with_old(steps: Iterable[Step]) -> Step | None:
    return next((step for step in steps if step.old is not None), None)


def _last_state(steps: list[Step]) -> Resource | None:
    return next((step.new for step in reversed(steps) if step.new is not None), None)


def _before_import(imports: list[Step]) -> Resource | None:
    """What the last import found in AWS, of which the record has no state: the new state's outputs, if it has any."""
    new = _last_state(imports)
    if new is None or not new.outputs:
        return None
    return replace(new, inputs={}, protect=False, retain=False)


def _naming_step(steps: list[Step], action: Action) -> Step:
    """The step whose name says it best: of an import that goes on to update, the update."""
    ordered = reversed(steps) if action is Action.UPDATE else steps
    return next((step for step in ordered if _kind(step) is action), steps[0])


def _kind(step: Step) -> Action | None:
    return STEP_KINDS.get(step.op, Action.UNKNOWN)


def _action(steps: list[Step]) -> Action:
    actions = set(map(_kind, steps)) - {None}
    return next((action for action in _FROM_WORST if action in actions), Action.SAME)
