"""Whether a change can matter to a guard at all, and what of its states has to be kept: most policies guard nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from pulumi_aws_identity_center.domain.grants.permission_sets import ASSIGNMENT_TYPES, ASSIGNMENTS
from pulumi_aws_identity_center.domain.iam_carriers import FLOWS, Kind, flows

from .carriers import EXCLUSIVE, IDENTITIES, POLICIES, is_guard_name
from .document_look import may_deny

_POLICY_KEYS = (
    *("name", "managedPolicyName", "arn", "policyArn", "policy", "policyDocument"),
    *("roles", "users", "groups"),
)
_ASSIGNMENT_KEYS = ("permissionSetArn", "principalId", "principalType", "targetId")
_KEYS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(POLICIES, _POLICY_KEYS),
    **dict.fromkeys(ASSIGNMENT_TYPES - {ASSIGNMENTS}, _ASSIGNMENT_KEYS),
}


def judged_properties(type_: str, properties: Mapping[str, Any]) -> Mapping[str, Any]:
    """Of what a plan may have very many of, the properties that are judged; of any other type, all."""
    keys = _KEYS.get(type_)
    if keys is None:
        return properties
    return {key: properties[key] for key in keys if key in properties}


class State(Protocol):
    """A state of a resource: the gate's Resource, or a reader's own."""

    @property
    def inputs(self) -> Mapping[str, Any]: ...

    @property
    def outputs(self) -> Mapping[str, Any]: ...

    @property
    def id(self) -> str: ...


def may_matter(type_: str, states: Iterable[State], *, comes_or_goes: bool) -> bool:
    """Whether a change can matter to what somebody is denied: most policies and roles guard nothing.

    comes_or_goes: it is not the same resource before and after.
    """
    is_list = type_ in EXCLUSIVE and type_ not in IDENTITIES
    may_overwrite = comes_or_goes and type_ not in POLICIES
    if type_ not in FLOWS or is_list or may_overwrite:
        return True
    different = _different_properties(states)
    if len(different) > 1 and _differ_in_a_list(type_, different):
        return True
    return any(_may_guard(type_, properties) for properties in different)


def _different_properties(states: Iterable[State]) -> list[Mapping[str, Any]]:
    """Each once: mostly all four are the same."""
    different: list[Mapping[str, Any]] = []
    for state in states:
        for properties in (state.inputs, state.outputs):
            if properties and properties not in different:
                different.append(properties)
    return different


def _differ_in_a_list(type_: str, sides: list[Mapping[str, Any]]) -> bool:
    """Whether an exclusive list is not the same on all sides."""
    for _, name in EXCLUSIVE.get(type_, ()):
        values = [side.get(name) for side in sides]
        if values != values[:1] * len(values):
            return True
    return False


def _may_guard(type_: str, properties: Mapping[str, Any]) -> bool:
    name = properties.get(POLICIES[type_]) if type_ in POLICIES else None
    if name and is_guard_name(str(name)):
        return True
    return any(_may_carry_guard(kind, value) for kind, _, value in flows(type_, properties, None))


def _may_carry_guard(kind: Kind, value: Any) -> bool:
    if kind is Kind.DOCUMENT:
        return may_deny(value) or _is_hidden(value)
    return not _is_aws_managed(value)


def _is_aws_managed(value: Any) -> bool:
    return isinstance(value, str) and ":aws:policy/" in value


def _is_hidden(document: Any) -> bool:
    if isinstance(document, str):
        return not document.lstrip().startswith(("{", "%"))
    return isinstance(document, Mapping) and "Statement" not in document
