"""What a refresh found, where a digest shows it only by what comes after: its `refresh` entries tell before, twice.

A plan after a refresh starts from what AWS has: its entry's old state. Who has no such entry is unchanged and not
shown, or gone. Pure; memory is that of the guarded resources.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from pulumi_aws_identity_center.domain.iam_carriers import FLOWS

from .finding import Finding, unknown
from .rules.by_type import SUBJECTS
from .rules.guard_policies import carries_guard
from .step import Sames, Step

_SHOW = "Run it with --show-sames, or give it the event lines (PULUMI_ENABLE_STREAMING_JSON_PREVIEW=1)."


class Refreshed:
    """The guarded resources that were refreshed; of a digest's, each until the plan's own entry tells more."""

    def __init__(self) -> None:
        self._urns: set[str] = set()
        self._before: dict[str, Step] = {}
        self._sames: Sames | None = None

    def __contains__(self, urn: str) -> bool:
        return urn in self._urns

    def begins(self, step: Step) -> None:
        """A `refresh` entry. Most resources guard nothing, and nothing is kept of them."""
        if not _guards(step):
            return
        self._urns.add(step.urn)
        if step.drift is None:
            self._before[step.urn] = step

    def goes_on(self, step: Step) -> Iterator[Finding]:
        """An entry of the plan: what the refresh found, by what the plan starts from."""
        # An alias moves it: the old state has the URN under which it was refreshed.
        was = str((step.old or {}).get("urn") or step.urn)
        before = self._before.pop(step.urn, None) or self._before.pop(was, None)
        if before is not None and (step.old is not None or step.op == "create"):
            yield from SUBJECTS[before.type](replace(before, new=step.old, drift=True))

    def counts(self, sames: Sames) -> None:
        self._sames = sames

    def left(self, *, whole: bool) -> Iterator[Finding]:
        """Those that no entry of the plan followed. whole: the preview didn't fail."""
        sames = self._sames
        # A refresh alone has one entry a resource, and counts the unchanged; so has a plan that changes nothing.
        if sames is None or (sames.shown < sames.counted == sames.refreshed):
            return
        told = whole and sames.shown >= sames.counted
        for before in self._before.values():
            for gone in SUBJECTS[before.type](replace(before, new=None, drift=True)):
                if told:
                    yield gone
                else:
                    detail = "This digest doesn't tell what its refresh found of it: unchanged and not shown, or gone."
                    yield unknown(before, detail, _SHOW)


def _guards(step: Step) -> bool:
    if step.type in FLOWS:
        return carries_guard(step)
    return any(True for _ in SUBJECTS[step.type](replace(step, new=None, drift=True)))
