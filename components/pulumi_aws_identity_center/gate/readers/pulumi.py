"""From a preview's JSON to entries, in one pass, whatever its size: only one step is in memory at a time.

Two forms: the digest of `pulumi preview --json` (one object whose "steps" is a list), and the event lines of
PULUMI_ENABLE_STREAMING_JSON_PREVIEW=1 (one object a line, in which a "metadata" is a step). Raises NotAPreview for
anything else and for what ends too early.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, TextIO

from pulumi_aws_identity_center.domain.resource_types import canonical, type_of
from pulumi_aws_identity_center.gate.rules.by_type import SUBJECTS
from pulumi_aws_identity_center.gate.step import Failure, Sames, Step

from .json_stream import NotAPreview, Text

__all__ = ["Failure", "NotAPreview", "Sames", "Step", "read"]

# sdk/go/common/apitype/events.go, 3.259.
_EVENTS = frozenset(
    {
        *("cancelEvent", "stdoutEvent", "diagnosticEvent", "preludeEvent", "summaryEvent", "resourcePreEvent"),
        *("resOutputsEvent", "resOpFailedEvent", "policyEvent", "policyRemediationEvent", "policyLoadEvent"),
        *("policyAnalyzeSummaryEvent", "policyRemediateSummaryEvent", "policyAnalyzeStackSummaryEvent"),
        *("startDebuggingEvent", "progressEvent", "errorEvent"),
    }
)
# pkg/display/json.go, 3.259.
_DIGEST = frozenset({"config", "steps", "diagnostics", "duration", "changeSummary", "maybeCorrupt"})
_COUNTED = ("create", "update", "delete", "replace", "import", "discard")
_NOT_ALL = (
    "The preview failed, and this form of its JSON does not say why: a policy pack's mandatory violation looks like "
    "that. Run the preview without --json to read it, or with PULUMI_ENABLE_STREAMING_JSON_PREVIEW=1 to have it here"
)


def read(stream: TextIO) -> Iterator[Step | Failure | Sames]:
    """Every step and failure, in order; last, of a digest with a refresh, what it counts."""
    text = Text(stream)
    start = text.peek()
    if start == "":
        raise NotAPreview(
            "The input is empty: the preview wrote nothing, or its output went elsewhere. Run pulumi preview --json "
            "and give it what that prints."
        )
    if start != "{":
        raise NotAPreview(
            "The input is not the JSON of a pulumi preview. Give it the output of `pulumi preview --json` (or of "
            "destroy --preview-only --json), all of it and nothing else."
        )
    first = text.whole_first_line()
    yield from _digest(text) if first is None else _Events(first, text).entries()


# --- one object a line -----------------------------------------------------------------------------------------


class _Events:
    def __init__(self, first: dict[str, Any], text: Text) -> None:
        self._first, self._text = first, text
        self._seen: Counter[str] = Counter()
        self._ended = False
        self._told = False  # whether a failure has been named
        # Of what is judged: whose refresh has begun. A resOutputsEvent with another operation then tells what it found.
        self._refreshing: set[str] = set()

    def entries(self) -> Iterator[Step | Failure]:
        for event in self._each():
            if "sequence" not in event or (self._ended and "cancelEvent" not in event):
                raise NotAPreview("The input has something after, or among, one preview's events: give it one preview.")
            for entry in self._of(event):
                self._told = self._told or (isinstance(entry, Failure) and entry.mandatory)
                yield entry
        if not self._ended:
            raise NotAPreview("The input ends before the preview's summary: it was cut off. Run the preview again.")

    def _each(self) -> Iterator[dict[str, Any]]:
        yield self._first
        while self._text.peek():
            value = self._text.value()
            if not isinstance(value, dict):
                raise NotAPreview(f"The input has {value!r:.40} among the preview's events.")
            yield value

    def _of(self, event: Mapping[str, Any]) -> Iterator[Step | Failure]:
        for name, value in event.items():
            if name in ("resourcePreEvent", "resOutputsEvent"):
                yield self._step(name, _object(_object(value, name).get("metadata"), "metadata"))
            elif name == "diagnosticEvent":
                yield from _diagnostics([value])
            elif name == "policyEvent":
                yield _policy(_object(value, name))
            elif name == "errorEvent":
                yield Failure(str(_object(value, name).get("error", "")).strip())
            elif name == "resOpFailedEvent":
                urn = _object(_object(value, name).get("metadata") or {}, "metadata").get("urn", "")
                yield Failure("an operation failed", str(urn))
            elif name == "summaryEvent":
                yield from self._summary(_object(value, name))
            elif name not in _EVENTS and name not in ("sequence", "timestamp"):
                raise NotAPreview(f"The input has an event {name!r:.40}, which no preview known here has.")

    def _step(self, name: str, metadata: Mapping[str, Any]) -> Step:
        found = _step(
            metadata, metadata.get("old"), metadata.get("new"), "diffKind", drift=metadata.get("op") == "refresh"
        )
        # A step's other event would make up for one that is missing; a refresh may have no more than that one.
        if name == "resourcePreEvent" or found.op == "refresh":
            self._seen[found.op] += 1
        if found.type not in SUBJECTS:
            return found
        if name == "resourcePreEvent":
            if found.op == "refresh":
                self._refreshing.add(found.urn)
            return found
        drift = found.op == "refresh" or found.urn in self._refreshing
        self._refreshing.discard(found.urn)
        return replace(found, drift=drift)

    def _summary(self, summary: Mapping[str, Any]) -> Iterator[Failure]:
        self._ended = True
        counts = _object(summary.get("resourceChanges") or {}, "resourceChanges")
        _check_summary(counts, self._seen)
        if summary.get("maybeCorrupt"):
            yield _corrupt()
        if summary.get("result") not in (None, "succeeded") and not self._told:
            yield Failure("its summary says so, and no event says why")


# --- one object --------------------------------------------------------------------------------------------------


def _digest(text: Text) -> Iterator[Step | Failure | Sames]:
    keys: set[str] = set()
    seen: Counter[str] = Counter()
    summary: Mapping[str, Any] = {}
    for key in text.members():
        keys.add(key)
        if key == "steps":
            for step in text.items():
                step = _object(step, "entry")
                found = _step(step, step.get("oldState"), step.get("newState"), "kind", drift=None)
                seen[found.op] += 1
                yield found
            continue
        value = text.value()
        if key == "changeSummary":
            summary = _object(value, key)
        elif key == "maybeCorrupt" and value:
            yield _corrupt()
        elif key == "diagnostics":
            yield from _only_failed(list(_diagnostics(value)))
    _check_summary(summary, seen)
    if text.peek():
        raise NotAPreview("The input goes on after the preview's JSON: give it one preview, and nothing else.")
    _check_digest(keys, seen.total())
    if seen["refresh"]:
        counted = summary.get("same", 0)
        yield Sames(seen["refresh"], seen["same"], counted if isinstance(counted, int) else 0)


def _check_digest(keys: set[str], steps: int) -> None:
    # Of steps without a summary each is judged: no part of one JSON object can have been cut off.
    if "steps" in keys and "changeSummary" not in keys and not steps:
        raise NotAPreview("The input has no steps and no summary, which a preview's has: give it the whole of it.")
    # An empty stack's has a duration and nothing else.
    if not keys & {"steps", "changeSummary"} and not ("duration" in keys and keys <= _DIGEST):
        raise NotAPreview("The input is JSON, and not that of a pulumi preview: it has neither steps nor a summary.")


def _only_failed(failures: list[Failure]) -> Iterator[Failure]:
    """The diagnostics, with a word about the one that says only that there was a failure."""
    bare = [each for each in failures if each.message in ("preview failed", "update failed", "destroy failed")]
    if len(bare) == len(failures):
        failures = [Failure(_NOT_ALL, each.urn) for each in bare]
    yield from failures


# --- both ----------------------------------------------------------------------------------------------------------


def _step(step: Mapping[str, Any], old: Any, new: Any, kind: str, *, drift: bool | None) -> Step:
    if not isinstance(step.get("op"), str) or not isinstance(step.get("urn"), str):
        raise NotAPreview("The input's steps are not those of a pulumi preview: one lacks op or urn.")
    before, after = _state(old), _state(new)
    changed = {
        path: str(entry.get(kind) or entry.get("kind") or "") if isinstance(entry, dict) else ""
        for path, entry in _object(step.get("detailedDiff") or {}, "detailedDiff").items()
    }
    # A URN names the type; where it names none that is judged, the states may.
    told = canonical(type_of(step["urn"]))
    if told not in SUBJECTS:
        states = (before, after, step)
        told = next(
            (own for state in states if state and (own := canonical(str(state.get("type", "")))) in SUBJECTS), told
        )
    return Step(step["op"], step["urn"], told, before, after, changed, drift)


def _state(value: Any) -> Mapping[str, Any] | None:
    if value is None:
        return None
    state = _object(value, "state")
    for side in ("inputs", "outputs"):
        _object(state.get(side) or {}, side)
    return state


def _object(value: Any, name: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise NotAPreview(
            f"The input is not that of a pulumi preview: a step's {name} is {value!r:.40}, not an object."
        )
    return value


def _policy(event: Mapping[str, Any]) -> Failure:
    return Failure(
        str(event.get("message", "")).strip(),
        str(event.get("resourceUrn", "")),
        policy=str(event.get("policyName") or "unnamed"),
        mandatory=event.get("enforcementLevel") not in ("advisory", "disabled"),
    )


def _diagnostics(value: Any) -> Iterator[Failure]:
    if not isinstance(value, list):
        raise NotAPreview("The input is not that of a pulumi preview: its diagnostics are no list.")
    for diagnostic in value:
        diagnostic = _object(diagnostic, "diagnostic")
        if str(diagnostic.get("severity", "")).startswith("error"):
            message = str(diagnostic.get("message", "")).strip()
            yield Failure(message.removeprefix("error: "), str(diagnostic.get("urn", "")))


def _corrupt() -> Failure:
    return Failure("the engine says that the stack's state may be corrupt")


def _check_summary(summary: Mapping[str, Any], seen: Counter[str]) -> None:
    """The summary counts what the steps show: a delete that it counts and no step shows would be judged by nobody.

    A refresh counts what it finds under other names than its steps have, so there is nothing to compare.
    """
    if seen["refresh"]:
        return
    for op in _COUNTED:
        count = summary.get(op, 0)
        if not isinstance(count, int) or count > seen[op]:
            raise NotAPreview(
                f"The preview's summary counts {count!r} of {op}, and its steps show {seen[op]}: steps are missing. "
                "Give it the whole output of pulumi preview --json."
            )
