"""Attributes for access control as plain data, checked with every problem at once.

Limits: the API model's AccessControlAttribute (docs.aws.amazon.com/singlesignon/latest/APIReference).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pulumi_aws_identity_center.errors import InvalidInput, shown

MOST = 50
_KEYS = ("key", "sources")


def check_attributes(
    given: Any, key: str = "accessControlAttributes", is_deferred: Callable[[Any], bool] = lambda _: False
) -> list[Mapping[str, Any]] | None:
    """The attributes, or None for none given. Raises InvalidInput.

    is_deferred: whether a value is known only later; that is AWS's to judge.
    """
    if given is None:
        return None
    if not isinstance(given, Sequence) or isinstance(given, str):
        raise InvalidInput([f"{key} is {shown(given)}; it is a list of objects with {', '.join(_KEYS)}."])
    problems = [
        problem for number, row in enumerate(given) for problem in _problems(row, f"{key}[{number}]", is_deferred)
    ]
    names = [row["key"] for row in given if isinstance(row, Mapping) and isinstance(row.get("key"), str)]
    problems += [
        f"{key} has the key {shown(name)} more than once; each attribute has one."
        for name in dict.fromkeys(names)
        if names.count(name) > 1
    ]
    if len(given) > MOST:
        problems.append(f"{key} has {len(given)} attributes; at most {MOST} are allowed.")
    if problems:
        raise InvalidInput(problems)
    return list(given)


def _problems(row: Any, key: str, is_deferred: Callable[[Any], bool]) -> list[str]:
    if not isinstance(row, Mapping):
        return [f"{key} is {shown(row)}; it is an object with {', '.join(_KEYS)}."]
    problems = [f"{key}.{name} is not a key; the keys are {', '.join(_KEYS)}." for name in row if name not in _KEYS]
    name = row.get("key")
    if not is_deferred(name) and not (isinstance(name, str) and 1 <= len(name) <= 128):
        problems.append(f"{key}.key is {shown(name)}; it is the attribute's name, 1 to 128 characters.")
    sources = row.get("sources")
    if is_deferred(sources):
        return problems
    if not isinstance(sources, Sequence) or isinstance(sources, str) or len(sources) != 1:
        problems.append(
            f"{key}.sources is {shown(sources)}; it is a list of one source, such as ${{path:enterprise.team}}."
        )
    elif not isinstance(sources[0], str) and not is_deferred(sources[0]):
        problems.append(f"{key}.sources[0] is {shown(sources[0])}; it is text, such as ${{path:enterprise.team}}.")
    return problems
