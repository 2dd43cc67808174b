"""Attributes for access control as plain data, checked with every problem at once.

Limits: the API model's AccessControlAttribute (docs.aws.amazon.com/singlesignon/latest/APIReference).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from pulumi_aws_identity_center.errors import InvalidInput, count, refuse, shown

from .values import is_list, item_problems, object_problems, repeated

MOST = 50
_KEYS = ("key", "sources")


def check_attributes(
    value: Any, key: str = "accessControlAttributes", is_deferred: Callable[[Any], bool] = lambda _: False
) -> list[Mapping[str, Any]] | None:
    """The attributes, or None for none given. Raises InvalidInput.

    is_deferred: whether a value is known only later; that is AWS's to judge.
    """
    if value is None:
        return None
    if not is_list(value):
        raise InvalidInput(f"{key} is {shown(value)}; it must be a list of objects with {', '.join(_KEYS)}.")
    problems = item_problems(value, key, partial(_problems, is_deferred=is_deferred))
    names = repeated(row.get("key") for row in value if isinstance(row, Mapping))
    problems += [f"{key} has the key {shown(name)} more than once; each attribute has one." for name in names]
    if len(value) > MOST:
        problems.append(f"{key} has {count(len(value), 'attribute')}; at most {MOST} are allowed.")
    refuse(problems)
    return list(value)


def _problems(row: Any, key: str, is_deferred: Callable[[Any], bool]) -> list[str]:
    problems = object_problems(row, key, _KEYS)
    if not isinstance(row, Mapping):
        return problems
    name, sources = row.get("key"), row.get("sources")
    if not is_deferred(name) and not _is_name(name):
        problems.append(f"{key}.key is {shown(name)}; it must be the attribute's name, 1 to 128 characters.")
    if not is_deferred(sources):
        problems += _source_problems(sources, f"{key}.sources", is_deferred)
    return problems


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and 1 <= len(value) <= 128


def _source_problems(sources: Any, key: str, is_deferred: Callable[[Any], bool]) -> list[str]:
    if not is_list(sources) or len(sources) != 1:
        return [f"{key} is {shown(sources)}; it must be a list of one source, such as ${{path:enterprise.team}}."]
    if not isinstance(sources[0], str) and not is_deferred(sources[0]):
        return [f"{key}[0] is {shown(sources[0])}; it must be text, such as ${{path:enterprise.team}}."]
    return []
