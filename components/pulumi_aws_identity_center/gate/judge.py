"""Would applying this plan take trusted access away? Pure; memory is that of what guards sign-in.

Unsafe: trusted access, the organization, or what guards them would be deleted, replaced, let go or unprotected; a
service principal list loses a guarded principal; or a refresh finds one of these gone and the plan doesn't mend it.
Undetermined: a value that the plan can't know, or a plan that doesn't show everything. One unsafe finding decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Literal

from pulumi_aws_identity_center.plain_text import without

from . import terraform_words
from .break_glass import OpenBreakGlass, opened
from .change import About, Action, Cause, Change, Entry, Failure
from .finding import Finding, finding, unknown
from .guards.carriers import CARRIERS
from .guards.effect import Guards
from .rules import organization, trusted_access
from .rules.by_type import Rule, rules_of
from .service_principal import IDENTITY_CENTER, Guarded

__all__ = ["Finding", "Judgement", "Verdict", "judge", "judge_plan", "unreadable"]

Verdict = Literal["safe", "unsafe", "undetermined"]


@dataclass(frozen=True)
class Judgement:
    """The verdict, every finding once, and what the plan tells of itself."""

    verdict: Verdict
    findings: list[Finding] = field(default_factory=list)
    about: About | None = None
    break_glass: OpenBreakGlass | None = None
    notes: list[str] = field(default_factory=list)
    """What the plan doesn't change, and somebody should: it doesn't count in the verdict."""


def judge(entries: Iterable[Entry], guarded: Guarded = IDENTITY_CENTER) -> tuple[Verdict, list[Finding]]:
    """The verdict, and every finding once."""
    judgement = judge_plan(entries, guarded)
    return judgement.verdict, judgement.findings


def judge_plan(entries: Iterable[Entry], guarded: Guarded = IDENTITY_CENTER, acknowledged: str = "") -> Judgement:
    """acknowledged: with break-glass open, why what it allows is to count no more."""
    plan = _Plan(guarded)
    for entry in entries:
        plan.take(entry)
    findings = [_in_words_of(plan.about, found) for found in plan.findings()]
    glass = opened(plan.about, acknowledged)
    return Judgement(verdict_of(glass.counts(findings) if glass else findings), findings, plan.about, glass, plan.notes)


def verdict_of(findings: Iterable[Finding]) -> Verdict:
    certain = {found.certain for found in findings if not found.advisory}
    return "unsafe" if True in certain else "undetermined" if certain else "safe"


def _in_words_of(about: About | None, found: Finding) -> Finding:
    is_terraform = about is not None and about.tool in terraform_words.TOOLS
    return terraform_words.in_terraform_words(found) if is_terraform else found


def unreadable(detail: str) -> Finding:
    """The finding for an input that is no plan."""
    return Finding("unreadable-input", "", "", detail, "Give it one whole plan's JSON.", certain=False)


# Of the findings that make a plan unsafe, those that sign everybody out come first.
_WORST = ("principal-removed", "trusted-access-", "organization-", "instance-", "features-lost", "saml-provider-")


def _rank(found: Finding) -> tuple[bool, bool, int]:
    place = next((place for place, rule in enumerate(_WORST) if found.rule.startswith(rule)), len(_WORST))
    return found.advisory, not found.certain, place


class _Plan:
    """The findings so far, and what the plan would mend."""

    def __init__(self, guarded: Guarded) -> None:
        self.about: About | None = None
        self.notes: list[str] = []
        self._guarded = guarded
        self._found: list[Finding] = []
        self._drifted: list[Finding] = []
        self._turned_on: set[str] = set()
        self._made: set[str] = set()
        self._secrets: set[str] = set()
        self._refused: list[Failure] = []  # deletions that protect stops
        self._only_deletes = True
        self._guards = Guards()

    def take(self, entry: Entry) -> None:
        if isinstance(entry, About):
            self.about = entry
            self._found += _of_about(entry)
        elif isinstance(entry, Failure):
            if _PROTECTED.search(entry.message):
                self._refused.append(entry)
            self._found.append(_of_failure(entry))
        else:
            self._take_change(entry)

    def _take_change(self, change: Change) -> None:
        self._secrets |= change.secrets
        self._only_deletes = self._only_deletes and (change.cause is Cause.REFRESH or change.action is Action.DELETE)
        if change.type in CARRIERS:
            self._guards.take(change)
        for rule in rules_of(change):
            self._judge(change, rule)

    def _judge(self, change: Change, rule: Rule) -> None:
        if change.action is Action.UNTOLD:
            self._found += _if_it_went(change, list(rule(_going(change), self._guarded)))
            return
        found = list(rule(change, self._guarded))
        if change.cause is Cause.REFRESH:
            self._drifted += found
            return
        self._found += found
        self.notes += trusted_access.unretained(change, self._guarded)
        self._turned_on |= {trusted_access.turns_on(change)} if change.type in _ACCESS else set()
        self._turned_on |= set(organization.turns_on(change)) if change.type in _LISTS else set()
        if change.action is Action.CREATE:
            self._made.add(change.address)

    def findings(self) -> list[Finding]:
        drifted = [found for found in self._drifted if not self._is_mended(found)]
        rows = [*self._found, *drifted, *self._guards.findings()]
        once: dict[tuple[str, str], Finding] = {}
        for found in rows:
            once.setdefault((found.rule, found.urn), found)
        findings = sorted(once.values(), key=_rank)
        if self._refused and self._only_deletes:
            findings = [_refused_destroy(self._refused[0], findings)]
        return [_without_secrets(found, self._secrets) for found in findings] if self._secrets else findings

    def _is_mended(self, drift: Finding) -> bool:
        """Whether this plan itself puts right what its refresh found."""
        if drift.rule in ("trusted-access-off", "principal-removed"):
            return any(principal in drift.detail for principal in self._turned_on if principal)
        return drift.urn in self._made and drift.rule != "organization-gone"


_PROTECTED = re.compile(r"cannot be deleted\s+because it is protected")


def _refused_destroy(failure: Failure, findings: list[Finding]) -> Finding:
    """A destroy that protect stops: what it would do is told in one finding."""
    rules = dict.fromkeys(found.rule for found in findings if found.rule != "preview-failed")
    name = failure.address.rpartition("::")[2]
    detail = f"Pulumi refuses this destroy: {name} is protected." + (
        f" Without the protection: {', '.join(rules)}." if rules else ""
    )
    remedy = "Leave it so: nothing is destroyed. To disable trusted access on purpose, use break-glass: README."
    return Finding("preview-failed", failure.address, "delete", detail, remedy, certain=bool(rules))


def _without_secrets(found: Finding, secrets: set[str]) -> Finding:
    return replace(found, detail=without(found.detail, secrets), remedy=without(found.remedy, secrets))


_ACCESS = frozenset({"aws:organizations/awsServiceAccess:AwsServiceAccess"})
_LISTS = frozenset({"aws:organizations/organization:Organization"})


def _going(change: Change) -> Change:
    return replace(change, action=Action.DELETE, after=None)


def _if_it_went(change: Change, findings: list[Finding]) -> list[Finding]:
    if not findings:
        return []
    if change.cause is Cause.REFRESH:
        return [unknown(change, change.untold)]
    remedy = "Use a newer release of this package."
    return [finding("operation-unknown", change, change.untold, remedy, certain=False)]


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
        rule, weight = f"policy:{failure.policy}", {"certain": failure.certain, "advisory": failure.advisory}
        return Finding(rule, failure.address, "policy", failure.message, failure.remedy, **weight)
    detail = f"The preview failed, so it does not show all that would happen: {failure.message}"
    remedy = failure.remedy or "Mend what it names and run the preview again."
    return Finding("preview-failed", failure.address, "", detail, remedy, certain=False)
