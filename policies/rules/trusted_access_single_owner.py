"""trusted-access-single-owner: two owners of one service's trusted access turn it off and on at every refresh."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pack.guarded_services import SERVICES_CONFIG, check_stack_configuration, guarded_services
from pack.rule import Rule
from pulumi_aws_identity_center.domain.accounts_of_resources import first_in_same_account
from pulumi_aws_identity_center.domain.declared import UNKNOWN, Config, Declared, Stack
from pulumi_aws_identity_center.domain.organization_list import PROPERTY, ignores_list
from pulumi_aws_identity_center.domain.violation import Fix, Level, Violation, short_name
from pulumi_aws_identity_center.names import ORGANIZATION_TYPE, SERVICE_ACCESS_TYPE


@dataclass(frozen=True)
class _Conflict:
    """What two owners of one service do, in sentences."""

    effect: str
    fix: Fix


_TWO_RESOURCES = _Conflict(
    "Removing one disables it for both.", Fix("keep one; `pulumi state delete URN` forgets the other.")
)
_RESOURCE_AND_LIST = _Conflict(
    "A refresh turns it off and on again.",
    Fix(
        python=f'ignore_changes=["{PROPERTY}"] on the Organization',
        typescript=f'ignoreChanges: ["{PROPERTY}"] on the Organization',
        yaml=f"options: {{ignoreChanges: [{PROPERTY}]}} on the Organization",
        hcl="ignore_changes = [aws_service_access_principals] on the organization",
    ),
)
_LATER_EFFECT = "Their accounts can't be known during preview."


def check(stack: Stack, config: Config) -> Iterator[Violation]:
    yield from check_stack_configuration(stack, config)
    lists = list(filter(_owns_list, stack.resources))
    for principal in guarded_services(config, stack):
        accesses = _accesses(stack, principal)
        for number, access in enumerate(accesses):
            yield from _violations(principal, access, accesses[:number], _TWO_RESOURCES)
        for organization in lists:
            yield from _violations(principal, organization, accesses, _RESOURCE_AND_LIST)


def _accesses(stack: Stack, principal: str) -> list[Declared]:
    """Those that turn the service on, those that only may do so last: each is compared with those before it."""
    accesses = [access for access in stack.of_type(SERVICE_ACCESS_TYPE) if _service(access) in (principal, UNKNOWN)]
    return sorted(accesses, key=lambda access: _service(access) is UNKNOWN)


def _owns_list(resource: Declared) -> bool:
    return resource.type == ORGANIZATION_TYPE and not ignores_list(resource.ignore_changes)


def _service(resource: Declared) -> Any:
    return resource.props.get("servicePrincipal")


def _violations(
    principal: str, extra: Declared, owners: Sequence[Declared], conflict: _Conflict
) -> Iterator[Violation]:
    """At most one: that it owns what another one of its account owns."""
    first = first_in_same_account(extra, owners)
    if first is None:
        return
    owner, is_same_account = first
    is_certain = bool(is_same_account) and UNKNOWN not in (_service(extra), _service(owner))
    verb = "both own" if is_certain else "may both own"
    problem = f"{short_name(owner.name)} and {short_name(extra.name)} {verb} trusted access for {principal}."
    if is_same_account:
        yield Violation(problem, conflict.effect, conflict.fix, extra)
    else:
        yield Violation(problem, _LATER_EFFECT, conflict.fix, extra, Level.LATER)


RULE = Rule(
    id="trusted-access-single-owner",
    summary="Trusted access for a service has one owner: an AwsServiceAccess or the Organization's list",
    types=frozenset({SERVICE_ACCESS_TYPE, ORGANIZATION_TYPE}),
    check_stack=check,
    config=SERVICES_CONFIG,
)
