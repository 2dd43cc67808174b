"""The event lines of PULUMI_ENABLE_STREAMING_JSON_PREVIEW=1: one object a line (sdk/go/common/apitype/events.go).

Each step comes twice, as `resourcePreEvent` and as `resOutputsEvent`. For a refresh or an import, the second has what
AWS has. For any other step, it repeats the first.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from pulumi_aws_identity_center.gate.change import BARE, Entry, Failure
from pulumi_aws_identity_center.gate.declared_rules import RuleConfigs

from .document import Document, NotAPlan
from .pulumi_changes import Step
from .pulumi_states import object_of
from .pulumi_steps import CORRUPT, Steps, check_summary, failures, parse_step

_EVENTS = frozenset(
    {
        *("cancelEvent", "stdoutEvent", "diagnosticEvent", "preludeEvent", "summaryEvent", "resourcePreEvent"),
        *("resOutputsEvent", "resOpFailedEvent", "policyEvent", "policyRemediationEvent", "policyLoadEvent"),
        *("policyAnalyzeSummaryEvent", "policyRemediateSummaryEvent", "policyAnalyzeStackSummaryEvent"),
        *("startDebuggingEvent", "progressEvent", "errorEvent"),
    }
)
_ENVELOPE = frozenset({"sequence", "timestamp"})
KEYS = _EVENTS | _ENVELOPE
# The engine passes on what a language host or plugin says late after its summary.
_AFTER_SUMMARY = frozenset({"diagnosticEvent", "stdoutEvent", "cancelEvent"}) | _ENVELOPE
# The last line that begins so: a resource's name in the message may have the word, too.
_FIX = re.compile(r"(?P<detail>.+)^[ \t]*Fix(?P<language> in Python)?: (?P<text>.+)", re.DOTALL | re.MULTILINE)


def read(document: Document, configs: RuleConfigs) -> Iterator[Entry]:
    """Every entry. Raises NotAPlan for what is no preview's events, or not all of one's."""
    events = _Events()
    while document.peek():
        event = document.value()
        if not isinstance(event, dict):
            raise NotAPlan(f"The input has {event!r:.40} among the preview's events.")
        yield from events.add_event(event)
    yield from events.end()


class _Events:
    def __init__(self) -> None:
        self._steps = Steps()
        self._begun = self._ended = False
        self._failed = False  # whether the engine has said what failed
        self._explained = False  # whether anybody has, a policy among them
        self._succeeded = True  # what the summary says
        self._started = ""
        self._config: Any = None
        self._refreshing: set[str] = set()  # whose refresh has begun
        self._readers: Mapping[str, Callable[[Mapping[str, Any]], Iterable[Failure]]] = {
            "resourcePreEvent": self._begin_step,
            "resOutputsEvent": self._end_step,
            "diagnosticEvent": self._diagnostic,
            "policyEvent": _policy,
            "errorEvent": _error,
            "resOpFailedEvent": _failed_operation,
            "summaryEvent": self._summary,
        }

    def add_event(self, event: Mapping[str, Any]) -> Iterator[Failure]:
        is_too_late = self._ended and not event.keys() <= _AFTER_SUMMARY
        if "sequence" not in event or is_too_late:
            raise NotAPlan("The input has something after, or among, one preview's events: give it one preview.")
        for name, value in event.items():
            for failure in self._failures(name, value):
                self._explained = True
                yield failure
        if "preludeEvent" in event:
            self._begun = True
            self._started = _moment(event.get("timestamp"))
            self._config = object_of(event["preludeEvent"] or {}, "preludeEvent").get("config")

    def end(self) -> Iterator[Entry]:
        if not self._ended:
            raise NotAPlan("The input ends before the preview's summary: it was cut off. Run the preview again.")
        if not self._begun:
            raise NotAPlan("The input lacks the preview's beginning: it was cut off. Give it all of the event lines.")
        if not self._succeeded and not self._explained:
            yield Failure("its summary says so, and no event says why")
        yield self._steps.about(self._config, made=self._started)
        yield from self._steps.changes()

    def _failures(self, name: str, value: Any) -> Iterable[Failure]:
        if name not in KEYS:
            raise NotAPlan(f"The input has an event {name!r:.40}, which no preview known here has.")
        read = self._readers.get(name)
        return read(object_of(value, name)) if read else ()

    def _begin_step(self, event: Mapping[str, Any]) -> Iterable[Failure]:
        metadata = object_of(event.get("metadata"), "metadata")
        step = _step(metadata)
        self._steps.count(metadata, metadata.get("old"), metadata.get("new"))
        if metadata.get("op") == "refresh":
            self._refreshing.add(str(metadata.get("urn")))
        if step is not None:
            self._steps.add(step)
        return ()

    def _end_step(self, event: Mapping[str, Any]) -> Iterable[Failure]:
        metadata = object_of(event.get("metadata"), "metadata")
        urn = str(metadata.get("urn"))
        is_drift = metadata.get("op") == "refresh" or urn in self._refreshing
        self._refreshing.discard(urn)
        step = _step(metadata)
        if is_drift:  # it may have no more than this event, or another op than its beginning
            self._steps.count(metadata, metadata.get("old"), metadata.get("new"))
        if step is None:
            return ()
        if is_drift:
            self._steps.add(replace(step, is_drift=True))
        elif step.op == "import" or not self._is_known(step):
            self._steps.add(step)
        return ()

    def _is_known(self, step: Step) -> bool:
        return any(earlier.op == step.op for earlier in self._steps.of(step.urn))

    def _diagnostic(self, event: Mapping[str, Any]) -> Iterator[Failure]:
        for failure in failures([event]):
            if not (self._failed and failure.message in BARE):
                self._failed = True
                yield failure

    def _summary(self, summary: Mapping[str, Any]) -> Iterator[Failure]:
        self._ended = True
        check_summary(object_of(summary.get("resourceChanges") or {}, "resourceChanges"), self._steps)
        if summary.get("maybeCorrupt"):
            yield CORRUPT
        self._succeeded = summary.get("result") in (None, "succeeded")


def _step(metadata: Mapping[str, Any]) -> Step | None:
    return parse_step(metadata, metadata.get("old"), metadata.get("new"), "diffKind")


def _error(event: Mapping[str, Any]) -> Iterator[Failure]:
    yield Failure(str(event.get("error", "")).strip())


def _failed_operation(event: Mapping[str, Any]) -> Iterator[Failure]:
    metadata = object_of(event.get("metadata") or {}, "metadata")
    yield Failure("an operation failed", str(metadata.get("urn", "")))


def _policy(event: Mapping[str, Any]) -> Iterator[Failure]:
    urn = str(event.get("resourceUrn", ""))
    message = str(event.get("message", "")).strip().removesuffix(urn).strip()
    policy = str(event.get("policyName") or "unnamed")
    if event.get("enforcementLevel") not in ("advisory", "disabled"):
        message, remedy = _split_fix(message)
        yield Failure(message, urn, policy, certain=True, remedy=remedy)
    elif "can't be known during preview" in message:
        yield Failure(message, urn, policy, remedy="Write the value out, or make what it depends on first.")


def _split_fix(message: str) -> tuple[str, str]:
    """A policy's message without its line `Fix: …` or `Fix in Python: …`, and what that line says."""
    fix = _FIX.fullmatch(message)
    if fix is None:
        return message, "Change the program so that the policy passes."
    return fix["detail"].strip(), f"{'In Python: ' if fix['language'] else ''}{fix['text']}"


def _moment(seconds: Any) -> str:
    if not isinstance(seconds, int) or not 0 < seconds < 1 << 35:
        return ""
    return datetime.datetime.fromtimestamp(seconds, datetime.UTC).strftime("%Y-%m-%d %H:%M UTC")
