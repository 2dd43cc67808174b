"""organization-all-features: trusted access needs all features.

The decision is the package's (`domain/organization_features.py`), which the gate uses for Terraform's plans too.
"""

from __future__ import annotations

from collections.abc import Iterator

from pack.rule import Rule
from pulumi_aws_identity_center.domain import organization_features
from pulumi_aws_identity_center.domain.declared import Config, Declared, Stack
from pulumi_aws_identity_center.domain.resource_types import NATIVE_ORGANIZATION
from pulumi_aws_identity_center.domain.violation import Violation
from pulumi_aws_identity_center.names import ORGANIZATION_TYPE


def check(resource: Declared, config: Config, stack: Stack) -> Iterator[Violation]:
    yield from organization_features.violations(resource)


def fix(resource: Declared, config: Config, stack: Stack) -> dict[str, str] | None:
    """ALL, instead of what is known and isn't."""
    return {"featureSet": "ALL"} if isinstance(resource.props.get("featureSet"), str) else None


RULE = Rule(
    id="organization-all-features",
    summary="An Organization has all features, which trusted access needs",
    types=frozenset({ORGANIZATION_TYPE, NATIVE_ORGANIZATION}),
    check=check,
    fix=fix,
)
