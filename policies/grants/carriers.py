"""What a declared resource grants: the package's table of IAM's carriers, for rules. A boundary never grants."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pack.rule import UNKNOWN, Declared
from pulumi_aws_identity_center.domain.iam_carriers import FLOWS as _FLOWS
from pulumi_aws_identity_center.domain.iam_carriers import Kind
from pulumi_aws_identity_center.domain.iam_carriers import flows as _flows

__all__ = ["FLOWS", "Kind", "flows"]

FLOWS = {
    type_: granting
    for type_, paths in _FLOWS.items()
    if (granting := tuple(path for path in paths if path[0] is not Kind.BOUNDARY))
}


def flows(resource: Declared) -> Iterator[tuple[Kind, str, Any]]:
    """What it carries: the kind, where it is (`inlinePolicies[1].policy`), and the value, which may be UNKNOWN."""
    for kind, where, value in _flows(resource.type, resource.props, UNKNOWN):
        if kind is not Kind.BOUNDARY:
            yield kind, where, value
