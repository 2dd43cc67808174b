"""Whether a change can matter to a guard at all, and what of its states has to be kept: most policies guard nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pulumi_aws_identity_center.domain.grants.permission_sets import ASSIGNMENT_TYPES, ASSIGNMENTS
from pulumi_aws_identity_center.domain.iam_carriers import FLOWS, Kind, flows

from .carriers import EXCLUSIVE, IDENTITIES, POLICIES, is_guard_name
from .denial import may_deny

_STATE_KEYS = ("urn", "provider", "retainOnDelete", "external", "deletedWith", "id")
_POLICY_KEYS = (
    *("name", "managedPolicyName", "arn", "policyArn", "policy", "policyDocument"),
    *("roles", "users", "groups"),
)
_ASSIGNMENT_KEYS = ("permissionSetArn", "principalId", "principalType", "targetId")
_KEYS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(POLICIES, _POLICY_KEYS),
    **dict.fromkeys(ASSIGNMENT_TYPES - {ASSIGNMENTS}, _ASSIGNMENT_KEYS),
}


def slim(type_: str, state: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """Of the state of what a plan may have very many of, as Pulumi writes it, what is judged; any other as it is."""
    keys = _KEYS.get(type_)
    if state is None or keys is None:
        return state
    slimmed = _picked(state, _STATE_KEYS)
    for side in ("inputs", "outputs"):
        slimmed[side] = _picked(state.get(side) or {}, keys)
    return slimmed


def _picked(mapping: Mapping[str, Any], keys: Iterable[str]) -> dict[str, Any]:
    return {key: mapping[key] for key in keys if key in mapping}


def may_matter(type_: str, sides: Iterable[Mapping[str, Any] | None], *, comes_or_goes: bool) -> bool:
    """Whether a change can matter to what somebody is denied: most policies and roles guard nothing.

    sides: the properties of its states. comes_or_goes: it is not the same resource before and after.
    """
    is_list = type_ in EXCLUSIVE and type_ not in IDENTITIES
    may_overwrite = comes_or_goes and type_ not in POLICIES
    if type_ not in FLOWS or is_list or may_overwrite:
        return True
    different = _different(sides)
    if len(different) > 1 and _differ_in_a_list(type_, different):
        return True
    return any(_may_guard(type_, properties) for properties in different)


def _different(sides: Iterable[Mapping[str, Any] | None]) -> list[Mapping[str, Any]]:
    """Each once: mostly all four are the same."""
    different: list[Mapping[str, Any]] = []
    for properties in sides:
        if properties and properties not in different:
            different.append(properties)
    return different


def _differ_in_a_list(type_: str, sides: list[Mapping[str, Any]]) -> bool:
    """Whether an exclusive list is not the same on all sides."""
    first, *others = sides
    names = [name for _, name in EXCLUSIVE.get(type_, ())]
    return any(side.get(name) != first.get(name) for name in names for side in others)


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
