"""Would applying these steps take trusted access away? Pure; memory is what the findings take.

Unsafe: trusted access, the organization, or what guards them, would be deleted, replaced, let go or unprotected; a
service principal list loses `sso.amazonaws.com`; or a refresh finds one of these gone and the plan doesn't mend it.
Undetermined: a value that the preview can't know, or a preview that failed. A finding of the first kind decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Literal

from pulumi_aws_identity_center.domain.iam_carriers import FLOWS

from .finding import Finding, finding
from .leaving import Leaving
from .refresh import Refreshed
from .rules.by_type import SUBJECTS
from .rules.exclusive_lists import Exclusive
from .rules.guard_policies import carries_guard, judge_carrier
from .rules.trusted_access import service_linked_role, turns_on
from .step import KNOWN, Failure, Sames, Step

__all__ = ["Finding", "Verdict", "judge", "unreadable"]

Verdict = Literal["safe", "unsafe", "undetermined"]


def judge(entries: Iterable[Step | Failure | Sames]) -> tuple[Verdict, list[Finding]]:
    """The verdict, and every finding once, in order."""
    plan = _Plan()
    for entry in entries:
        if isinstance(entry, Failure):
            plan.fails(entry)
            continue
        if isinstance(entry, Sames):
            plan.refreshed.counts(entry)
            continue
        plan.leaving.take(entry)
        plan.exclusive.take(entry)
        if entry.type in SUBJECTS:
            plan.take(entry)
        elif entry.op == "refresh":
            plan.refreshes = True
    findings = plan.findings()
    if any(finding.certain for finding in findings):
        return "unsafe", findings
    return ("undetermined" if findings else "safe"), findings


class _Plan:
    """The findings so far, and what tells a plan's act from what its refresh found.

    A refresh alone tells what changed in AWS, or is gone, as `update` or `delete`: in the digest as if the plan did it.
    There each resource has one entry; where a plan acts after a refresh, its resource has a `refresh` entry first.
    """

    def __init__(self) -> None:
        self.refreshes = False
        self.refreshed = Refreshed()
        self.leaving = Leaving()
        self.exclusive = Exclusive()
        self._whole = True
        self._drifted: set[str] = set()
        self._mended: set[str] = set()
        self._turned_on = False
        # An import's first event tells what the program gives, and not whether it is ignored; its last what was found.
        self._imports: dict[str, tuple[tuple[str, ...], Sequence[Finding]]] = {}
        # In order: whose it is, what to say if it is the plan's act, and what if a refresh found it; whether it did.
        self._found: list[tuple[str, Sequence[Finding], Sequence[Finding], bool]] = []
        self._keys: set[tuple[str, ...]] = set()

    def fails(self, failure: Failure) -> None:
        self._whole = self._whole and not failure.mandatory
        self.add(failure.urn, list(_of_failure(failure)))

    def take(self, step: Step) -> None:
        if step.op not in KNOWN:
            self.add(step.urn, [_unknown_operation(step)])
            return
        self.refreshes = self.refreshes or step.op == "refresh"
        known = step.urn in self._drifted or step.urn in self.refreshed
        if step.type in FLOWS and not known and not carries_guard(step):
            if SUBJECTS[step.type] is not judge_carrier:
                self.add(step.urn, list(service_linked_role(step)))
            return  # most policies and roles guard nothing, and nothing is kept of them
        if step.op == "refresh":
            self.refreshed.begins(step)
        elif not step.drift and (drift := list(self.refreshed.goes_on(step))):
            self._drifted.add(step.urn)
            self.add(step.urn, [], drift, found=True)
        act = [] if step.drift or step.op == "refresh" else list(SUBJECTS[step.type](replace(step, drift=False)))
        may_drift = step.drift is None and step.op in ("update", "delete") and step.urn not in self.refreshed
        drift = list(SUBJECTS[step.type](replace(step, drift=True))) if step.drift or may_drift else []
        self._turned_on = self._turned_on or turns_on(step)
        if step.op == "import" and step.old is not None:
            self._forget_import(step.urn)
        mends = step.op == "create" or (step.op == "update" and not step.drift and not act and step.type in FLOWS)
        if mends and step.urn in self._drifted:
            self._mended.add(step.urn)
        if drift:
            self._drifted.add(step.urn)
        self.add(step.urn, act, drift, found=bool(step.drift))

    def add(self, urn: str, act: list[Finding], drift: Sequence[Finding] = (), *, found: bool = False) -> None:
        key = (urn, *(each.rule for each in act), "/", *(each.rule for each in drift))
        if (act or drift) and key not in self._keys:  # an event stream tells each step twice
            self._keys.add(key)
            self._found.append((urn, act, drift, found))
            if act and act[0].op == "import":
                self._imports.setdefault(urn, (key, act))

    def _forget_import(self, urn: str) -> None:
        key, act = self._imports.pop(urn, ((), ()))
        self._keys.discard(key)
        self._found = [row for row in self._found if row[1] is not act]

    def findings(self) -> list[Finding]:
        for left in self.refreshed.left(whole=self._whole):
            self.add(left.urn, [], [left], found=True)
        settled: dict[tuple[str, str], Finding] = {}
        for urn, act, drift, found in self._found:
            by_refresh = found or (self.refreshes and urn not in self.refreshed and bool(drift))
            for each in drift if by_refresh else act:
                if not (by_refresh and self._is_mended(each)):
                    settled.setdefault((each.rule, each.urn), each)
        for rule, urn in list(settled):
            if rule in ("guard-removed", "value-unknown") and self.leaving.excuses(urn):
                settled.pop((rule, urn))
            if rule == "principal-removed":  # says more: of an import, the update that follows in the same plan
                settled.pop(("principal-missing", urn), None)
        for each in self.exclusive.findings():
            settled.setdefault((each.rule, each.urn), each)
        return list(settled.values())

    def _is_mended(self, drift: Finding) -> bool:
        """Whether this plan itself puts right what its refresh found."""
        if drift.rule in ("trusted-access-off", "principal-removed"):
            return self._turned_on
        return drift.urn in self._mended and drift.rule != "organization-gone"


def unreadable(detail: str) -> Finding:
    """The finding for an input that is no preview."""
    return Finding("unreadable-input", "", "", detail, "Give it one whole preview's JSON.", certain=False)


def _of_failure(failure: Failure) -> Iterator[Finding]:
    if failure.policy and failure.mandatory:
        remedy = "Do what the policy's message says."
        yield Finding(f"policy:{failure.policy}", failure.urn, "policy", failure.message, remedy)
    elif failure.policy:
        if "can't be known during preview" in failure.message:
            remedy = "Write the value out, or make what it depends on first."
            yield Finding(f"policy:{failure.policy}", failure.urn, "policy", failure.message, remedy, certain=False)
    else:
        yield Finding(
            "preview-failed",
            failure.urn,
            "",
            f"The preview failed, so it does not show all that would happen: {failure.message}",
            "Mend what it names and run the preview again.",
            certain=False,
        )


def _unknown_operation(step: Step) -> Finding:
    detail = f"The engine calls what it would do here {step.op!r}, which this gate doesn't know."
    return finding("operation-unknown", step, detail, "Use a newer release of this package.", certain=False)
