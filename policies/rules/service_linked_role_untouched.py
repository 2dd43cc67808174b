"""service-linked-role-untouched: what AWS creates for Identity Center is AWS's to change and delete.

That is AWSServiceRoleForSSO, and in each account the SAML provider AWSSSO_…_DO_NOT_DELETE.
"""

from __future__ import annotations

from collections.abc import Iterator

from pack.rule import Rule
from pulumi_aws_identity_center.domain import saml_provider, service_linked_role
from pulumi_aws_identity_center.domain.declared import Config, Declared, Stack
from pulumi_aws_identity_center.domain.violation import Violation


def check(resource: Declared, config: Config, stack: Stack) -> Iterator[Violation]:
    judge = saml_provider.violation if resource.type in saml_provider.TYPES else service_linked_role.violation
    violation = judge(resource)
    if violation is not None:
        yield violation


RULE = Rule(
    id="service-linked-role-untouched",
    summary="No resource declares or changes AWSServiceRoleForSSO, or Identity Center's SAML provider",
    types=service_linked_role.TYPES | saml_provider.TYPES,
    check=check,
)
