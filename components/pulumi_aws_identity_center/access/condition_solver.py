"""Is there a way to meet conditions on the circumstances of a call: MFA, address, hour, Region, client, session?

Tries the values that the conditions themselves suggest. If one of them meets the conditions, the answer is yes. If none
does and there are further values (texts, addresses), the answer is unknown.
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import ipaddress
import itertools
import math
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping

from pulumi_aws_identity_center.iam import Decision, Request, Verdict
from pulumi_aws_identity_center.iam.condition_operators import moment
from pulumi_aws_identity_center.iam.wildcards import relation

Value = tuple[str, ...]

# docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html and, for STS and IAM,
# reference_policies_iam-condition-keys.html: what whoever makes a call chooses, or where and when it is made.
_BOOLEANS = frozenset({"aws:multifactorauthpresent"})
_TIMES = frozenset({"aws:currenttime", "aws:epochtime"})
_PLACES = frozenset({"aws:requestedregion", "aws:sourceip", "aws:sourcevpc", "aws:sourcevpce", "aws:vpcsourceip"})
_CLIENT = frozenset({"aws:multifactorauthage", "aws:referer", "aws:tokenissuetime", "aws:useragent"})
_CHOSEN = frozenset(
    {"sts:externalid", "sts:rolesessionname", "sts:sourceidentity", "sts:transitivetagkeys"}
    | {"aws:tagkeys", "iam:associatedresourcearn"}
)
# Whether a service makes the call in the caller's name: only the plain call is tried.
_VIA = "aws:viaawsservice"
CIRCUMSTANCES = _BOOLEANS | _TIMES | _PLACES | _CLIENT | _CHOSEN | {_VIA}
_CHOSEN_PREFIX = "aws:requesttag/"
_ELSEWHERE = ("192.0.2.1", "198.51.100.1", "2001:db8::1")
_MOST = 512
_SESSION_NAME = re.compile(r"[\w+=,.@-]{2,64}", re.ASCII)

Hints = Mapping[str, str | Value]


def settle(
    request: Request, decision: Decision, decide: Callable[[Request], Decision], hints: Hints | None = None
) -> Decision:
    """The decision, if it hangs on circumstances alone, made sure: still UNDETERMINED, with no unknown key left, if
    some circumstances allow it; DENIED if none do; unchanged if that can't be told. hints: by key in lower case, the
    only values worth trying, or a text whose * is the caller's choice."""
    if decision.verdict is not Verdict.UNDETERMINED or not decision.unknown:
        return decision
    hints, keys = hints or {}, sorted({key.lower() for key in decision.unknown})
    if not all(key in CIRCUMSTANCES or key.startswith(_CHOSEN_PREFIX) or key in hints for key in keys):
        return decision
    choices = [_choices(key, decision, hints) for key in keys]
    for values in itertools.islice(itertools.product(*(found for found, _ in choices)), _MOST):
        known = {**request.context, **dict(zip(keys, values, strict=True))}
        if _allows(decide(dataclasses.replace(request, context=known))):
            return Decision(Verdict.UNDETERMINED, decision.by, decision.conditions)
    are_all = all(is_all for _, is_all in choices) and math.prod(len(found) for found, _ in choices) <= _MOST
    return Decision(Verdict.DENIED) if are_all else decision


def _allows(decision: Decision) -> bool:
    """Also where only the resource's own name is open: some resource will have it."""
    return decision.verdict is Verdict.ALLOWED or (decision.verdict is Verdict.UNDETERMINED and not decision.unknown)


def _choices(key: str, decision: Decision, hints: Hints) -> tuple[list[Value], bool]:
    """Values worth trying: around each one that a condition names, and none at all; and whether a condition can't
    tell any other value from these."""
    named = [
        (operator.lower(), text)
        for statement in decision.by
        for operator, name, wanted in statement.conditions
        if name.lower() == key
        for text in wanted
    ]
    if key in hints:
        hint = hints[key]
        return _session(hint, named) if isinstance(hint, str) else ([hint], False)
    if key == _VIA:
        return [("false",)], False
    if key in _BOOLEANS:
        return [("true",), ("false",), ()], True
    found: dict[Value, None] = dict.fromkeys((each,) for operator, text in named for each in around(operator, text))
    if key in _TIMES:
        return _from_now_on(key, found), all(_moment(text) is not None for _, text in named)
    return [*found, ()], False


def _session(shape: str, named: list[tuple[str, str]]) -> tuple[list[Value], bool]:
    """What a text such as AROAEXAMPLE:* may be: where one pattern at most is about its open end, these are all."""
    prefix = shape.partition("*")[0]
    tried: dict[Value, None] = {}
    open_, is_all = 0, True
    for operator, pattern in dict.fromkeys(named):
        is_all = is_all and "${" not in pattern
        # Nothing in an id or in a name of choice has a case that matters to IgnoreCase.
        wanted, start = (pattern.lower(), prefix.lower()) if "ignorecase" in operator else (pattern, prefix)
        ends = [end for rest in _rests(wanted, start) for end in _ends(rest)]
        tried.update(((prefix + end,), None) for end in ends)
        open_ += bool(ends) and relation(wanted, f"{start}*") is None
    return [*tried, *((f"{prefix}{name}",) for name in ("who-can-disable", "somebody-else"))], is_all and open_ <= 1


def _rests(pattern: str, start: str) -> set[str]:
    """What is left of a pattern when it has matched the start of a text."""
    left = {pattern}
    for char in start:
        # A star that has matched one more may be over, or not.
        left = {each.lstrip("*") for each in left if each.startswith("*")} | left
        left = {each if each[0] == "*" else each[1:] for each in left if each and each[0] in ("*", "?", char)}
    return left


def _ends(rest: str) -> Iterator[str]:
    """Names that a session can have (sts:AssumeRole's RoleSessionName) and that fit the rest of a pattern."""
    for star in ("", "xx"):
        end = rest.replace("*", star).replace("?", "x")
        if _SESSION_NAME.fullmatch(end):
            yield end


def around(operator: str, text: str) -> Iterator[str]:
    """Texts that a condition's value tells apart."""
    named = _moment(text) if "date" in operator or "numeric" in operator else None
    if "ipaddress" in operator:
        yield from _addresses(text)
    elif "date" in operator and named is not None:
        for seconds in (0, -1, 1):
            with contextlib.suppress(OverflowError):  # there is nothing after the year 9999
                yield (named + datetime.timedelta(seconds=seconds)).isoformat()
    elif "numeric" in operator:
        try:
            yield from (str(float(text) + step) for step in (0, -1, 1))
        except ValueError:
            return
    else:
        yield text.replace("*", "").replace("?", "x")
        yield "something-else"


def _moment(text: str) -> datetime.datetime | None:
    try:
        return datetime.datetime.fromtimestamp(moment(text), datetime.UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _addresses(text: str) -> Iterator[str]:
    try:
        yield str(ipaddress.ip_network(text, strict=False)[0])
    except ValueError:
        return
    yield from _ELSEWHERE


def _from_now_on(key: str, found: Iterable[Value]) -> list[Value]:
    """Time is always there, and never comes back."""
    now = datetime.datetime.fromtimestamp(time.time(), datetime.UTC)
    moments = [now, *filter(None, (_moment(text) for (text,) in found))]
    later = [each for each in moments if each >= now]
    return [(str(int(each.timestamp())) if key == "aws:epochtime" else each.isoformat(),) for each in later]
