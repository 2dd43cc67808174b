"""Break-glass: the only way to disable trusted access on purpose. It has a reason and an expiry date.

While break-glass is open, the trusted-access resource has neither `protect` nor `retainOnDelete`: then removing it or
destroying the stack disables trusted access. After the date, break-glass is an error.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from pulumi_aws_identity_center.errors import InvalidInput, refuse, shown

from .values import match_text

MAX_DAYS = 7
_KEYS = ("reason", "expires")
_HOW = f"give reason (why, in words) and expires (an ISO date at most {MAX_DAYS} days ahead, such as {{example}})"

_GOS = re.compile(r"(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d+)?) ([+-]\d{4}) \S+")


@dataclass(frozen=True)
class BreakGlass:
    """expires: a date alone means the end of that day, UTC.

    over: a sentence if that is past; empty while break-glass is open. arguments: as the program gave them.
    """

    reason: str
    expires: datetime.datetime
    over: str = ""
    arguments: Mapping[str, Any] = field(default_factory=dict, compare=False)

    def warning(self, name: str) -> str:
        """What every preview says while it is open."""
        return (
            f"Break-glass is open until {self.expires.astimezone(datetime.UTC):%Y-%m-%d %H:%M} UTC ({self.reason}). "
            f"{name} is not protected: removing it or destroying this stack disables trusted access, and nobody can "
            "sign in to any account. It stays unprotected, also after this date, until a pulumi up without breakGlass. "
            "(pulumi destroy checks the date only with --run-program or PULUMI_RUN_PROGRAM=true.)"
        )

    def closed(self, name: str) -> str:
        """The error of an update after the date."""
        return (
            f"{self.over} This update has protected {name} again. Remove breakGlass. If you still need it, give a new "
            "date and reason."
        )


def is_open(break_glass: BreakGlass | None) -> bool:
    """Whether trusted access may really be disabled."""
    return break_glass is not None and not break_glass.over


def shown_while_open(break_glass: BreakGlass | None) -> dict[str, Any]:
    """What a component adds to its inputs and outputs, so that its state, a policy pack and the gate know."""
    return {"breakGlass": break_glass.arguments} if break_glass is not None and is_open(break_glass) else {}


def parse_break_glass(
    value: Any, key: str = "breakGlass", now: datetime.datetime | None = None, *, closing: bool = False
) -> BreakGlass | None:
    """The open break-glass, or None if none was asked for; what is parsed already is taken as it is.

    Raises InvalidInput for one without reason or date, with a date that is past or too far ahead, or with other keys.
    closing: one whose date is past is given back as over, for who protects again before saying so.
    """
    if value is None or isinstance(value, BreakGlass):
        return value
    moment = now or datetime.datetime.now(datetime.UTC)
    how = _HOW.format(example=(moment + datetime.timedelta(days=1)).date().isoformat())
    if not isinstance(value, Mapping):
        raise InvalidInput(f"{key} is {shown(value)}, and has to be an object: {how}.")
    problems = [f"{key}.{name} is not a key; {how}." for name in value if name not in _KEYS]
    reason = value.get("reason")
    if not isinstance(reason, str) or not reason.strip():
        problems.append(f"{key}.reason is {shown(reason)}: {how}.")
    expiry = _parse_expiry(value.get("expires"), f"{key}.expires", moment, how)
    if expiry.problem:
        problems.append(expiry.problem)
    if expiry.over and not closing:
        problems.append(f"{expiry.over} {_PAST.format(key=key)}")
    refuse(problems)
    return BreakGlass(str(reason).strip(), expiry.moment, expiry.over, value)


class _Expiry(NamedTuple):
    """over: the sentence that says that the moment is past. problem: why it can't be one."""

    moment: datetime.datetime
    over: str = ""
    problem: str = ""


def _parse_expiry(value: Any, key: str, now: datetime.datetime, how: str) -> _Expiry:
    text = _from_yaml(value)
    moment = _moment(text)
    if moment is None:
        return _Expiry(now, problem=f"{key} is {shown(value)}: {how}.")
    if moment < now:
        return _Expiry(moment, over=f"{key} is {text}, which is past: break-glass is over.")
    if moment > _latest(text, now):
        return _Expiry(moment, problem=f"{key} is {text}, more than {MAX_DAYS} days ahead: {how}.")
    return _Expiry(moment)


_PAST = (
    "Remove {key}: the next pulumi up then protects again what it opened. Until then, destroying this stack still "
    "disables trusted access that it declares. If you still need break-glass, give a new date and reason."
)


def _from_yaml(text: Any) -> Any:
    """A date or time that stands in Pulumi.STACK.yaml without quotes reaches the program as Go writes a moment."""
    match = match_text(_GOS, text)
    if match is None:
        return text
    day, time, zone = match.groups()
    return day if (time, zone) == ("00:00:00", "+0000") else f"{day}T{time}{zone}"


def _latest(text: str, moment: datetime.datetime) -> datetime.datetime:
    """A time may be MAX_DAYS ahead to the second; a date alone means its whole day, so that day's end may be later."""
    latest = moment + datetime.timedelta(days=MAX_DAYS)
    return datetime.datetime.combine(latest.date(), datetime.time.max, datetime.UTC) if _day(text) else latest


def _day(text: str) -> datetime.date | None:
    """A date alone, in any of ISO's spellings."""
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        return None


def _moment(text: Any) -> datetime.datetime | None:
    if not isinstance(text, str):
        return None
    if (day := _day(text)) is not None:
        return datetime.datetime.combine(day, datetime.time.max, datetime.UTC)
    try:
        moment = datetime.datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)
