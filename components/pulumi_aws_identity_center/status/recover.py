"""Turns trusted access on again: one call, then proof from AWS.

Needs only what `document enable` prints. It calls DescribeOrganization and ListInstances and reads the account's IAM
for better messages; all of these may be denied. Safe to repeat, and safe to interrupt: the one call is
EnableAWSServiceAccess, sent once.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pulumi_aws_identity_center.access.who_can_enable import enablers
from pulumi_aws_identity_center.aws.concurrency import Clock, Question
from pulumi_aws_identity_center.aws.results import NOT_IN_ORGANIZATION, Answer
from pulumi_aws_identity_center.aws.trusted_access import CALL, is_trusted
from pulumi_aws_identity_center.names import SSO_SERVICE_PRINCIPAL

from .recovery_advice import what_resumes, who

Row = dict[str, Any]
# Proof is looked for after so many seconds, twice as many each time, up to the longest; a little by chance.
_FIRST, _LONGEST = 0.25, 8.0
# How long a better last sentence may keep somebody waiting.
_AFTER_PROOF = 2.0
# Errors after which nobody knows whether the call got through; after the others, it didn't.
_UNKNOWN = ("unreachable", "malformed", "unavailable", "deadline")
_DENIED = ("denied", "no-credentials", "invalid-credentials", "expired")


class WithinDeadline:
    """The questions of an `aws.client.Account`, each until the deadline: endless pages or an answer that comes byte by
    byte keep nobody waiting who has to turn trusted access on."""

    def __init__(self, api: Any, seconds: float) -> None:
        self._api, self._seconds = api, seconds
        self.restart()

    def restart(self) -> None:
        """Gives all of the time again: what a person took to answer isn't AWS's."""
        self._clock = Clock(self._seconds)

    def __getattr__(self, question: str) -> Callable[[], Answer[Any]]:
        return lambda: Question(self._clock, getattr(self._api, question)).answer()


@dataclass(frozen=True)
class Outcome:
    """code: the exit status. kind: what happened, for a program. text: the same for a person."""

    code: int
    kind: str
    text: str


def recover(
    api: WithinDeadline,
    confirm: Callable[[str], bool | None],
    *,
    seconds: float = 60,
    sleep: Callable[[float], None] = time.sleep,
    now: Callable[[], float] = time.monotonic,
) -> Outcome:
    """Enables trusted access once, if it is off and confirmed, and waits for proof.

    confirm: is given what is about to happen; None if there is no answer, or one that is neither yes nor no.
    """
    before = api.trusted()
    on = is_trusted(before)
    if on:
        return Outcome(0, "on-already", f"Trusted access for {SSO_SERVICE_PRINCIPAL} is on. Nothing was changed.")
    refusal = _refusal(api, before)
    if refusal is not None:
        return refusal
    if on is None:
        return _not_told(before)
    agreed = confirm(_about(api))
    if agreed is None:
        return Outcome(
            1, "not-confirmed", "Nothing was changed: the answer was not yes or no. Without a terminal, give --yes."
        )
    if not agreed:
        return Outcome(1, "not-confirmed", f"Nothing was changed. The call:\n{CALL}")
    answer = api.enable()
    is_refused = not answer.ok and answer.kind not in _UNKNOWN
    return _prove(api, answer, 0 if is_refused else seconds, sleep, now)


def _refusal(api: WithinDeadline, before: Answer[list[Row]]) -> Outcome | None:
    """A sentence for where it can't work, whatever the permissions: no organization, or a member account."""
    organization, caller = api.organization(), api.caller()
    if NOT_IN_ORGANIZATION in (before.code, organization.code):
        text = "This account is in no organization: trusted access is the management account's to turn on."
        return Outcome(1, "no-organization", f"Nothing was changed. {text}")
    account = (caller.value or {}).get("Account")
    management = (organization.value or {}).get("MasterAccountId")
    if account and management and account != management:
        text = f"{account} is a member account, and only the management account can turn trusted access on."
        code = 2 if is_trusted(before) is None else 1
        return Outcome(code, "member-account", f"Nothing was changed. {text} Use credentials of {management}.")
    if (organization.value or {}).get("FeatureSet") == "CONSOLIDATED_BILLING":
        text = "The organization has consolidated billing only: aws organizations enable-all-features comes first."
        return Outcome(1, "consolidated-billing", f"Nothing was changed. {text}")
    return None


def _not_told(before: Answer[list[Row]]) -> Outcome:
    explanation = f"Could not tell whether trusted access is on: {before.explanation}. Nothing was changed."
    return Outcome(2, "not-told", f"{explanation} {_remedy(before)}")


def _remedy(answer: Answer[Any]) -> str:
    if answer.kind == "denied":
        return "Use credentials of the management account with the permissions of identity-center document enable."
    return answer.remedy


def _about(api: WithinDeadline) -> str:
    caller = (api.caller().value or {}).get("Arn", "these credentials")
    return (
        f"Trusted access for {SSO_SERVICE_PRINCIPAL} is OFF: nobody can get into any account through Identity Center.\n"
        f"As {caller}, this sends one call:\n{CALL}"
    )


def _prove(
    api: WithinDeadline,
    made: Answer[None],
    seconds: float,
    sleep: Callable[[float], None],
    now: Callable[[], float],
) -> Outcome:
    end, pause = now() + seconds, _FIRST
    answer = api.trusted()
    while not is_trusted(answer) and now() + pause < end:
        sleep(pause * random.uniform(0.75, 1.0))
        pause = min(pause * 2, _LONGEST)
        latest = api.trusted()
        if latest.kind == "deadline":
            break  # what AWS listed last counts
        answer = latest
    if is_trusted(answer):
        return Outcome(
            0,
            "on-again",
            f"Trusted access for {SSO_SERVICE_PRINCIPAL} is on again. {_what_resumes(api)}\n"
            "Next, run identity-center status. To see who can turn it off, run identity-center who-can-disable.",
        )
    if not made.ok:
        why = f"{made.explanation}. {_remedy(made)}"
        if is_trusted(answer) is None:
            return Outcome(2, "not-proved", f"Could not tell whether trusted access is on: {why}")
        if made.kind in _DENIED:
            who_can = who(enablers(api.authorization_details()))
            text = f"Trusted access is still off: {made.explanation}. {who_can} The call:\n{CALL}"
            return Outcome(1, "refused", text)
        return Outcome(1, "failed", f"Trusted access is still off: {why}")
    why = "its list does not show it" if answer.ok else f"its list can't be read: {answer.explanation}"
    return Outcome(2, "not-proved", f"AWS took the call, and {why}. Run identity-center status.")


def _what_resumes(api: WithinDeadline) -> str:
    """The proof is there by then: neither a slow answer nor Ctrl-C takes it back."""
    clock = Clock(_AFTER_PROOF)
    try:
        organization, instances = Question(clock, api.organization), Question(clock, api.instances_anywhere)
        return what_resumes(instances.answer(), (organization.answer().value or {}).get("MasterAccountId"))
    except KeyboardInterrupt:
        return what_resumes(Answer(kind="interrupted"), None)
