"""service-linked-role-untouched: AWSServiceRoleForSSO is AWS's to create, change and delete."""

from __future__ import annotations

from collections.abc import Iterator

from pack.rule import Rule
from pulumi_aws_identity_center.domain import service_linked_role
from pulumi_aws_identity_center.domain.declared import Config, Declared, Stack
from pulumi_aws_identity_center.domain.violation import Violation


def check(resource: Declared, config: Config, stack: Stack) -> Iterator[Violation]:
    violation = service_linked_role.violation(resource)
    if violation is not None:
        yield violation


RULE = Rule(
    id="service-linked-role-untouched",
    summary="No resource declares, changes or takes over AWSServiceRoleForSSO",
    types=service_linked_role.TYPES,
    check=check,
)
