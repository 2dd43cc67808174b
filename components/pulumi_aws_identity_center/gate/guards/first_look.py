"""Whether a change can concern a guard, and which of its properties to keep. Most policies guard nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from pulumi_aws_identity_center.domain.grants.permission_sets import ASSIGNMENT_TYPES, ASSIGNMENTS
from pulumi_aws_identity_center.domain.iam_carriers import FLOWS, MANAGED_POLICIES, Kind, flows

from .carriers import EXCLUSIVE, IDENTITIES, MEMBERSHIPS, is_guard_name
from .document_look import may_deny

_POLICY_KEYS = (
    *("name", "managedPolicyName", "arn", "policyArn", "policy", "policyDocument"),
    *("roles", "users", "groups"),
)
_ASSIGNMENT_KEYS = ("permissionSetArn", "principalId", "principalType", "targetId")
_KEYS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(MANAGED_POLICIES, _POLICY_KEYS),
    **dict.fromkeys(ASSIGNMENT_TYPES - {ASSIGNMENTS}, _ASSIGNMENT_KEYS),
}

# Types of which only what they carry decides, while the same resource stays. Not so a user with groups, which carry
# policies of their own; nor exclusive lists: an empty one takes off whatever there is.
_DECIDED_BY_CONTENT = frozenset(FLOWS) - MEMBERSHIPS - (EXCLUSIVE.keys() - IDENTITIES.keys())


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
    if type_ in MANAGED_POLICIES:
        return _policy_may_guard(type_, _different_properties(states))
    # What comes may overwrite another resource's policy, and what goes takes that one off.
    if comes_or_goes or type_ not in _DECIDED_BY_CONTENT:
        return True
    different = _different_properties(states)
    return _differ_in_a_list(type_, different) or _carries_a_guard(type_, different)


def _different_properties(states: Iterable[State]) -> list[Mapping[str, Any]]:
    """Each once: mostly all four are the same."""
    different: list[Mapping[str, Any]] = []
    for state in states:
        for properties in (state.inputs, state.outputs):
            if properties and properties not in different:
                different.append(properties)
    return different


def _differ_in_a_list(type_: str, sides: list[Mapping[str, Any]]) -> bool:
    for _, name in EXCLUSIVE.get(type_, ()):
        values = [side.get(name) for side in sides]
        if values != values[:1] * len(values):
            return True
    return False


def _policy_may_guard(type_: str, sides: list[Mapping[str, Any]]) -> bool:
    """Whether a managed policy is a guard by its name or by its document, on any side."""
    for properties in sides:
        document = properties.get("policy") or properties.get("policyDocument")
        if document and _document_may_guard(document):
            return True
        if is_guard_name(str(properties.get(MANAGED_POLICIES[type_]))):
            return True
    return False


def _carries_a_guard(type_: str, sides: list[Mapping[str, Any]]) -> bool:
    for properties in sides:
        for kind, _, value in flows(type_, properties, None):
            may_guard = _document_may_guard if kind is Kind.DOCUMENT else _is_no_policy_of_aws
            if may_guard(value):
                return True
    return False


def _document_may_guard(document: Any) -> bool:
    return may_deny(document) or _is_hidden(document)


def _is_no_policy_of_aws(value: Any) -> bool:
    return not (isinstance(value, str) and ":aws:policy/" in value)


def _is_hidden(document: Any) -> bool:
    if isinstance(document, str):
        return not document.lstrip().startswith(("{", "%"))
    return isinstance(document, Mapping) and "Statement" not in document
