"""What Pulumi's two forms share: a step as the engine writes it, and the Changes that a resource's steps come to.

The engine tells one change in up to four steps: `refresh`, then `create-replacement`, `replace` and `delete-replaced`
in either order, or `import` and `update`. `STEP_KINDS` says what becomes of the resource by each; the engine's own list
is sdk/go/common/apitype/history.go (OpType), which tests/components/gate/readers/test_pulumi_steps.py holds against it.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from pulumi_aws_identity_center.domain.resource_types import canonical, type_of
from pulumi_aws_identity_center.gate.change import UNKNOWN, About, Action, Cause, Change, Failure, Resource
from pulumi_aws_identity_center.gate.guards.carriers import slim
from pulumi_aws_identity_center.gate.rules.by_type import is_judged, keeps_step
from pulumi_aws_identity_center.names import PACKAGE

from .document import NotAPlan

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
_COUNTED = ("create", "update", "delete", "replace", "import", "discard")
# What the engine says last of a preview that failed, whatever was said before.
BARE: Final = ("preview failed", "update failed", "destroy failed")
_TARGETED = "but was not specified in --target list"


@dataclass(frozen=True, slots=True)
class Step:
    """op: the engine's word. found: this tells what a refresh found, whatever op says."""

    op: str
    urn: str
    type: str
    old: State | None
    new: State | None
    paths: Mapping[str, str]
    found: bool = False


def parse_step(step: Mapping[str, Any], old: Any, new: Any, kind: str) -> Step | None:
    """A step; None of one that no rule judges. kind: the key of a property's difference in this form."""
    op, urn = step.get("op"), step.get("urn")
    if not isinstance(op, str) or not isinstance(urn, str):
        raise NotAPlan("The input's steps are not those of a pulumi preview: one lacks op or urn.")
    before, after = _state(old), _state(new)
    diff = object_of(step.get("detailedDiff") or {}, "detailedDiff")
    type_ = _type(urn, step, before, after)
    if not is_judged(type_, urn) or not keeps_step(op, type_, urn, before, after):
        return None
    before, after = slim(type_, before), slim(type_, after)
    if after == before:
        after = before  # one copy, of what is kept
    paths = {
        path: str(entry.get(kind) or entry.get("kind") or "") if isinstance(entry, dict) else ""
        for path, entry in diff.items()
    }
    return Step(op, urn, type_, before, after, paths)


def _type(urn: str, step: Mapping[str, Any], before: State | None, after: State | None) -> str:
    """A URN names the type; where it names none that is judged, the states may: an alias can change the type."""
    named = canonical(type_of(urn))
    if is_judged(named, urn):
        return named
    for state in (before, after, step):
        if state and is_judged(own := canonical(str(state.get("type", ""))), ""):
            return own
    return named


def object_of(value: Any, name: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise NotAPlan(f"The input is not that of a pulumi preview: a step's {name} is {value!r:.40}, not an object.")
    return value


def _state(value: Any) -> State | None:
    if value is None:
        return None
    state = object_of(value, "state")
    for side in ("inputs", "outputs"):
        object_of(state.get(side) or {}, side)
    return state


def check_summary(summary: Mapping[str, Any], seen: Counter[str]) -> None:
    """The summary counts what the steps show: a delete that it counts and no step shows would be judged by nobody.

    A refresh counts what it finds under other names than its steps have, so there is nothing to compare.
    """
    if seen["refresh"]:
        return
    for op in _COUNTED:
        count = summary.get(op, 0)
        if not isinstance(count, int) or count > seen[op]:
            raise NotAPlan(
                f"The preview's summary counts {count!r} of {op}, and its steps show {seen[op]}: steps are missing. "
                "Give it the whole output of pulumi preview --json."
            )


def failures(diagnostics: Any) -> Iterator[Failure]:
    """What the diagnostics say went wrong."""
    if not isinstance(diagnostics, list):
        raise NotAPlan("The input is not that of a pulumi preview: its diagnostics are no list.")
    for diagnostic in diagnostics:
        diagnostic = object_of(diagnostic, "diagnostic")
        message = str(diagnostic.get("message", "")).strip()
        if str(diagnostic.get("severity", "")).startswith("error") or _TARGETED in message:
            yield Failure(message.removeprefix("error: "), str(diagnostic.get("urn", "")))


def corrupt() -> Failure:
    return Failure("the engine says that the stack's state may be corrupt")


class Steps:
    """The steps of what is judged, by resource; memory is that of what guards sign-in."""

    def __init__(self) -> None:
        self.seen: Counter[str] = Counter()
        self.stack = ""
        self.targeted = False
        self._by_urn: dict[str, list[Step]] = {}

    def count(self, raw: Mapping[str, Any], old: Any) -> None:
        op = raw.get("op", "")
        self.seen[op] += 1
        if op == "same" and isinstance(old, dict) and old.get("custom") and not old.get("id"):
            self.targeted = True  # so the engine tells of what it doesn't create, since --target leaves it out
        if not self.stack:
            parts = str(raw.get("urn", "")).split("::")
            if len(parts) > 3:
                self.stack = f"{parts[1]}/{parts[0].rpartition(':')[2]}"

    def add(self, step: Step) -> None:
        self._by_urn.setdefault(step.urn, []).append(step)

    def of(self, urn: str) -> list[Step]:
        return self._by_urn.get(urn, [])

    def about(self, config: Any = None, *, made: str = "") -> About:
        options = ("refresh",) if self.seen["refresh"] else ()
        targeted = True if self.targeted else None
        return About("pulumi", self.stack, made, options, targeted, _break_glass(config))

    def changes(self, untold: Callable[[Step], Change | None] = lambda step: None) -> Iterator[Change]:
        """What the steps come to. untold: what to say of a resource of which only the refresh's beginning is known."""
        refreshes = bool(self.seen["refresh"])
        moved = {str((steps[0].old or {}).get("urn") or ""): urn for urn, steps in self._by_urn.items()}
        for urn in list(self._by_urn):
            steps = self._by_urn[urn]
            begun = [step for step in steps if step.op == "refresh" and not step.found]
            found = [step for step in steps if step.found]
            plan = [step for step in steps if step.op != "refresh" and not step.found]
            if refreshes and not begun and not found and plan and plan[0].op in ("update", "delete"):
                # A digest writes what a refresh found over its own entry, as if the plan did it.
                found, plan = plan[:1], plan[1:]
            if found:
                yield from _refreshed(found[0], found[0].new)
            elif begun and plan and (plan[0].old is not None or plan[0].op == "create"):
                yield from _refreshed(begun[0], plan[0].old)
            elif begun and not plan:
                yield from self._begun(begun[0], moved.get(urn), untold)
            if plan:
                yield group(plan)

    def _begun(self, step: Step, moved_to: str | None, untold: Callable[[Step], Change | None]) -> Iterator[Change]:
        """A resource of which only the refresh's beginning is told, under this URN."""
        moved = self._by_urn.get(moved_to or "", [])
        if moved and moved_to != step.urn:
            yield from _refreshed(step, moved[0].old)
        elif change := untold(step):
            yield change


def _refreshed(step: Step, found: State | None) -> Iterator[Change]:
    before, after = resource(step.old), resource(found)
    action = Action.DELETE if after is None else Action.UPDATE
    yield Change(step.urn, step.type, "refresh", action, before, after, Cause.REFRESH)


def gone(step: Step) -> Change:
    """A resource that a refresh didn't find."""
    return next(_refreshed(step, None))


def not_told(step: Step, why: str) -> Change:
    return Change(step.urn, step.type, step.op, Action.UNTOLD, resource(step.old), None, Cause.REFRESH, untold=why)


def group(steps: list[Step]) -> Change:
    """One change of a resource, from the engine's steps of it."""
    if len(steps) == 1 and (kept := steps[0]).op in ("same", "update") and kept.new is kept.old:
        state = resource(kept.old)
        return Change(kept.urn, kept.type, kept.op, STEP_KINDS[kept.op] or Action.SAME, state, state, paths=kept.paths)
    unknown = next((step for step in steps if step.op not in STEP_KINDS), None)
    action = Action.UNTOLD if unknown else _action(steps)
    named_step = unknown or _telling(steps, action)
    leaving = [step for step in steps if STEP_KINDS.get(step.op) in (Action.DELETE, Action.REPLACE)]
    old = _last_old(leaving) or next((step.old for step in steps if step.old is not None), None)
    new = next((step.new for step in reversed(steps) if step.new is not None), None)
    imports = [step for step in steps if step.op in _IMPORTS]
    if imports and old is None:
        old = _found_by_import(imports[-1])
    before = resource(old)
    after = before if new is old else resource(new)
    return Change(
        address=named_step.urn,
        type=named_step.type,
        op=named_step.op,
        action=action,
        before=before,
        after=None if action is Action.DELETE else after,
        retained=bool(leaving) and _stays_in_aws(old or {}),
        imported=bool(imports),
        paths={path: kind for step in steps for path, kind in step.paths.items()},
        untold=f"The engine calls what it would do here {named_step.op!r}, which this gate doesn't know."
        if unknown
        else "",
    )


def _telling(steps: list[Step], action: Action) -> Step:
    """The step whose name says it best: of an import that goes on to update, the update."""
    ordered = reversed(steps) if action is Action.UPDATE else steps
    return next((step for step in ordered if STEP_KINDS[step.op] is action), steps[0])


def _action(steps: list[Step]) -> Action:
    actions = {STEP_KINDS[step.op] for step in steps}
    if Action.REPLACE in actions or (Action.DELETE in actions and len(actions - {None}) > 1):
        return Action.REPLACE  # also what an earlier update left to be deleted beside the resource itself
    for action in (Action.DELETE, Action.READ, Action.UPDATE, Action.CREATE):
        if action in actions:
            return action
    return Action.SAME


def _last_old(steps: list[Step]) -> State | None:
    return next((step.old for step in reversed(steps) if step.old is not None), None)


def _found_by_import(step: Step) -> State | None:
    """What an import found in AWS: the new state's outputs, which tell nothing where they are what is given."""
    outputs = (step.new or {}).get("outputs")
    return {**(step.new or {}), "inputs": {}, "protect": False, "retainOnDelete": False} if outputs else None


def _stays_in_aws(old: State) -> bool:
    """Whether the engine never calls Delete: for a `deletedWith`, which leaves that to another resource, neither."""
    return any(old.get(option) for option in ("retainOnDelete", "external", "deletedWith"))


def _break_glass(config: Any) -> Mapping[str, Any] | None:
    """As the configuration of the preview has it: a JSON text by its key."""
    text = config.get(f"{PACKAGE}:breakGlass") if isinstance(config, Mapping) else None
    try:
        break_glass = json.loads(text) if isinstance(text, str) else None
    except (ValueError, RecursionError):
        return None
    return break_glass if isinstance(break_glass, dict) else None


def resource(state: State | None) -> Resource | None:
    if state is None:
        return None
    return Resource(
        inputs=plain(state.get("inputs") or {}),
        outputs=plain(state.get("outputs") or {}),
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
