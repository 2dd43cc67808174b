"""What the steps of one resource come to: a Change.

The engine tells one change in up to four steps: `refresh`, then `create-replacement`, `replace` and `delete-replaced`
in either order, or `import` and `update`. `STEP_KINDS` says what becomes of the resource by each; the engine's own list
is sdk/go/common/apitype/history.go (OpType), which tests/components/gate/readers/test_pulumi_changes.py holds against
it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from pulumi_aws_identity_center.gate.change import UNKNOWN, Action, Cause, Change, Resource

State = Mapping[str, Any]

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

_SECRET_KEY = "4dabf18193072939515e22adb298388d"
# What the engine writes for a value that it can't know yet, by the value's type
# (sdk/go/common/resource/plugin/rpc.go); "[secret]" is how its displays write a secret.
_HIDDEN = frozenset(
    {
        "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
        "030794c1-ac77-496b-92df-f27374a8bd58",
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
        "e48ece36-62e2-4504-bad9-02848725956a",
        "[secret]",
        UNKNOWN,
    }
)


@dataclass(frozen=True, slots=True)
class Step:
    """op: the engine's word. is_drift: this tells what a refresh found, whatever op says."""

    op: str
    urn: str
    type: str
    old: State | None
    new: State | None
    paths: Mapping[str, str]
    is_drift: bool = False


def refreshed(step: Step, state: State | None) -> Change:
    """What a refresh found: the state that AWS has, None where there is none."""
    before, after = resource(step.old), resource(state)
    action = Action.DELETE if after is None else Action.UPDATE
    return Change(step.urn, step.type, "refresh", action, before, after, Cause.REFRESH)


def unchanged(step: Step, state: State | None) -> Change:
    """What a refresh found, and the plan leaves as it is."""
    found = resource(state)
    return Change(step.urn, step.type, "same", Action.SAME, found, found)


def not_told(step: Step, why: str) -> Change:
    return Change(step.urn, step.type, step.op, Action.UNTOLD, resource(step.old), None, Cause.REFRESH, untold=why)


def split_pending(steps: list[Step]) -> tuple[list[Step], list[Step]]:
    """The steps that delete what an earlier update replaced without deleting it, and the others."""
    deletes = [step for step in steps if step.op in _DELETING_REPLACED]
    replacing = [step for step in steps if step.op in _REPLACING]
    if replacing:
        # This plan deletes what it replaces itself by a step of the same kind.
        replaced = _first_old(replacing)
        deletes = [step for step in deletes if replaced is not None and not _is_same_object(step.old or {}, replaced)]
    return deletes, [step for step in steps if step not in deletes]


def _is_same_object(state: State, other: State) -> bool:
    return all(state.get(key) == other.get(key) for key in ("id", "inputs"))


def pending_delete(step: Step) -> Change:
    """The deletion of what an earlier update replaced."""
    old = step.old or {}
    is_kept = _stays_in_aws(old)
    return Change(step.urn, step.type, step.op, Action.DELETE, resource(step.old), None, retained=is_kept, pending=True)


def group(steps: list[Step]) -> Change:
    """One change of a resource, from the engine's steps of it."""
    if _leave_it_unchanged(steps):
        return _unchanged(steps[0])
    unknown = next((step for step in steps if step.op not in STEP_KINDS), None)
    action = Action.UNTOLD if unknown else _action(steps)
    named_step = unknown or _telling(steps, action)
    old, new = _state_before(steps), _last_new(steps)
    before = resource(old)
    after = before if new is old else resource(new)
    return Change(
        address=named_step.urn,
        type=named_step.type,
        op=named_step.op,
        action=action,
        before=before,
        after=None if action is Action.DELETE else after,
        retained=old is not None and bool(_leaving(steps)) and _stays_in_aws(old),
        imported=bool(_imports(steps)),
        paths={path: kind for step in steps for path, kind in step.paths.items()},
        untold=_unknown_operation(unknown.op) if unknown else "",
    )


def _leave_it_unchanged(steps: list[Step]) -> bool:
    first = steps[0]
    return len(steps) == 1 and first.op in ("same", "update") and first.new is first.old


def _unknown_operation(op: str) -> str:
    return f"The engine calls what it would do here {op!r}, which this gate doesn't know."


def _leaving(steps: list[Step]) -> list[Step]:
    return [step for step in steps if STEP_KINDS.get(step.op) in (Action.DELETE, Action.REPLACE)]


def _imports(steps: list[Step]) -> list[Step]:
    return [step for step in steps if step.op in _IMPORTS]


def _state_before(steps: list[Step]) -> State | None:
    """What leaves, if anything does; of an import that the record has no state of, what it found in AWS."""
    old = _last_old(_leaving(steps)) or _first_old(steps)
    imports = _imports(steps)
    return _state_in_aws(imports[-1]) if old is None and imports else old


def _unchanged(step: Step) -> Change:
    state = resource(step.old)
    return Change(step.urn, step.type, step.op, STEP_KINDS[step.op] or Action.SAME, state, state, paths=step.paths)


def _telling(steps: list[Step], action: Action) -> Step:
    """The step whose name says it best: of an import that goes on to update, the update."""
    ordered = reversed(steps) if action is Action.UPDATE else steps
    return next((step for step in ordered if STEP_KINDS[step.op] is action), steps[0])


def _action(steps: list[Step]) -> Action:
    actions = {STEP_KINDS[step.op] for step in steps} - {None}
    if Action.REPLACE in actions or (Action.DELETE in actions and len(actions) > 1):
        return Action.REPLACE
    for action in (Action.DELETE, Action.READ, Action.UPDATE, Action.CREATE):
        if action in actions:
            return action
    return Action.SAME


def _first_old(steps: list[Step]) -> State | None:
    return next((step.old for step in steps if step.old is not None), None)


def _last_old(steps: list[Step]) -> State | None:
    return _first_old(steps[::-1])


def _last_new(steps: list[Step]) -> State | None:
    return next((step.new for step in reversed(steps) if step.new is not None), None)


def _state_in_aws(step: Step) -> State | None:
    """What an import found in AWS: the new state's outputs, which tell nothing where they are what is given."""
    new = step.new or {}
    if not new.get("outputs"):
        return None
    return {**new, "inputs": {}, "protect": False, "retainOnDelete": False}


def _stays_in_aws(old: State) -> bool:
    """Whether the engine never calls Delete: for a `deletedWith`, which leaves that to another resource, neither."""
    return any(old.get(option) for option in ("retainOnDelete", "external", "deletedWith"))


def resource(state: State | None) -> Resource | None:
    if state is None:
        return None
    raw_inputs, raw_outputs = state.get("inputs") or {}, state.get("outputs") or {}
    inputs = plain(raw_inputs)
    return Resource(
        inputs=inputs,
        outputs=inputs if raw_outputs == raw_inputs else plain(raw_outputs),
        protect=bool(state.get("protect")),
        retain=bool(state.get("retainOnDelete")),
        external=bool(state.get("external")),
        ignores=tuple(path for path in state.get("ignoreChanges") or () if isinstance(path, str)),
        id=str(state.get("id") or ""),
        provider=str(state.get("provider") or ""),
    )


def plain(value: Any) -> Any:
    """A value with UNKNOWN for what the engine hides: a secret is an object with its signature, or "[secret]"."""
    if isinstance(value, dict):
        return UNKNOWN if _SECRET_KEY in value else {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return UNKNOWN if isinstance(value, str) and value in _HIDDEN else value
