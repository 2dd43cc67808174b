"""The digest of `pulumi preview --json`: one object whose "steps" is a list (pkg/display/json.go, PreviewDigest).

A refresh has an entry `refresh`, and then an entry of the plan, or none. A refresh alone, or an unchanged plan, has one
entry for each resource.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pulumi_aws_identity_center.gate.change import BARE, Change, Entry, Failure
from pulumi_aws_identity_center.gate.declared_rules import RuleConfigs

from .document import Document, NotAPlan
from .pulumi_changes import Step, not_told, refreshed, unchanged
from .pulumi_states import object_of
from .pulumi_steps import CORRUPT, Steps, check_summary, failures, parse_step

KEYS = frozenset({"config", "steps", "diagnostics", "duration", "changeSummary", "maybeCorrupt"})

_NO_REASON = (
    "The preview failed, and this form of its JSON does not say why: a policy pack's mandatory violation looks like "
    "that. Run the preview without --json to read it, or with PULUMI_ENABLE_STREAMING_JSON_PREVIEW=1 to have it here"
)
_NOT_SHOWN = "This digest doesn't tell what its refresh found of it: unchanged and not shown, or gone."


def read(document: Document, configs: RuleConfigs) -> Iterator[Entry]:
    """Every entry. Raises NotAPlan for what is no digest, or not all of one."""
    steps, keys, failed = Steps(overwrites_drift=True), set[str](), False
    summary: Mapping[str, Any] = {}
    config: Any = None
    for key in document.members():
        keys.add(key)
        match key:
            case "steps":
                _read_steps(document, steps)
            case "config":
                config = document.value()
            case "changeSummary":
                summary = object_of(document.value(), key)
            case "maybeCorrupt":
                if document.value():
                    yield CORRUPT
            case "diagnostics":
                reported = _with_reason(list(failures(document.value())))
                failed = failed or bool(reported)
                yield from reported
    check_summary(summary, steps)
    _check_keys(keys, steps.seen.total())
    refreshed_only = _RefreshedOnly(steps, summary, failed)
    yield steps.about(config, shows_unchanged=refreshed_only.shows_unchanged)
    yield from steps.changes(refreshed_only.judge)


def _read_steps(document: Document, steps: Steps) -> None:
    for raw in document.items():
        raw = object_of(raw, "entry")
        step = parse_step(raw, raw.get("oldState"), raw.get("newState"), "kind")
        steps.count(raw, raw.get("oldState"), raw.get("newState"))
        if step is not None:
            steps.add(step)


def _check_keys(keys: set[str], steps: int) -> None:
    # Of steps without a summary each is judged: no part of one JSON object can have been cut off.
    if "steps" in keys and "changeSummary" not in keys and not steps:
        raise NotAPlan("The input has no steps and no summary, which a preview's has: give it the whole of it.")
    # An empty stack's has a duration and nothing else.
    if not keys & {"steps", "changeSummary"} and not ("duration" in keys and keys <= KEYS):
        raise NotAPlan("The input is JSON, and not that of a pulumi preview: it has neither steps nor a summary.")


def _with_reason(reported: list[Failure]) -> list[Failure]:
    """The failures; where there is no more than the word that it failed, where to read why."""
    telling = [failure for failure in reported if failure.message not in BARE]
    return telling or [Failure(_NO_REASON, failure.address) for failure in reported]


class _RefreshedOnly:
    """What became of a resource that was refreshed and has no other entry: gone, unchanged, or that isn't told."""

    def __init__(self, steps: Steps, summary: Mapping[str, Any], failed: bool) -> None:
        counted = summary.get("same", 0)
        same = counted if isinstance(counted, int) else 0
        shown, refreshed = steps.seen["same"], steps.seen["refresh"]
        self.shows_unchanged = shown >= same
        # A refresh alone has one entry a resource, and counts the unchanged; so has a plan that changes nothing.
        is_unchanged = shown < same == refreshed
        # What a provider asks to be refreshed, and the plan then neither changes nor shows.
        is_hidden = not steps.has_full_refresh and not self.shows_unchanged
        self._unchanged = is_unchanged or is_hidden
        self._all_shown = not failed and self.shows_unchanged

    def judge(self, step: Step) -> Change:
        if self._unchanged:
            return unchanged(step, step.old)
        return refreshed(step, None) if self._all_shown else not_told(step, _NOT_SHOWN)
