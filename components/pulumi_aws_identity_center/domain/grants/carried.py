"""What a declared resource grants: the table of IAM's carriers without permissions boundaries, which never grant."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pulumi_aws_identity_center.domain import iam_carriers
from pulumi_aws_identity_center.domain.declared import UNKNOWN, Declared
from pulumi_aws_identity_center.domain.iam_carriers import Kind

__all__ = ["FLOWS", "Kind", "flows"]


def _granting_flows() -> Iterator[tuple[str, tuple[iam_carriers.Path, ...]]]:
    for type_, paths in iam_carriers.FLOWS.items():
        granting = tuple(path for path in paths if path[0] is not Kind.BOUNDARY)
        if granting:
            yield type_, granting


FLOWS = dict(_granting_flows())


def flows(resource: Declared) -> Iterator[tuple[Kind, str, Any]]:
    """The kind, where it is (`inlinePolicies[1].policy`), and the value, which may be UNKNOWN."""
    for kind, where, value in iam_carriers.flows(resource.type, resource.props, UNKNOWN):
        if kind is not Kind.BOUNDARY:
            yield kind, where, value
