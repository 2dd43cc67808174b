"""A check's result, and the verdict over all checks."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from pulumi_aws_identity_center.aws.results import Answer
from pulumi_aws_identity_center.status.facts import Facts

Result = Literal["pass", "fail", "undetermined"]
Verdict = Literal["healthy", "unhealthy", "undetermined"]


@dataclass(frozen=True)
class Check:
    """One judgement on one subject. remedy: what a person can do or paste (`parse_remedy`); "" for a pass.

    cause: why it failed or could not be judged, where several checks may have the same cause; "".
    required: whether "undetermined" here leaves the whole undetermined. False where no API can tell, or where what it
    tells is for information.
    """

    id: str
    subject: str
    result: Result
    detail: str
    remedy: str = ""
    required: bool = True
    cause: str = ""

    def as_json(self) -> dict[str, str]:
        return {
            "id": self.id,
            "subject": self.subject,
            "result": self.result,
            "detail": self.detail,
            "remedy": self.remedy,
        }


@dataclass(frozen=True)
class Advice:
    """commands: to paste, one of them is enough. explanation: a sentence, or ""."""

    commands: tuple[str, ...]
    explanation: str


_COMMANDS = ("aws ", "identity-center ", "pulumi ", "https://")


def parse_remedy(remedy: str) -> Advice:
    """A remedy is a sentence, or a command a line, the first one with what is said about it behind a #."""
    first, mark, explanation = remedy.partition("  # ")
    if mark:
        explanation, *others = explanation.split("\n")
        return Advice((first, *others), f"{explanation[:1].upper()}{explanation[1:]}")
    return Advice((first,), "") if first.startswith(_COMMANDS) else Advice((), first)


def verdict(checks: Sequence[Check]) -> Verdict:
    """A fail decides; else what could not be told of what is required does. No checks at all is no health."""
    if any(check.result == "fail" for check in checks):
        return "unhealthy"
    results = [check.result for check in checks if check.required]
    return "undetermined" if "undetermined" in results or not results else "healthy"


def undetermined(id_: str, subject: str, what: str, answer: Answer[Any], *, required: bool = True) -> Check:
    """An error: undetermined, with its kind, AWS's words, and the remedy for that kind."""
    detail = f"Could not tell {what}: {answer.explanation}."
    return Check(id_, subject, "undetermined", detail, answer.remedy, required, answer.explanation)


def member_cannot_tell(facts: Facts, answer: Answer[Any]) -> Answer[Any]:
    """A member account is refused whatever its permissions: say so, and which account isn't."""
    if answer.kind != "denied" or not facts.is_member or facts.is_administrator:
        return answer
    member = asked_by_member(facts)
    message = f"{member.message}; the delegated administrator's account can read it too"
    return replace(member, code=answer.code, message=message, action=answer.action)


def asked_by_member(facts: Facts) -> Answer[Any]:
    """The answer to a question that only the management account is answered."""
    message = f"{facts.account} is a member account, and the management account is {facts.management}"
    return Answer(kind="member", message=message)


def fails_without_all_features(id_: str, subject: str, detail: str) -> Check:
    """What an organization with consolidated billing only can't have."""
    return Check(id_, subject, "fail", detail, _ALL_FEATURES, cause="the organization has consolidated billing only")


_ALL_FEATURES = (
    "aws organizations enable-all-features  # every account that was invited has to agree. Then enable Identity Center "
    "in the console; if it was in use, run identity-center recover."
)


def fails_until_enabled(facts: Facts, id_: str, subject: str, detail: str) -> Check:
    """What there is only once Identity Center is enabled. That turns trusted access on too
    (organizations/latest/userguide/services-that-can-integrate-sso.html)."""
    where = f"in the management account{f' {facts.management}' if facts.management else ''}"
    remedy = f"{console(facts, facts.region)}  # enable Identity Center {where}: only the console can."
    if facts.is_on is False:
        remedy += (
            " That turns trusted access on too. If Identity Center was in use before, run identity-center recover "
            "instead.\nidentity-center recover"
        )
    return Check(id_, subject, "fail", detail, remedy, cause="Identity Center is not enabled")


def console(facts: Facts, region: str) -> str:
    """The address of Identity Center's console."""
    return _CONSOLES.get(facts.partition, _CONSOLES["aws"]).format(region=region)


_CONSOLES = {
    "aws": "https://console.aws.amazon.com/singlesignon/home?region={region}",
    "aws-us-gov": "https://console.amazonaws-us-gov.com/singlesignon/home?region={region}",
    "aws-cn": "https://console.amazonaws.cn/singlesignon/home?region={region}",
}


def moment(when: datetime.datetime) -> str:
    """In UTC and whole seconds, wherever this runs."""
    return when.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
