"""The steps of a Pulumi preview that concern permission sets and assignments, from either of its JSON forms."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pulumi_aws_identity_center.domain.resource_types import canonical, type_of
from pulumi_aws_identity_center.errors import InvalidInput
from pulumi_aws_identity_center.gate.change import is_unknown
from pulumi_aws_identity_center.gate.readers.document import Document, NotAPlan
from pulumi_aws_identity_center.gate.readers.pulumi_states import object_in, object_of, parse_state, plain
from pulumi_aws_identity_center.matrix.resource_steps import TYPES, ResourceStep, State

from .input_text import open_text

_WHAT_TO_GIVE = (
    "Give it all of what `pulumi preview --json` prints, or the event lines of "
    "PULUMI_ENABLE_STREAMING_JSON_PREVIEW=1, and nothing else."
)
_GOES_ON = "The input goes on after the preview's JSON: give it one preview, and nothing else."
_STEP_EVENTS = ("resourcePreEvent", "resOutputsEvent")


class PreviewSteps:
    """Iterable once. file: - for standard input. failures: what the preview itself says went wrong; complete after the
    iteration."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.name = "standard input" if str(file) == "-" else file.name
        self.failures: list[str] = []

    def __iter__(self) -> Iterator[ResourceStep]:
        """Raises InvalidInput for what is no preview."""
        try:
            with open_text(str(self._file)) as stream:
                document = Document(stream)
                is_digest = document.first_key() not in ("sequence", "timestamp", None)
                yield from self._digest(document) if is_digest else self._events(document)
                if document.peek():
                    raise NotAPlan(_GOES_ON)
        except OSError as error:
            raise InvalidInput([f"{self._file} can't be read: {error.strerror or 'the system refused'}."]) from None
        except NotAPlan as error:
            raise InvalidInput([f"{self.name}: {error}"]) from None

    def _digest(self, document: Document) -> Iterator[ResourceStep]:
        keys = set()
        for key in document.members():
            keys.add(key)
            if key == "steps":
                for step in document.items():
                    yield from _steps(step, "oldState", "newState")
            elif key == "diagnostics":
                for diagnostic in document.items():
                    self._note_failure(diagnostic)
        if keys.isdisjoint({"steps", "changeSummary", "duration"}):
            raise NotAPlan(f"The input is JSON, and not that of a pulumi preview. {_WHAT_TO_GIVE}")

    def _events(self, document: Document) -> Iterator[ResourceStep]:
        missing = {"preludeEvent", "summaryEvent"}
        while document.peek():
            event = document.value()
            if not isinstance(event, Mapping):
                raise NotAPlan(f"The input is not that of a pulumi preview. {_WHAT_TO_GIVE}")
            for name in _STEP_EVENTS:
                if name in event:
                    yield from _steps(object_of(event[name], name).get("metadata"), "old", "new")
            self._note_failure(event.get("diagnosticEvent"))
            if "preludeEvent" in event and "preludeEvent" not in missing:
                raise NotAPlan(_GOES_ON)
            missing -= event.keys()
        if missing:
            raise NotAPlan(f"The input is cut off: it lacks the preview's beginning or summary. {_WHAT_TO_GIVE}")

    def _note_failure(self, diagnostic: Any) -> None:
        """None, and what is no error, is left out."""
        if isinstance(diagnostic, Mapping) and str(diagnostic.get("severity")).startswith("error"):
            self.failures.append(str(diagnostic.get("message", "")).strip())


def _steps(raw: Any, old: str, new: str) -> Iterator[ResourceStep]:
    """The step, if it concerns access. old, new: the keys of its states."""
    step = raw if isinstance(raw, Mapping) else {}
    op, urn = step.get("op"), step.get("urn")
    if not isinstance(op, str) or not isinstance(urn, str):
        raise NotAPlan(f"The input's steps are not those of a pulumi preview. {_WHAT_TO_GIVE}")
    type_ = canonical(type_of(urn))
    if type_ in TYPES:
        before, after = _state(step.get(old)), _state(step.get(new))
        dependencies = object_in(step.get(new) or step.get(old) or {}, "propertyDependencies")
        yield ResourceStep(op, urn, type_, before, after, dependencies)


def _state(raw: Any) -> State | None:
    state = parse_state(raw)
    if state is None:
        return None
    retained = bool(state.options.get("retainOnDelete") or state.options.get("external"))
    return State(_known(state.inputs), _known(state.outputs), retained)


def _known(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _value(value) for name, value in properties.items()}


def _value(value: Any) -> Any:
    """None for what the preview doesn't know, in a list too."""
    value = plain(value)
    if isinstance(value, list):
        return [_value(item) for item in value]
    return None if is_unknown(value) else value
