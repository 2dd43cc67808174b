"""What the gate looks at: by type, who judges it. Steps of any other type concern nobody."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from ..constants import DELEGATED_ADMINISTRATOR_TYPE, ORGANIZATION_TYPE, SERVICE_ACCESS_TYPE
from . import administrator, switch, types
from .finding import Finding
from .guards import judge_carrier
from .iam_flows import FLOWS
from .step import Step

Judge = Callable[[Step], Iterator[Finding]]


def _role(step: Step) -> Iterator[Finding]:
    yield from switch.service_linked_role(step)
    yield from judge_carrier(step)


SUBJECTS: Mapping[str, Judge] = {
    **dict.fromkeys(FLOWS, judge_carrier),
    SERVICE_ACCESS_TYPE: switch.service_access,
    ORGANIZATION_TYPE: switch.organization,
    types.NATIVE_ORGANIZATION: switch.organization,
    DELEGATED_ADMINISTRATOR_TYPE: administrator.delegated_administrator,
    types.NATIVE_INSTANCE: switch.instance,
    types.SERVICE_LINKED_ROLE: switch.service_linked_role,
    types.NATIVE_SERVICE_LINKED_ROLE: switch.service_linked_role,
    types.ROLE: _role,
    types.NATIVE_ROLE: _role,
}
