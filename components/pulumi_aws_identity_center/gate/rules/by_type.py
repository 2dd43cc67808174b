"""What the gate looks at: by type, who judges it. Steps of any other type concern nobody."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from pulumi_aws_identity_center.domain import resource_types
from pulumi_aws_identity_center.domain.iam_carriers import FLOWS
from pulumi_aws_identity_center.gate.finding import Finding
from pulumi_aws_identity_center.gate.step import Step
from pulumi_aws_identity_center.names import DELEGATED_ADMINISTRATOR_TYPE, ORGANIZATION_TYPE, SERVICE_ACCESS_TYPE

from . import delegated_administrator, trusted_access
from .guard_policies import judge_carrier

Judge = Callable[[Step], Iterator[Finding]]


def _role(step: Step) -> Iterator[Finding]:
    yield from trusted_access.service_linked_role(step)
    yield from judge_carrier(step)


SUBJECTS: Mapping[str, Judge] = {
    **dict.fromkeys(FLOWS, judge_carrier),
    SERVICE_ACCESS_TYPE: trusted_access.service_access,
    ORGANIZATION_TYPE: trusted_access.organization,
    resource_types.NATIVE_ORGANIZATION: trusted_access.organization,
    DELEGATED_ADMINISTRATOR_TYPE: delegated_administrator.delegated_administrator,
    resource_types.NATIVE_INSTANCE: trusted_access.instance,
    resource_types.SERVICE_LINKED_ROLE: trusted_access.service_linked_role,
    resource_types.NATIVE_SERVICE_LINKED_ROLE: trusted_access.service_linked_role,
    resource_types.ROLE: _role,
    resource_types.NATIVE_ROLE: _role,
}
