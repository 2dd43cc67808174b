"""Would applying this plan take trusted access away? Pure; memory is that of what guards sign-in.

Unsafe: trusted access, the organization, or what guards them would be deleted, replaced, released or unprotected; a
service principal list loses a guarded principal; or a refresh finds one of these gone and the plan doesn't mend it.
Undetermined: a value that the plan can't know, or a plan that doesn't show everything. One unsafe finding decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Literal

from pulumi_aws_identity_center.errors import count
from pulumi_aws_identity_center.names import ORGANIZATION_TYPE, SERVICE_ACCESS_TYPE
from pulumi_aws_identity_center.plain_text import without

from . import terraform_words
from .administrators.last_administrator import LastAdministrator
from .break_glass import OpenBreakGlass, accept, open_break_glasses
from .change import BARE, About, Action, Change, Entry, Failure
from .finding import RESTORE, Finding, finding, unknown
from .guards.carriers import CARRIERS
from .guards.effect import Guards
from .rules import organization, trusted_access
from .rules.by_type import Rule, rules_of
from .rules.sentinel_parts import failings
from .service_principal import IDENTITY_CENTER, Guarded

__all__ = ["Finding", "Judgement", "Verdict", "judge", "judge_plan", "unreadable"]

Verdict = Literal["safe", "unsafe", "undetermined"]


@dataclass(frozen=True)
class Judgement:
    """The verdict, every finding once, and what the plan tells of itself."""

    verdict: Verdict
    findings: list[Finding] = field(default_factory=list)
    about: About | None = None
    break_glasses: list[OpenBreakGlass] = field(default_factory=list)
    acknowledged: str = ""
    """With break-glass open, why what it allows doesn't count in the verdict; "" where it counts."""
    notes: list[str] = field(default_factory=list)
    """What the plan doesn't change, and somebody should: it doesn't count in the verdict."""


def judge(entries: Iterable[Entry], guarded: Guarded = IDENTITY_CENTER) -> tuple[Verdict, list[Finding]]:
    judgement = judge_plan(entries, guarded)
    return judgement.verdict, judgement.findings


def judge_plan(
    entries: Iterable[Entry],
    guarded: Guarded = IDENTITY_CENTER,
    acknowledged: str = "",
    management_account: str = "",
) -> Judgement:
    """acknowledged: with break-glass open, why what it allows is to count no more. management_account: its id; "" where
    nobody but the plan tells it."""
    plan = _JudgedPlan(guarded, management_account)
    for entry in entries:
        plan.judge_entry(entry)
    findings = [_in_words_of(plan.about, row) for row in plan.findings()]
    break_glasses = open_break_glasses(plan.about)
    reason = acknowledged.strip() if break_glasses else ""
    if reason:
        findings = sorted(accept(findings, break_glasses), key=_rank)
    verdict = verdict_of(findings)
    return Judgement(verdict, _without_bare_failures(findings), plan.about, break_glasses, reason, plan.notes)


def _without_bare_failures(findings: list[Finding]) -> list[Finding]:
    """Where a policy refuses, that the preview failed says nothing new."""
    if not any(row.certain and not row.advisory and row.rule.startswith("policy:") for row in findings):
        return findings
    bare = {_PREVIEW_FAILED.format(message) for message in BARE}
    return [row for row in findings if row.detail not in bare]


def verdict_of(findings: Iterable[Finding]) -> Verdict:
    decisive = [row for row in findings if not row.advisory]
    if any(row.certain for row in decisive):
        return "unsafe"
    return "undetermined" if decisive else "safe"


def _in_words_of(about: About | None, row: Finding) -> Finding:
    if about is None or about.tool not in terraform_words.TOOLS:
        return row
    return terraform_words.in_terraform_words(row)


def unreadable(detail: str, remedy: str = "Give it one whole plan's JSON.") -> Finding:
    """The finding for an input that is no plan."""
    return Finding("unreadable-input", "", "", detail, remedy, certain=False)


# Of the findings that make a plan unsafe, those that sign everybody out come first.
_WORST = (
    *("principal-removed", "trusted-access-", "organization-", "instance-", "last-administrator-", "features-lost"),
    "saml-provider-",
)


def _rank(row: Finding) -> tuple[bool, bool, int]:
    for rank, rule in enumerate(_WORST):
        if row.rule.startswith(rule):
            return row.advisory, not row.certain, rank
    return row.advisory, not row.certain, len(_WORST)


class _JudgedPlan:
    def __init__(self, guarded: Guarded, management_account: str) -> None:
        self.about: About | None = None
        self.notes: list[str] = []
        self._guarded = guarded
        self._management_account = management_account
        self._findings: list[Finding] = []
        self._drifted: list[Finding] = []
        self._turned_on: set[str] = set()
        self._made: set[str] = set()
        self._secrets: set[str] = set()
        self._refused: list[Failure] = []  # deletions that protect stops
        self._only_deletes = True
        self._guards = Guards()
        self._last_administrator = LastAdministrator()

    def judge_entry(self, entry: Entry) -> None:
        if isinstance(entry, About):
            self.about = entry
            self._findings += _of_about(entry)
        elif isinstance(entry, Failure):
            if _PROTECTED.search(entry.message):
                self._refused.append(entry)
            self._findings.append(_of_failure(entry))
        else:
            self._judge_change(entry)

    def _judge_change(self, change: Change) -> None:
        self._secrets |= change.secrets
        if not change.is_drift and change.action is not Action.DELETE:
            self._only_deletes = False
        if change.type in CARRIERS:
            self._guards.add_change(change)
        self._last_administrator.add_change(change)
        for rule in rules_of(change):
            self._apply_rule(change, rule)

    def _apply_rule(self, change: Change, rule: Rule) -> None:
        if change.action is Action.UNKNOWN:
            going = replace(change, action=Action.DELETE, after=None)
            self._findings += _if_it_went(change, list(rule(going, self._guarded)))
            return
        findings = list(rule(change, self._guarded))
        if change.is_drift:
            self._drifted += findings
            return
        self._findings += findings
        self.notes += trusted_access.unretained(change, self._guarded)
        if change.type == SERVICE_ACCESS_TYPE:
            self._turned_on.add(trusted_access.turns_on(change))
        if change.type == ORGANIZATION_TYPE:
            self._turned_on.update(organization.turns_on(change))
        if change.action is Action.CREATE and not failings(change.type, change.new):
            self._made.add(change.address)

    def findings(self) -> list[Finding]:
        drifted = [drift for drift in self._drifted if not self._is_mended(drift)]
        findings = _once_each([*self._findings, *drifted, *self._guards.findings(), *self._administration_findings()])
        findings.sort(key=_rank)
        if self._refused and self._only_deletes:
            findings = [self._refused_deletions(findings)]
        if not self._secrets:
            return findings
        return [_without_secrets(row, self._secrets) for row in findings]

    def _refused_deletions(self, findings: list[Finding]) -> Finding:
        """What protect stops, and what it would do otherwise, in one finding."""
        first, others = self._refused[0], [row for row in findings if row.rule != "preview-failed"]
        names = ", ".join(dict.fromkeys(map(_name_of, self._refused)))
        if self.about and self.about.destroys:
            sentence = f"Pulumi refuses this destroy: {_name_of(first)} is protected."
            remedy = "Leave it so: nothing is destroyed."
        else:
            sentence = f"Pulumi refuses this update: the program no longer declares {names}, and protect is set."
            remedy = f"Put {names} back into the program."
        if others:
            more = f" And {count(len(others) - 1, 'further finding')}." if others[1:] else ""
            sentence += f" Without the protection ({others[0].rule}): {others[0].detail}{more}"
        remedy += " To disable trusted access on purpose, use break-glass: README."
        is_unsafe = verdict_of(others) == "unsafe"
        return Finding("preview-failed", first.address, "delete", sentence, remedy, certain=is_unsafe)

    def _administration_findings(self) -> Iterator[Finding]:
        about = self.about or About("")
        management_account = self._management_account or about.management_account
        return self._last_administrator.findings(management_account, shows_unchanged=about.shows_unchanged)

    def _is_mended(self, drift: Finding) -> bool:
        if drift.rule in ("trusted-access-off", "principal-removed"):
            return not self._turned_on.intersection(self._guarded).isdisjoint(drift.detail.split())
        return drift.urn in self._made and drift.rule != "organization-gone"


def _once_each(findings: Iterable[Finding]) -> list[Finding]:
    """The first finding of each rule on each resource, of those that are certain if there are any."""
    first: dict[tuple[str, str], Finding] = {}
    for row in sorted(findings, key=lambda row: not row.certain):
        first.setdefault((row.rule, row.urn), row)
    return list(first.values())


_PREVIEW_FAILED = "The preview failed, so it does not show all that would happen: {}"
_PROTECTED = re.compile(r"cannot be deleted\s+because it is protected")


def _name_of(failure: Failure) -> str:
    return failure.address.rpartition("::")[2]


def _without_secrets(row: Finding, secrets: set[str]) -> Finding:
    return replace(row, detail=without(row.detail, secrets), remedy=without(row.remedy, secrets))


_SHOW_UNCHANGED = (
    "Run the preview again with --show-sames, or give the gate the event lines "
    "(PULUMI_ENABLE_STREAMING_JSON_PREVIEW=1)."
)


def _if_it_went(change: Change, findings: list[Finding]) -> list[Finding]:
    if not findings:
        return []
    if change.is_drift:
        return [unknown(change, change.unknown_reason, _SHOW_UNCHANGED)]
    remedy = "Use a newer release of this package."
    return [finding("operation-unknown", change, change.unknown_reason, remedy, certain=False)]


def _of_about(about: About) -> Iterator[Finding]:
    if about.targeted:
        yield Finding(
            "preview-targeted",
            "",
            "",
            "The preview looked at some resources only (--target or --exclude), so it doesn't show all.",
            "Run it without --target and --exclude.",
            certain=False,
        )


def _of_failure(failure: Failure) -> Finding:
    if failure.policy:
        policy = f"policy:{failure.policy}"
        weight = failure.certain, failure.advisory
        return Finding(policy, failure.address, "policy", failure.message, failure.remedy, *weight)
    protected = _PROTECTED.search(failure.message)
    # What Pulumi says after that is how to take the protection away.
    message = f"{failure.message[: protected.end()]}." if protected else failure.message
    detail = _PREVIEW_FAILED.format(message)
    mend = RESTORE if protected else "Fix the error that it names and run the preview again."
    remedy = failure.remedy or mend
    return Finding("preview-failed", failure.address, "", detail, remedy, certain=False)
