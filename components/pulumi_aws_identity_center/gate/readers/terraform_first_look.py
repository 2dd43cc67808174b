"""A first look at one row of a Terraform plan, before anything is translated: most policies and roles decide nothing.

It may let through what decides nothing, and never stops what does.
"""

from __future__ import annotations

import enum
import functools
import json
from collections.abc import Iterator, Mapping
from typing import Any

from pulumi_aws_identity_center.domain.grants.documents import is_aws_managed, judge_managed_policy
from pulumi_aws_identity_center.domain.iam_carriers import FLOWS, Kind
from pulumi_aws_identity_center.domain.terraform_names import attribute_of, type_of_token
from pulumi_aws_identity_center.gate.guards.carriers import EXCLUSIVE, POLICIES, is_guard_name
from pulumi_aws_identity_center.gate.guards.document_look import parsed_may_allow, parsed_may_deny
from pulumi_aws_identity_center.names import SERVICE_LINKED_ROLE_NAME

_Path = tuple[str, ...]
_ROLE = SERVICE_LINKED_ROLE_NAME.lower()


class Relevance(enum.IntFlag):
    """GUARDS: the row may be part of a guard, or is of a type that the gate judges; GRANTS: it may grant something."""

    NOTHING = 0
    GUARDS = 1
    GRANTS = 2
    BOTH = 3


# As plain numbers: a plan has any number of rows.
_NOTHING, _GUARDS, _GRANTS, _BOTH = (
    int(relevance) for relevance in (Relevance.NOTHING, Relevance.GUARDS, Relevance.GRANTS, Relevance.BOTH)
)


def _paths() -> Iterator[tuple[str, tuple[tuple[Kind, _Path], ...]]]:
    """By Terraform's type: where it carries what, in Terraform's names."""
    for token, flows in FLOWS.items():
        if type_ := type_of_token(token):
            yield type_, tuple((kind, _attributes(type_, path)) for kind, path in flows)


def _attributes(type_: str, path: str) -> _Path:
    first, *inner = path.replace("[]", "").split(".")
    return attribute_of(type_, first), *(attribute_of("", name) for name in inner)


_CARRIED = dict(_paths())
_POLICY_TYPES = {type_of_token(token): attribute_of("", name) for token, name in POLICIES.items()}
_LISTS = {
    type_: tuple(attribute_of(type_, key) for _, key in lists)
    for token, lists in EXCLUSIVE.items()
    if (type_ := type_of_token(token))
}
_NAMES = ("name", "role", "role_name", "path")
_IN_PLACE = (["no-op"], ["update"])


def relevance_of(row: Mapping[str, Any], *, keeps_policies: bool) -> Relevance:
    """keeps_policies: exceptions are configured, so that who receives any policy matters."""
    type_, change = str(row.get("type")), row["change"]
    paths = _CARRIED.get(type_)
    if paths is None or _hides(change.get("after_unknown"), paths):
        return Relevance.BOTH
    states = [state for state in (change.get("before"), change.get("after")) if isinstance(state, dict)]
    relevance = _GRANTS if keeps_policies else _NOTHING
    is_in_place = len(states) == 2 and change.get("actions") in _IN_PLACE
    if not is_in_place and type_ not in _POLICY_TYPES:
        relevance |= _GUARDS  # an identity that comes or goes, or what may overwrite another
    if any(_differs(states, name) for name in _LISTS.get(type_, ())):
        relevance |= _GUARDS  # a list takes off what it lacks, whoever attached it
    for state in states:
        relevance |= _of_names(state, _POLICY_TYPES.get(type_, ""))
        for kind, path in paths:
            for value in _values(state, path):
                relevance |= _of_value(kind, value)
    return Relevance(relevance)


def _differs(states: list[dict[str, Any]], name: str) -> bool:
    return any(state.get(name) != states[0].get(name) for state in states)


def _hides(unknown: Any, paths: tuple[tuple[Kind, _Path], ...]) -> bool:
    if not isinstance(unknown, dict) or not unknown:
        return False
    names = (*(path[0] for _, path in paths), *_NAMES)
    return any(map(unknown.get, names))


def _of_names(state: Mapping[str, Any], policy_name: str) -> int:
    if policy_name and is_guard_name(str(state.get(policy_name) or "")):
        return _GUARDS
    for name in _NAMES:
        value = state.get(name)
        if value and _ROLE in str(value).lower():
            return _BOTH
    return _NOTHING


def _values(value: Any, path: _Path) -> Iterator[Any]:
    if isinstance(value, list):
        for item in value:
            yield from _values(item, path)
    elif not path:
        yield value
    elif isinstance(value, dict):
        yield from _values(value.get(path[0]), path[1:])


def _of_value(kind: Kind, value: Any) -> int:
    if value in (None, ""):
        return _NOTHING
    if not isinstance(value, str):
        return _BOTH
    if kind is Kind.DOCUMENT:
        return _of_text(value)
    grants = _GRANTS if judge_managed_policy(value) else _NOTHING
    guards = _NOTHING if is_aws_managed(value) else _GUARDS
    return grants | guards


@functools.lru_cache(maxsize=256)  # a plan has each document twice
def _of_text(text: str) -> int:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return _BOTH  # the rules say what is wrong with it
    guards = _GUARDS if parsed_may_deny(document) else _NOTHING
    grants = _GRANTS if parsed_may_allow(document) else _NOTHING
    return guards | grants
