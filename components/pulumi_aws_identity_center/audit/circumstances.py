"""Is there a way to meet conditions on the circumstances of a call: MFA, address, hour, Region, client?

Tries the values that the conditions themselves suggest. A way found is proof; where none is found among values that
are not all there are (texts, addresses), the answer is left open.
"""

from __future__ import annotations

import datetime
import ipaddress
import itertools
import math
import time
from collections.abc import Callable, Iterator

from ..iam import Decision, Request, Verdict

Value = tuple[str, ...]

# docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
_BOOLEANS = frozenset({"aws:multifactorauthpresent"})
_TIMES = frozenset({"aws:currenttime", "aws:epochtime"})
CIRCUMSTANCES = (
    _BOOLEANS
    | _TIMES
    | {"aws:multifactorauthage", "aws:referer", "aws:requestedregion", "aws:sourceip", "aws:tokenissuetime"}
    | {"aws:useragent"}
)
_ELSEWHERE = ("192.0.2.1", "198.51.100.1", "2001:db8::1")
_MOST = 512


def settle(request: Request, decision: Decision, decide: Callable[[Request], Decision]) -> Decision:
    """The decision, if it hangs on circumstances alone, made sure: still UNDETERMINED, with no unknown key left, if
    some circumstances allow it; DENIED if none do; unchanged if that can't be told."""
    keys = sorted({key.lower() for key in decision.unknown})
    if decision.verdict is not Verdict.UNDETERMINED or not keys or not CIRCUMSTANCES.issuperset(keys):
        return decision
    choices = [_candidates(key, decision) for key in keys]
    for values in itertools.islice(itertools.product(*choices), _MOST):
        known = {**request.context, **dict(zip(keys, values, strict=True))}
        asked = Request(
            request.action,
            request.resource,
            known,
            request.unknown_keys,
            request.resource_is_shape,
            request.principals,
        )
        if _allows(decide(asked)):
            return Decision(Verdict.UNDETERMINED, decision.by, decision.conditions)
    # Of yes and no, and of the moments between which something changes, all were tried.
    is_all = (_BOOLEANS | _TIMES).issuperset(keys) and math.prod(map(len, choices)) <= _MOST
    return Decision(Verdict.DENIED) if is_all else decision


def _allows(decision: Decision) -> bool:
    """Also where only the resource's own name is open: some resource will have it."""
    return decision.verdict is Verdict.ALLOWED or (decision.verdict is Verdict.UNDETERMINED and not decision.unknown)


def _candidates(key: str, decision: Decision) -> list[Value]:
    """Values worth trying: around each one that a condition names, and none at all."""
    found: dict[Value, None] = {}
    for statement in decision.by:
        for operator, name, wanted in statement.conditions:
            if name.lower() == key:
                found.update(dict.fromkeys((each,) for text in wanted for each in _around(operator.lower(), text)))
    if key in _TIMES:
        return _from_now_on(key, found)
    if key in _BOOLEANS:
        found.update({("true",): None, ("false",): None})
    return [*found, ()]


def _around(operator: str, text: str) -> Iterator[str]:
    if "ipaddress" in operator:
        yield from _addresses(text)
    elif "date" in operator:
        with_zone = text.replace("Z", "+00:00")
        try:
            moment = datetime.datetime.fromisoformat(with_zone)
        except ValueError:
            return
        for seconds in (0, -1, 1):
            yield (moment + datetime.timedelta(seconds=seconds)).isoformat()
    elif "numeric" in operator:
        try:
            yield from (str(float(text) + step) for step in (0, -1, 1))
        except ValueError:
            return
    else:
        yield text.replace("*", "").replace("?", "x")
        yield "something-else"


def _addresses(text: str) -> Iterator[str]:
    try:
        yield str(ipaddress.ip_network(text, strict=False)[0])
    except ValueError:
        return
    yield from _ELSEWHERE


def _from_now_on(key: str, found: dict[Value, None]) -> list[Value]:
    """Time is always there, and never comes back."""
    now = datetime.datetime.fromtimestamp(time.time(), datetime.UTC)
    moments = [now]
    for (text,) in found:
        try:
            moment = datetime.datetime.fromisoformat(text)
        except ValueError:
            continue
        moments.append(moment.replace(tzinfo=moment.tzinfo or datetime.UTC))
    later = [moment for moment in moments if moment >= now]
    return [(str(int(each.timestamp())) if key == "aws:epochtime" else each.isoformat(),) for each in later]
