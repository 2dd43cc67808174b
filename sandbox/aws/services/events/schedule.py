"""When a rule's schedule comes due: rate(…) and cron(…), in UTC.

Source: eventbridge/latest/userguide/eb-scheduled-rule-pattern.html: one minute, two minutes; a ? in one of cron's two
day fields, and in one only. L, W and # are refused as not implemented.
"""

from __future__ import annotations

import datetime
import re

from sandbox.aws.core.errors import AwsError

_RATE = re.compile(r"rate\(([1-9]\d*) (minute|hour|day)(s?)\)")
_CRON = re.compile(r"cron\(([^ ]+) ([^ ]+) ([^ ]+) ([^ ]+) ([^ ]+) ([^ ]+)\)")
_SECONDS = {"minute": 60, "hour": 3600, "day": 86400}
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_YEARS_AHEAD = 2


def next_time(expression: str, after: float) -> float | None:
    """The first time after a moment (seconds since 1970); None for a schedule that is over, or more than two years
    away. A rate counts from the moment. Raises AwsError for an expression that isn't one."""
    rate, cron = _RATE.fullmatch(expression), _CRON.fullmatch(expression)
    if rate and (rate[1] == "1") == (rate[3] == ""):
        return after + int(rate[1]) * _SECONDS[rate[2]]
    if cron is None or (cron[3] == "?") == (cron[5] == "?"):
        raise AwsError("ValidationException", "Parameter ScheduleExpression is not valid.")
    return _next_of_cron(cron.groups(), after)


def _next_of_cron(fields: tuple[str, ...], after: float) -> float | None:
    minutes, hours = _numbers(fields[0], 0, 59), _numbers(fields[1], 0, 23)
    start = datetime.datetime.fromtimestamp(after, datetime.UTC).replace(second=0, microsecond=0)
    start += datetime.timedelta(minutes=1)
    for ahead in range(366 * _YEARS_AHEAD):
        day = (start + datetime.timedelta(days=ahead)).date()
        if not _is_on(fields, day):
            continue
        times = [datetime.time(hour, minute) for hour in sorted(hours) for minute in sorted(minutes)]
        moments = [datetime.datetime.combine(day, time, datetime.UTC) for time in times]
        moment = next((moment for moment in moments if moment >= start), None)
        if moment is not None:
            return moment.timestamp()
    return None


def _is_on(fields: tuple[str, ...], day: datetime.date) -> bool:
    _, _, of_month, month, of_week, year = fields
    matches = (
        day.year in _numbers(year, 1970, 2199),
        day.month in _numbers(month, 1, 12, _MONTHS),
        day.day in _numbers(of_month, 1, 31),
        day.isoweekday() % 7 + 1 in _numbers(of_week, 1, 7, _DAYS),
    )
    return all(matches)


def _numbers(field: str, low: int, high: int, names: tuple[str, ...] = ()) -> set[int]:
    """The numbers that a field names; names count from 1."""
    numbers: set[int] = set()
    for part in field.split(","):
        span, _, step = part.partition("/")
        first, dash, last = span.partition("-")
        if span in ("*", "?"):
            start, end = low, high
        else:
            start = _number(first, names)
            last_number = high if step else start
            end = _number(last, names) if dash else last_number
        numbers.update(range(start, end + 1, _number(step, ()) if step else 1))
    if not numbers or not numbers <= set(range(low, high + 1)):
        raise AwsError("ValidationException", "Parameter ScheduleExpression is not valid.")
    return numbers


def _number(text: str, names: tuple[str, ...]) -> int:
    if text.upper() in names:
        return names.index(text.upper()) + 1
    if not text.isdigit():
        raise AwsError("SandboxNotImplemented", f"The sandbox's schedules have no {text!r}.", 501)
    return int(text)
