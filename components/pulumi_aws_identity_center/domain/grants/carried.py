"""The policies that a declared resource gives: those of `iam_carriers.py`, without permissions boundaries."""

from __future__ import annotations

from collections.abc import Iterator

from pulumi_aws_identity_center.domain import iam_carriers
from pulumi_aws_identity_center.domain.declared import UNKNOWN, Declared
from pulumi_aws_identity_center.domain.iam_carriers import Flow, Kind

__all__ = ["GRANTING_TYPES", "Flow", "Kind", "attached_policies", "flows"]

GRANTING_TYPES = frozenset(
    type_ for type_, paths in iam_carriers.FLOWS.items() if any(kind is not Kind.BOUNDARY for kind, _ in paths)
)


def flows(resource: Declared) -> Iterator[Flow]:
    """What it grants; a value may be UNKNOWN."""
    carried = iam_carriers.flows(resource.type, resource.props, UNKNOWN)
    return (flow for flow in carried if flow.kind is not Kind.BOUNDARY)


def attached_policies(resource: Declared) -> list[Flow]:
    """The managed policies among them."""
    return [flow for flow in flows(resource) if flow.kind is not Kind.DOCUMENT]
