"""Can a caller meet the conditions on a call: MFA, address, hour, Region, client, session?

It tries the values that the conditions name. If one of them meets the conditions, the answer is yes. If none does, and
other values exist (texts, addresses), the answer is unknown.
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import ipaddress
import math
import re
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice, product
from typing import NamedTuple

from pulumi_aws_identity_center.iam import Decision, Request, Verdict
from pulumi_aws_identity_center.iam.condition_operators import moment
from pulumi_aws_identity_center.iam.policy_variables import resolve
from pulumi_aws_identity_center.iam.wildcards import matches, relation

Value = tuple[str, ...]

# docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html and, for STS and IAM,
# reference_policies_iam-condition-keys.html: what whoever makes a call chooses, or where and when it is made.
_TIMES = frozenset({"aws:currenttime", "aws:epochtime"})
_PLACES = frozenset({"aws:requestedregion", "aws:sourceip", "aws:sourcevpc", "aws:sourcevpce", "aws:vpcsourceip"})
_CLIENT = frozenset({"aws:multifactorauthage", "aws:referer", "aws:tokenissuetime", "aws:useragent"})
_CHOSEN = frozenset(
    {"sts:externalid", "sts:rolesessionname", "sts:sourceidentity", "sts:transitivetagkeys"}
    | {"aws:tagkeys", "iam:associatedresourcearn"}
)
_CHOSEN_PREFIX = "aws:requesttag/"
_STEPS = (0, -1, 1)
# Names of sessions that no policy is expected to name.
_NEUTRAL_NAMES = ("who-can-disable", "somebody-else")
_ELSEWHERE = ("192.0.2.1", "198.51.100.1", "2001:db8::1")
_MOST = 512
_SESSION_NAME = re.compile(r"[\w+=,.@-]{2,64}", re.ASCII)


class Choices(NamedTuple):
    """The values of a key that are worth trying. are_all: whether no condition can tell another value from these."""

    values: Sequence[Value]
    are_all: bool


Hints = Mapping[str, str | Choices]
_FEW_CHOICES: Mapping[str, Choices] = {
    "aws:multifactorauthpresent": Choices([("true",), ("false",), ()], are_all=True),
    # Whether a service makes the call in the caller's name: only the plain call is tried.
    "aws:viaawsservice": Choices([("false",)], are_all=False),
}
CIRCUMSTANCES = _FEW_CHOICES.keys() | _TIMES | _PLACES | _CLIENT | _CHOSEN


class Compared(NamedTuple):
    """What a condition compares a key with. operator: in lower case."""

    operator: str
    text: str


def settle(request: Request, decision: Decision, decide: Callable[[Request], Decision], hints: Hints) -> Decision:
    """The decision, if it hangs on circumstances alone, made sure: still UNDETERMINED, with no unknown key left, if
    some circumstances allow it; DENIED if none do; unchanged if that can't be told. hints: by key in lower case, the
    choices that there are, or a text whose * is the caller's choice."""
    keys = sorted(set(map(str.lower, decision.unknown)))
    can_be_chosen = CIRCUMSTANCES.union(hints)
    hangs_on_choices = all(key in can_be_chosen or key.startswith(_CHOSEN_PREFIX) for key in keys)
    if not keys or not hangs_on_choices:
        return decision
    choices = {key: _choices(key, request, decision, hints) for key in keys}
    for circumstances in _combinations(choices):
        context = {**request.context, **circumstances}
        if _allows(decide(dataclasses.replace(request, context=context))):
            return Decision(Verdict.UNDETERMINED, decision.by, decision.conditions)
    return Decision(Verdict.DENIED) if _tried_all(choices.values()) else decision


def _combinations(choices: Mapping[str, Choices]) -> Iterator[dict[str, Value]]:
    """A value for each key; not all of the combinations if there are too many."""
    combinations = product(*(choice.values for choice in choices.values()))
    for values in islice(combinations, _MOST):
        yield dict(zip(choices, values, strict=True))


def _allows(decision: Decision) -> bool:
    """Also where only the resource's own name is open: some resource will have it."""
    if decision.verdict is Verdict.UNDETERMINED:
        return not decision.unknown
    return decision.verdict is Verdict.ALLOWED


def _tried_all(choices: Collection[Choices]) -> bool:
    combinations = math.prod(len(choice.values) for choice in choices)
    return combinations <= _MOST and all(choice.are_all for choice in choices)


def _choices(key: str, request: Request, decision: Decision, hints: Hints) -> Choices:
    """Values worth trying: around each one that a condition names, and none at all."""
    hint = hints.get(key) or _FEW_CHOICES.get(key)
    if isinstance(hint, Choices):
        return hint
    compared = _compared_with(key, request, decision)
    if hint is not None:
        return _session_choices(hint, compared)
    texts = dict.fromkeys(text for comparison in compared for text in around(*comparison))
    if key in _TIMES:
        are_readable = all(_moment(comparison.text) for comparison in compared)
        return Choices(_from_now_on(key, texts), are_readable)
    return Choices([*((text,) for text in texts), ()], are_all=False)


def _compared_with(key: str, request: Request, decision: Decision) -> list[Compared]:
    """With the conditions' values as they are written, and with their variables' values."""
    compared: list[Compared] = []
    for condition in chain.from_iterable(statement.conditions for statement in decision.by):
        if condition.key.lower() == key:
            texts = chain.from_iterable((text, resolve(text, request)) for text in condition.values)
            compared += [Compared(condition.operator.lower(), text) for text in texts if isinstance(text, str)]
    return compared


def _session_choices(shape: str, compared: list[Compared]) -> Choices:
    """What a text such as AROAEXAMPLE:* may be: where one pattern at most is about its open end, these are all."""
    prefix = shape.partition("*")[0]
    names: list[str] = []
    open_patterns = 0
    for operator, text in dict.fromkeys(compared):
        # Nothing in an id or in a name of choice has a case that matters.
        fold = str.lower if "ignorecase" in operator else str
        pattern, start = fold(text), fold(prefix)
        if relation(pattern, f"{start}*") is None:
            fitting = [name for name in _session_names(pattern) if matches(pattern, start + name)]
            # A pattern that no name here fits may fit another one.
            open_patterns += 1 if fitting else 2
            names += fitting
    has_variables = any("${" in comparison.text for comparison in compared)
    values = [(prefix + name,) for name in dict.fromkeys((*names, *_NEUTRAL_NAMES))]
    return Choices(values, are_all=open_patterns <= 1 and not has_variables)


def _session_names(pattern: str) -> Iterator[str]:
    """Names that a session can have (sts:AssumeRole's RoleSessionName), of a pattern of an id, a colon and a name."""
    for star in ("", "xx"):
        name = pattern.rpartition(":")[2].replace("*", star).replace("?", "x")
        if _SESSION_NAME.fullmatch(name):
            yield name


def around(operator: str, text: str) -> Iterable[str]:
    """Texts that a condition's value tells apart. operator: in lower case."""
    for family, texts_around in _TEXTS_AROUND.items():
        if family in operator:
            return texts_around(text)
    return _literals(text)


def _literals(text: str) -> Iterable[str]:
    return text, "something-else"


def _addresses(text: str) -> Iterable[str]:
    try:
        network = ipaddress.ip_network(text, strict=False)
    except ValueError:
        return ()
    return str(network[0]), *_ELSEWHERE


def _moments_around(text: str) -> Iterator[str]:
    moment = _moment(text)
    if moment is None:
        yield from _literals(text)
        return
    for seconds in _STEPS:
        with contextlib.suppress(OverflowError):  # there is nothing after the year 9999
            yield (moment + datetime.timedelta(seconds=seconds)).isoformat()


def _numbers_around(text: str) -> Iterable[str]:
    try:
        number = float(text)
    except ValueError:
        return ()
    return [str(number + step) for step in _STEPS]


# By a part of the operators' names.
_TEXTS_AROUND: Mapping[str, Callable[[str], Iterable[str]]] = {
    "ipaddress": _addresses,
    "date": _moments_around,
    "numeric": _numbers_around,
}


def _moment(text: str) -> datetime.datetime | None:
    try:
        return datetime.datetime.fromtimestamp(moment(text), datetime.UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _from_now_on(key: str, texts: Iterable[str]) -> list[Value]:
    """Now, and the texts' moments that are still to come: time is always there, and never comes back."""
    now = datetime.datetime.fromtimestamp(time.time(), datetime.UTC)
    later = [moment for moment in filter(None, map(_moment, texts)) if moment >= now]
    show = _as_epoch if key == "aws:epochtime" else datetime.datetime.isoformat
    return [(show(moment),) for moment in (now, *later)]


def _as_epoch(moment: datetime.datetime) -> str:
    return str(int(moment.timestamp()))
