"""A first look at one row of a Terraform plan, before anything is translated: most policies and roles decide nothing.

It may pass a row that decides nothing, and never stops one that does.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pulumi_aws_identity_center.domain.grants.documents import is_aws_managed, judge_managed_policy
from pulumi_aws_identity_center.domain.iam_carriers import FLOWS, MANAGED_POLICIES, Kind
from pulumi_aws_identity_center.domain.terraform_names import attribute_of, type_of_token
from pulumi_aws_identity_center.gate.guards.carriers import EXCLUSIVE, is_guard_name
from pulumi_aws_identity_center.gate.guards.document_look import (
    may_repeat_a_key,
    statements_may_allow,
    statements_may_deny,
    statements_of,
)
from pulumi_aws_identity_center.names import SERVICE_LINKED_ROLE_NAME

from .terraform_change import IN_PLACE

_Path = tuple[str, ...]
_decode = json.JSONDecoder().decode  # less around it than json.loads has
_ROLE = SERVICE_LINKED_ROLE_NAME.lower()


# What a row is relevant to, as bits of one number: a plan has any number of rows. GUARDS: it may be part of a guard, or
# is of a type that the gate judges. GRANTS: it may grant something.
NOTHING, GUARDS, GRANTS, BOTH = range(4)

_NAMES = ("name", "role", "role_name", "path")


@dataclass(frozen=True)
class _CarrierType:
    """What decides about the rows of a Terraform type that carries IAM permissions, in Terraform's names.

    carried: where it carries what. lists: what is exclusive: a list takes off what it lacks, whoever attached it.
    policy_name: the attribute that names a managed policy; "" of any other type. deciding: the attributes that decide.
    """

    carried: tuple[tuple[Kind, _Path], ...]
    lists: tuple[str, ...]
    policy_name: str
    deciding: tuple[str, ...]

    @classmethod
    def of(cls, token: str, type_: str) -> _CarrierType:
        """token: Pulumi's of the same type."""
        carried = tuple((kind, _attributes(type_, path)) for kind, path in FLOWS[token])
        lists = tuple(attribute_of(type_, key) for _, key in EXCLUSIVE.get(token, ()))
        policy_name = attribute_of("", MANAGED_POLICIES[token]) if token in MANAGED_POLICIES else ""
        return cls(carried, lists, policy_name, (*(path[0] for _, path in carried), *_NAMES))

    def hides(self, unknown: Any) -> bool:
        """Whether only the apply will know an attribute that decides. unknown: the row's `after_unknown`."""
        return isinstance(unknown, dict) and bool(unknown) and any(map(unknown.get, self.deciding))

    def takes_off(self, actions: Any, states: list[dict[str, Any]]) -> bool:
        """Whether an identity comes or goes, another resource's may be overwritten, or a list changes."""
        is_in_place = len(states) == 2 and actions in IN_PLACE
        if not is_in_place and not self.policy_name:
            return True
        return any(states[0].get(name) != states[-1].get(name) for name in self.lists)

    def relevance_of(self, state: dict[str, Any]) -> int:
        relevance = self._relevance_of_names(state)
        for kind, path in self.carried:
            for value in _values(state, path):
                relevance |= _relevance_of_value(kind, value)
        return relevance

    def _relevance_of_names(self, state: dict[str, Any]) -> int:
        if self.policy_name and is_guard_name(str(state.get(self.policy_name) or "")):
            return GUARDS
        for name in filter(None, map(state.get, _NAMES)):
            if _ROLE in str(name).lower():
                return BOTH
        return NOTHING


def _attributes(type_: str, path: str) -> _Path:
    first, *inner = path.replace("[]", "").split(".")
    return attribute_of(type_, first), *(attribute_of("", name) for name in inner)


_CARRIER_TYPES = {type_: _CarrierType.of(token, type_) for token in FLOWS if (type_ := type_of_token(token))}


def relevance_of(row: Mapping[str, Any], *, keeps_policies: bool) -> int:
    """keeps_policies: exceptions are configured, so that who receives any policy matters."""
    carrier, change = _CARRIER_TYPES.get(str(row.get("type"))), row["change"]
    if carrier is None or carrier.hides(change.get("after_unknown")):
        return BOTH
    states = [state for state in (change.get("before"), change.get("after")) if isinstance(state, dict)]
    takes_off = carrier.takes_off(change.get("actions"), states)
    relevance = _relevance(guards=takes_off, grants=keeps_policies)
    for state in states:
        relevance |= carrier.relevance_of(state)
    return relevance


def _relevance(*, guards: bool, grants: bool) -> int:
    return GUARDS * guards | GRANTS * grants


def _values(value: Any, path: _Path) -> Iterator[Any]:
    """What stands at the path, in each item of the lists on the way."""
    if isinstance(value, list):
        for item in value:
            yield from _values(item, path)
    elif not path:
        yield value
    elif isinstance(value, dict):
        yield from _values(value.get(path[0]), path[1:])


def _relevance_of_value(kind: Kind, value: Any) -> int:
    if value in (None, ""):
        return NOTHING
    if not isinstance(value, str):
        return BOTH
    if kind is Kind.DOCUMENT:
        return _relevance_of_document(value)
    return _relevance(guards=not is_aws_managed(value), grants=judge_managed_policy(value) is not None)


@functools.lru_cache(maxsize=256)  # a plan has each document twice
def _relevance_of_document(text: str) -> int:
    try:
        statements = statements_of(_decode(text))
    except (ValueError, RecursionError):
        return BOTH  # the rules say what is wrong with it
    if may_repeat_a_key(text, len(statements)):
        return BOTH
    return _relevance(guards=statements_may_deny(statements), grants=statements_may_allow(statements))
