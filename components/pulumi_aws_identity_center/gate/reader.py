"""From a preview's JSON to steps, in one pass, whatever its size: only one step is in memory at a time.

Two forms: the digest of `pulumi preview --json` (one object whose "steps" is a list), and the event lines of
PULUMI_ENABLE_STREAMING_JSON_PREVIEW=1 (one object a line, in which a "metadata" is a step). Raises NotAPreview for
anything else and for what ends too early.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TextIO

from ..errors import IdentityCenterError

_CHUNK = 1 << 20
_SPACE = " \t\r\n"


class NotAPreview(IdentityCenterError):
    """The input is not the JSON of a preview, or only the beginning of it."""


@dataclass(frozen=True)
class Step:
    """old and new: the resource before and after, each with inputs, outputs, protect and retainOnDelete."""

    op: str
    urn: str
    type: str
    old: Mapping[str, Any] | None
    new: Mapping[str, Any] | None
    changed: frozenset[str] = frozenset()  # property paths of the detailed diff; empty where the preview tells none


@dataclass(frozen=True)
class Failure:
    """The preview itself says that something went wrong, or a policy does. mandatory: a policy's violation."""

    message: str
    urn: str = ""
    policy: str = ""
    mandatory: bool = True


def read(stream: TextIO) -> Iterator[Step | Failure]:
    """Every step and failure, in order."""
    text = _Text(stream)
    if text.peek() != "{":
        raise NotAPreview(
            "The input is not the JSON of a pulumi preview. Give it the output of `pulumi preview --json` (or of "
            "destroy --preview-only --json), all of it and nothing else."
        )
    first = text.whole_first_line()
    if first is not None and ("sequence" in first or "timestamp" in first):
        yield from _events(first, text)
    else:
        yield from _digest(text)


# --- one object a line -----------------------------------------------------------------------------------------


def _events(first: dict[str, Any], text: _Text) -> Iterator[Step | Failure]:
    ended = False
    seen: Counter[str] = Counter()
    for event in _each(first, text):
        if "sequence" not in event or (ended and "cancelEvent" not in event):
            raise NotAPreview("The input has something after, or among, one preview's events: give it one preview.")
        for name in ("resourcePreEvent", "resOutputsEvent"):
            if name in event:
                metadata = _object(_object(event[name], name).get("metadata"), "metadata")
                found = _step(metadata, metadata.get("old"), metadata.get("new"))
                seen[found.op] += 1
                yield found
        if "diagnosticEvent" in event:
            yield from _diagnostics([event["diagnosticEvent"]])
        if policy := event.get("policyEvent"):
            yield _policy(_object(policy, "policyEvent"))
        if "resOpFailedEvent" in event:
            failed = _object(event["resOpFailedEvent"], "resOpFailedEvent")
            urn = str(_object(failed.get("metadata") or {}, "metadata").get("urn", ""))
            yield Failure("an operation failed", urn)
        if "summaryEvent" in event:
            ended = True
            counts = _object(event["summaryEvent"], "summaryEvent").get("resourceChanges") or {}
            _check_summary(_object(counts, "resourceChanges"), seen)
    if not ended:
        raise NotAPreview("The input ends before the preview's summary: it was cut off. Run the preview again.")


def _each(first: dict[str, Any], text: _Text) -> Iterator[dict[str, Any]]:
    yield first
    while text.peek():
        value = text.value()
        if not isinstance(value, dict):
            raise NotAPreview(f"The input has {value!r} among the preview's events.")
        yield value


def _step(step: Mapping[str, Any], old: Any, new: Any) -> Step:
    if not isinstance(step.get("op"), str) or not isinstance(step.get("urn"), str):
        raise NotAPreview("The input's steps are not those of a pulumi preview: one lacks op or urn.")
    changed = frozenset(_object(step.get("detailedDiff") or {}, "detailedDiff"))
    before, after = _state(old), _state(new)
    # A URN names the type; where it is not one, the states do.
    told = type_of(step["urn"]) or str((before or after or {}).get("type", "") or step.get("type", ""))
    return Step(step["op"], step["urn"], told, before, after, changed)


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
        policy=str(event.get("policyName", "")),
        mandatory=event.get("enforcementLevel") == "mandatory",
    )


# --- one object --------------------------------------------------------------------------------------------------


def _digest(text: _Text) -> Iterator[Step | Failure]:
    known = False
    seen: Counter[str] = Counter()
    summary: Mapping[str, Any] = {}
    for key in text.members():
        known = known or key in ("steps", "changeSummary")
        if key == "steps":
            for step in text.items():
                step = _object(step, "entry")
                found = _step(step, step.get("oldState"), step.get("newState"))
                seen[found.op] += 1
                yield found
        elif key == "changeSummary":
            summary = _object(text.value(), key)
        else:
            value = text.value()
            if key == "diagnostics":
                yield from _diagnostics(value)
    _check_summary(summary, seen)
    if text.peek():
        raise NotAPreview("The input goes on after the preview's JSON: give it one preview, and nothing else.")
    if not known:
        raise NotAPreview("The input is JSON, and not that of a pulumi preview: it has neither steps nor a summary.")


def _check_summary(summary: Mapping[str, Any], seen: Counter[str]) -> None:
    """The summary counts what the steps show: a delete that it counts and no step shows would be judged by nobody.

    A refresh counts what it finds under other names than its steps have, so there is nothing to compare.
    """
    if seen["refresh"]:
        return
    for op in ("delete", "replace"):
        count = summary.get(op, 0)
        if not isinstance(count, int) or count > seen[op]:
            raise NotAPreview(
                f"The preview's summary counts {count!r} of {op}, and its steps show {seen[op]}: steps are missing. "
                "Give it the whole output of pulumi preview --json."
            )


def type_of(urn: str) -> str:
    """The last type in a URN."""
    parts = urn.split("::")
    return parts[2].rpartition("$")[2] if len(parts) > 3 else ""


def _diagnostics(value: Any) -> Iterator[Failure]:
    if not isinstance(value, list):
        raise NotAPreview("The input is not that of a pulumi preview: its diagnostics are no list.")
    for diagnostic in value:
        diagnostic = _object(diagnostic, "diagnostic")
        if diagnostic.get("severity") == "error":
            yield Failure(str(diagnostic.get("message", "")).strip(), str(diagnostic.get("urn", "")))


# --- JSON, a value at a time -------------------------------------------------------------------------------------


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


class _Text:
    """A stream of JSON, of which only the value being read is kept."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._buffer = ""
        self._at = 0
        self._ended = False
        self._decode = json.JSONDecoder(parse_constant=_no_constant).raw_decode

    def _fill(self) -> bool:
        """Reads on; False at the end."""
        # A value longer than a chunk: each next one is as long as all so far, so that retrying stays linear.
        size = max(_CHUNK, len(self._buffer) - self._at)
        try:
            chunk = self._stream.read(size)
        except UnicodeDecodeError:
            raise NotAPreview("The input is not text in UTF-8, so it is not the JSON of a preview.") from None
        self._ended = not chunk
        self._buffer = self._buffer[self._at :] + chunk
        self._at = 0
        return bool(chunk)

    def peek(self) -> str:
        """The next character that is not space; "" at the end."""
        while True:
            while self._at < len(self._buffer) and self._buffer[self._at] in _SPACE:
                self._at += 1
            if self._at < len(self._buffer):
                return self._buffer[self._at]
            if not self._fill():
                return ""

    def take(self, character: str) -> None:
        if self.peek() != character:
            raise self._broken()
        self._at += 1

    def value(self) -> Any:
        """The next JSON value."""
        self.peek()
        while True:
            try:
                value, end = self._decode(self._buffer, self._at)
            except ValueError:
                if not self._fill():
                    raise self._broken() from None
                continue
            except RecursionError:
                raise NotAPreview("The input is nested too deeply to be the JSON of a preview.") from None
            if end == len(self._buffer) and not self._ended and self._fill():
                continue  # a number may go on in the next chunk
            self._at = end if end <= len(self._buffer) else len(self._buffer)
            return value

    def members(self) -> Iterator[str]:
        """The keys of the object that is next; the caller takes each one's value before the next key."""
        self.take("{")
        while self.peek() != "}":
            key = self.value()
            if not isinstance(key, str):
                raise self._broken()
            self.take(":")
            yield key
            if self.peek() != "}":
                self.take(",")
                if self.peek() == "}":
                    raise self._broken()
        self.take("}")

    def items(self) -> Iterator[Any]:
        """The elements of the list that is next."""
        self.take("[")
        while self.peek() != "]":
            yield self.value()
            if self.peek() != "]":
                self.take(",")
                if self.peek() == "]":
                    raise self._broken()
        self.take("]")

    def whole_first_line(self) -> dict[str, Any] | None:
        """The first value, taken, if it is an event: one whole object on the first line. Otherwise takes nothing."""
        while "\n" not in self._buffer[self._at :] and len(self._buffer) < 8 * _CHUNK and self._fill():
            pass
        line = self._buffer[self._at :].split("\n", 1)[0]
        try:
            value = json.loads(line)
        except (ValueError, RecursionError):
            return None
        if not isinstance(value, dict) or "sequence" not in value:
            return None
        self._at += len(line)
        return value

    def _broken(self) -> NotAPreview:
        if self.peek() == "":
            return NotAPreview("The input ends in the middle of the preview's JSON: it was cut off. Run it again.")
        return NotAPreview("The input is not valid JSON, so it is not that of a pulumi preview.")
