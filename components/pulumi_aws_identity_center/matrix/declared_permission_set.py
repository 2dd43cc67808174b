"""A permission set from the resources that declare it: its own, and what is attached to it. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pulumi_aws_identity_center.domain import iam_carriers
from pulumi_aws_identity_center.domain.declared import UNKNOWN, is_partly_unknown
from pulumi_aws_identity_center.domain.iam_carriers import Kind

from .permission_set import CustomerManagedPolicy, PermissionsBoundary, PermissionSet

Part = tuple[str, Mapping[str, Any]]
"""A resource's type, and its properties with UNKNOWN for what isn't known yet."""


def declared_permission_set(name: str, parts: Iterable[Part]) -> PermissionSet:
    """With what decides who administers: the policies and the boundary."""
    carried: dict[Kind, list[Any]] = {kind: [] for kind in Kind}
    for type_, properties in parts:
        for kind, _, value in iam_carriers.flows(type_, properties, UNKNOWN):
            carried[kind].append(value)
    return PermissionSet(
        name=name,
        managed_policies=tuple(carried[Kind.ARN]),
        customer_managed_policies=tuple(CustomerManagedPolicy(name) for name in carried[Kind.REFERENCE]),
        inline_policy=_text(_the_one(carried[Kind.DOCUMENT])),
        permissions_boundary=_boundary(_the_one(carried[Kind.BOUNDARY])),
    )


def _the_one(values: Sequence[Any]) -> Any:
    """None without any; UNKNOWN where several resources set what a permission set has one of: the last one decides."""
    first = next(iter(values), None)
    return first if all(value == first for value in values) else UNKNOWN


def _text(document: Any) -> Any:
    """A document as JSON text; UNKNOWN if a part of it is."""
    if is_partly_unknown(document):
        return UNKNOWN
    return json.dumps(document) if isinstance(document, Mapping) else document


def _boundary(value: Any) -> PermissionsBoundary | None:
    if value is None:
        return None
    if isinstance(value, str) and value.startswith("arn:"):
        return PermissionsBoundary(managed_policy=value)
    return PermissionsBoundary(customer_managed_policy=CustomerManagedPolicy(value))
