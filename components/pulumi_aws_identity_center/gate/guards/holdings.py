"""Which resource gives which policy to which identity, and which identity it is itself. Pure."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from pulumi_aws_identity_center.domain.iam_carriers import MANAGED_POLICIES, OWNER_KEYS, Flow, Kind, flows
from pulumi_aws_identity_center.domain.values import as_list
from pulumi_aws_identity_center.gate.change import UNKNOWN, Change, known_text

from .carriers import IDENTITIES, MEMBERSHIPS
from .policies import ATTACHED, BOUNDARY, DOCUMENT, INLINE, MEMBER, Content, Reference

_OWN_NAMES = {**IDENTITIES, **{type_: ("policy", key) for type_, key in MANAGED_POLICIES.items()}}
_LISTED = re.compile(r"(\w+)\[(\d+)\]")


class Owner(NamedTuple):
    """An identity in an account that is still to be told. name: with a "?" first where the plan hides it."""

    kind: str
    name: str


class Holding(NamedTuple):
    """kind, name: of the slot."""

    owner: Owner
    kind: str
    name: str
    content: Content


def owner_of(change: Change, props: Mapping[str, Any]) -> Owner:
    """Who an identity's resource is, or which policy."""
    kind, key = _OWN_NAMES[change.type]
    return _owner(kind, props.get(key), change.address)


def _owner(kind: str, name: Any, address: str) -> Owner:
    """address: by which one whom the plan hides goes."""
    return Owner(kind, _last_part(name) or f"?{address}")


def holdings(change: Change, props: Mapping[str, Any]) -> Iterator[Holding]:
    """What the resource gives to whom, with these properties: those that it has, or those that it is to have."""
    if not props:
        return
    if change.type in MANAGED_POLICIES:
        yield from _of_policy(change, props)
        return
    if change.type in MEMBERSHIPS:
        yield from _memberships(change, props)
    owners = _owners(change, props)
    for flow in flows(change.type, props, UNKNOWN):
        kind, name, content = _slot(flow, props)
        for owner in owners:
            yield Holding(owner, kind, name, content)


def _of_policy(change: Change, props: Mapping[str, Any]) -> Iterator[Holding]:
    """A managed policy has its document; aws-native's attaches itself."""
    policy = owner_of(change, props)
    document = next((flow.value for flow in flows(change.type, props, UNKNOWN)), "")
    yield Holding(policy, DOCUMENT, "", document)
    for holder in named_owners(props):
        yield Holding(holder, ATTACHED, policy.name, Reference(policy.name))


def _memberships(change: Change, props: Mapping[str, Any]) -> Iterator[Holding]:
    named = named_owners(props)
    groups = _of_kind("group", named)
    users = [owner_of(change, props)] if change.type in IDENTITIES else _of_kind("user", named)
    for user, group in itertools.product(users, groups):
        yield Holding(user, MEMBER, group.name, Reference(group.name))


def _of_kind(kind: str, owners: list[Owner]) -> list[Owner]:
    return [owner for owner in owners if owner.kind == kind]


def _owners(change: Change, props: Mapping[str, Any]) -> list[Owner]:
    """The identity that the resource is, those that it names, or one of whom nothing is told."""
    if change.type in IDENTITIES:
        return [owner_of(change, props)]
    return named_owners(props, change.address) or [Owner("principal", f"?{change.address}")]


def named_owners(props: Mapping[str, Any], address: str = "") -> list[Owner]:
    """Those whom a resource is for. address: its own, by which one whom the plan hides goes."""
    owners: list[Owner] = []
    if props.keys().isdisjoint(OWNER_KEYS):
        return owners  # most policies
    for key, kind in OWNER_KEYS.items():
        names = (name for name in as_list(props.get(key)) if name not in (None, ""))
        owners += [_owner(kind, name, address) for name in names]
    return owners


def _slot(flow: Flow, props: Mapping[str, Any]) -> tuple[str, str, Content]:
    """The slot's kind and name, and its content."""
    if flow.kind is Kind.DOCUMENT:
        return INLINE, _inline_name(flow.where, props), flow.value
    name = policy_name(flow.value)
    content = UNKNOWN if name == UNKNOWN else Reference(name)
    return (BOUNDARY, "", content) if flow.kind is Kind.BOUNDARY else (ATTACHED, name, content)


def _inline_name(path: str, props: Mapping[str, Any]) -> str:
    """The name of the inline policy whose document is at `inlinePolicies[1].policy`, or is the resource's own."""
    listed = _LISTED.match(path)
    policy = props[listed[1]][int(listed[2])] if listed else props
    if not isinstance(policy, Mapping):
        return ""
    return str(policy.get("name") or policy.get("policyName") or "")


def policy_name(value: Any) -> str:
    """Of a policy, by ARN, name or reference; UNKNOWN where it can't be known."""
    named = value.get("name") if isinstance(value, Mapping) else value
    return _last_part(named) or UNKNOWN


def _last_part(name: Any) -> str:
    """Of a name or an ARN; "" where the plan hides it."""
    return known_text(name).rpartition("/")[2]
