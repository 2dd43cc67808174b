"""The sentinel's settings as plain data: `parse_sentinel()` checks them with every problem at once. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pulumi_aws_identity_center.errors import InvalidInput, collected, refuse, shown
from pulumi_aws_identity_center.names import SSO_SERVICE_PRINCIPAL

from .break_glass import BreakGlass, parse_break_glass
from .values import is_list, is_service_principal, match_text, object_problems, repetition_problems

# Where Organizations' API events arrive, whatever Region the stack uses
# (docs.aws.amazon.com/organizations/latest/userguide/orgs_cloudtrail-integration.html; general/latest/gr/ao.html).
HOME_REGIONS = {"aws": "us-east-1", "aws-cn": "cn-northwest-1", "aws-us-gov": "us-gov-west-1"}
MODES = ("enforce", "alert")
KEYS = ("mode", "servicePrincipals", "schedule", "notify", "maxEnablesPerHour", "logRetentionDays", "breakGlass")

# The limit is one service's. SSM keeps 100 versions of the ledger's parameter, and a run that enables writes two
# (docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-versions.html): with a higher limit the ledger
# could hold less than an hour of one service. It still can where runs that only report come between them, and then the
# oldest enables aren't counted (docs/sentinel.md, The ledger).
MOST_ENABLES = 40

_SECONDS = {"minute": 60, "hour": 3600, "day": 86400}
_RATE = re.compile(r"rate\(([1-9]\d{0,4}) (minute|hour|day)(s?)\)", re.ASCII)
_CRON = re.compile(r"cron\(\S+ \S+ (\S+) \S+ (\S+) \S+\)", re.ASCII)
_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
_TOPIC = re.compile(r"arn:(aws|aws-cn|aws-us-gov):sns:[a-z0-9-]+:\d{12}:[\w-]+", re.ASCII)
# docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
_RETENTION_DAYS = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731),
    *(1096, 1827, 2192, 2557, 2922, 3288, 3653),
)


@dataclass(frozen=True)
class SentinelSettings:
    """emails, topic_arn: text, or an Output that is known later."""

    mode: str = "enforce"
    service_principals: tuple[str, ...] = (SSO_SERVICE_PRINCIPAL,)
    schedule: str = "rate(1 minute)"
    emails: tuple[Any, ...] = ()
    topic_arn: Any = None
    max_enables_per_hour: int = 6
    log_retention_days: int = 90
    break_glass: BreakGlass | None = None


ParseBreakGlass = Callable[[Any, str], BreakGlass | None]
Parser = Callable[[Any, str], dict[str, Any]]


def parse_sentinel(
    value: Any, key: str = "sentinel", parse_glass: ParseBreakGlass = parse_break_glass
) -> SentinelSettings:
    """From an object of SentinelArgs, or what is parsed already. Raises InvalidInput with every problem."""
    if isinstance(value, SentinelSettings):
        return value
    if not isinstance(value, Mapping):
        raise InvalidInput(f"{key} is {shown(value)}; it must be an object with {', '.join(KEYS)}, or {{}}.")
    problems = object_problems(value, key, KEYS)
    parsers: dict[str, Parser] = {**PARSERS, "breakGlass": lambda value, key: {"break_glass": parse_glass(value, key)}}
    parsed: dict[str, Any] = {}
    for name, parse in parsers.items():
        if value.get(name) is None:
            continue
        with collected(problems):
            parsed |= parse(value[name], f"{key}.{name}")
    refuse(problems)
    return SentinelSettings(**parsed)


def alarm_period(schedule: str) -> int:
    """Seconds without any run after which a schedule has stopped: three times its rate, from 5 minutes to a day.

    CloudWatch takes multiples of 60, and a day is the most that one period of an alarm can be
    (docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html). A cron has a day.
    """
    seconds = seconds_between_runs(schedule) or _SECONDS["day"]
    return min(max(3 * seconds, 300), _SECONDS["day"])


def seconds_between_runs(schedule: Any) -> int:
    """Of a rate; 0 of a cron, whose times aren't read here."""
    rate = match_text(_RATE, schedule)
    return int(rate[1]) * _SECONDS[rate[2]] if rate else 0


def _parse_mode(value: Any, key: str) -> dict[str, Any]:
    if value not in MODES:
        raise InvalidInput(f"{key} is {shown(value)}; it must be one of {', '.join(MODES)}.")
    return {"mode": value}


def _parse_service_principals(value: Any, key: str) -> dict[str, Any]:
    if not is_list(value) or not value:
        raise InvalidInput(f"{key} is {shown(value)}; it must be a list of service principals, not empty.")
    problems = [
        f"{key} has {shown(principal)}; each must be a service principal, such as {SSO_SERVICE_PRINCIPAL}."
        for principal in value
        if not is_service_principal(principal)
    ]
    refuse(problems)
    return {"service_principals": tuple(dict.fromkeys(value))}


def _parse_schedule(value: Any, key: str) -> dict[str, Any]:
    """docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html: one minute, two minutes; and a ?
    in one of the two day fields, and in one only."""
    rate, cron = match_text(_RATE, value), match_text(_CRON, value)
    is_rate = rate is not None and (rate[1] == "1") == (rate[3] == "")
    is_cron = cron is not None and (cron[1] == "?") != (cron[2] == "?")
    if not is_rate and not is_cron:
        raise InvalidInput(f"{key} is {shown(value)}; it must be rate(1 minute), rate(5 minutes) or cron(0 * * * ? *).")
    return {"schedule": value}


def _parse_notify(value: Any, key: str) -> dict[str, Any]:
    if not isinstance(value, Mapping) or not value.keys() <= {"emails", "topicArn"}:
        raise InvalidInput(f"{key} is {shown(value)}; it must be an object with emails (a list), topicArn, or both.")
    emails = value.get("emails") or ()
    if not is_list(emails):
        raise InvalidInput(f"{key}.emails is {shown(emails)}; it must be a list of e-mail addresses.")
    topic = value.get("topicArn")
    problems = _email_problems(list(filter(_is_known, emails)), f"{key}.emails")
    if topic is not None and _is_known(topic) and not match_text(_TOPIC, topic):
        example = "arn:aws:sns:us-east-1:111122223333:on-call"
        problems.append(f"{key}.topicArn is {shown(topic)}; it must be a topic's ARN, such as {example}.")
    refuse(problems)
    return {"emails": tuple(emails), "topic_arn": topic}


def _email_problems(emails: Sequence[Any], key: str) -> list[str]:
    problems = [
        f"{key} has {shown(email)}; each must be an e-mail address, such as on-call@example.com."
        for email in emails
        if not match_text(_EMAIL, email)
    ]
    return problems + repetition_problems(emails, key)


def check_topic(arn: str, partition: str) -> None:
    """Alarms take a topic of their own Region only, and the sentinel's is Organizations' home. Raises InvalidInput."""
    home = f"arn:{partition}:sns:{HOME_REGIONS[partition]}:"
    if not arn.startswith(home):
        raise InvalidInput(f"notify.topicArn is {shown(arn)}; it must begin with {home}, where the sentinel is.")


def _parse_max_enables(value: Any, key: str) -> dict[str, Any]:
    number = _whole_number(value)
    if number is None or not 1 <= number <= MOST_ENABLES:
        raise InvalidInput(f"{key} is {shown(value)}; it must be a whole number from 1 to {MOST_ENABLES}.")
    return {"max_enables_per_hour": number}


def _parse_retention(value: Any, key: str) -> dict[str, Any]:
    number = _whole_number(value)
    if number not in _RETENTION_DAYS:
        allowed = ", ".join(map(str, _RETENTION_DAYS))
        raise InvalidInput(f"{key} is {shown(value)}; CloudWatch Logs takes one of {allowed}.")
    return {"log_retention_days": number}


def _whole_number(value: Any) -> int | None:
    """Another language's program sends a float, and a stack's file read without Pulumi gives text."""
    if isinstance(value, str) and re.fullmatch(r"\d{1,6}", value, re.ASCII):
        return int(value)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _is_known(value: Any) -> bool:
    """An Output has no value yet; this room doesn't know Pulumi, so it asks for the method."""
    return not hasattr(value, "apply")


PARSERS = {
    "mode": _parse_mode,
    "servicePrincipals": _parse_service_principals,
    "schedule": _parse_schedule,
    "notify": _parse_notify,
    "maxEnablesPerHour": _parse_max_enables,
    "logRetentionDays": _parse_retention,
}
