"""How one value of a request compares with one value of a condition, by operator. None: it can't be told, as when a
policy compares with something that is not a number.

docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

from __future__ import annotations

import base64
import datetime
import operator as order
import re
from collections.abc import Callable
from typing import Any

from .ternary import Truth, unknown_if
from .wildcards import matches, unescape

# (pattern, value); patterns are resolved: literal wildcards are globs.LITERAL_STAR and so on.
Comparison = Callable[[str, str], Truth]


def _equals(pattern: str, value: str) -> Truth:
    return unescape(pattern) == value


def _equals_without_case(pattern: str, value: str) -> Truth:
    return unescape(pattern).lower() == value.lower()


def _arn(pattern: str, value: str) -> Truth:
    """Each of an ARN's six parts by itself; ArnEquals and ArnLike are the same."""
    wanted, actual = pattern.split(":", 5), value.split(":", 5)
    if len(wanted) < 6:
        return _short_arn(pattern, value)
    return len(actual) == 6 and all(matches(part, text) for part, text in zip(wanted, actual, strict=True))


def _short_arn(pattern: str, value: str) -> Truth:
    """AWS compares part by part; what it makes of a pattern with fewer parts (but for *), no page says."""
    return True if pattern == "*" else unknown_if(matches(pattern, value))


def _binary(pattern: str, value: str) -> Truth:
    try:
        return base64.b64decode(pattern, validate=True) == base64.b64decode(value, validate=True)
    except ValueError:
        return None


def _network(pattern: str, value: str) -> Truth:
    import ipaddress  # the one import that costs: only for who needs it

    try:
        network, address = ipaddress.ip_network(pattern, strict=False), ipaddress.ip_address(value)
    except ValueError:
        return None
    return network.version == address.version and address in network


def _number(text: str) -> float:
    if not _NUMBER.fullmatch(text):
        raise ValueError(text)
    return float(text)


def moment(text: str) -> float:
    """Seconds since 1970, of a text that is ISO 8601 or says just these. Raises ValueError. Four digits may be a year
    or seconds: no page says."""
    if _NUMBER.fullmatch(text):
        if len(text) == _YEAR:
            raise ValueError(text)
        return float(text)
    date = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    return date.replace(tzinfo=date.tzinfo or datetime.UTC).timestamp()


_NUMBER, _YEAR = re.compile(r"-?\d+(\.\d+)?", re.ASCII), 4


def _ordered(read: Callable[[str], float], compare: Callable[[Any, Any], bool]) -> Comparison:
    def comparison(pattern: str, value: str) -> Truth:
        try:
            return compare(read(value), read(pattern))
        except ValueError:
            return None

    return comparison


_ORDERS = {
    "equals": order.eq,
    "lessthan": order.lt,
    "lessthanequals": order.le,
    "greaterthan": order.gt,
    "greaterthanequals": order.ge,
}

# Operator in lower case → comparison. The Not-forms are in NEGATED.
POSITIVE: dict[str, Comparison] = {
    "stringequals": _equals,
    "stringequalsignorecase": _equals_without_case,
    "stringlike": matches,
    "arnequals": _arn,
    "arnlike": _arn,
    "bool": _equals_without_case,
    "binaryequals": _binary,
    "ipaddress": _network,
    **{f"numeric{name}": _ordered(_number, compare) for name, compare in _ORDERS.items()},
    **{f"date{name}": _ordered(moment, compare) for name, compare in _ORDERS.items()},
}
NEGATED: dict[str, Comparison] = {
    "stringnotequals": _equals,
    "stringnotequalsignorecase": _equals_without_case,
    "stringnotlike": matches,
    "arnnotequals": _arn,
    "arnnotlike": _arn,
    "notipaddress": _network,
    "numericnotequals": POSITIVE["numericequals"],
    "datenotequals": POSITIVE["dateequals"],
}
