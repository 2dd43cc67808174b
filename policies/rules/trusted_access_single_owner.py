"""trusted-access-single-owner: two owners of one service's trusted access turn it off and on at every refresh."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from pack import tokens
from pack.guarded_services import SERVICES_CONFIG, guarded_services
from pack.rule import Rule
from pulumi_aws_identity_center.domain.accounts import first_in_same_account
from pulumi_aws_identity_center.domain.declared import UNKNOWN, Config, Declared, Stack
from pulumi_aws_identity_center.domain.organization_list import PROPERTY, ignores_list
from pulumi_aws_identity_center.domain.violation import Fix, Level, Violation, short_name

_TWO_EFFECT = "Removing one disables it for both."
_TWO_FIX = Fix.same("keep one; `pulumi state delete URN` forgets the other.")
_LIST_EFFECT = "A refresh turns it off and on again."
_LIST_FIX = Fix(
    python=f'ignore_changes=["{PROPERTY}"] on the Organization',
    typescript=f'ignoreChanges: ["{PROPERTY}"] on the Organization',
    yaml=f"options: {{ignoreChanges: [{PROPERTY}]}} on the Organization",
    hcl="ignore_changes = [aws_service_access_principals] on the organization",
)
_LATER_EFFECT = "Their accounts can't be known during preview."


def check(stack: Stack, config: Config) -> Iterator[Violation]:
    for principal in guarded_services(config, stack):
        yield from _owners_of(principal, stack.resources)


def _owners_of(principal: str, resources: Iterable[Declared]) -> Iterator[Violation]:
    resources = list(resources)
    accesses = [resource for resource in resources if _may_enable(resource, principal)]
    # One that is known to be an owner comes first: the others are compared with it.
    accesses.sort(key=lambda resource: resource.props.get("servicePrincipal") is UNKNOWN)
    for number, extra in enumerate(accesses):
        if owner := first_in_same_account(extra, accesses[:number]):
            yield _violation(principal, extra, *owner, _TWO_EFFECT, _TWO_FIX)
    lists = [resource for resource in resources if _owns_list(resource)]
    for organization in lists:
        if owner := first_in_same_account(organization, accesses):
            yield _violation(principal, organization, *owner, _LIST_EFFECT, _LIST_FIX)


def _may_enable(resource: Declared, principal: str) -> bool:
    return resource.type == tokens.SERVICE_ACCESS and resource.props.get("servicePrincipal") in (principal, UNKNOWN)


def _owns_list(resource: Declared) -> bool:
    return resource.type == tokens.ORGANIZATION and not ignores_list(resource.ignore_changes)


def _violation(principal: str, extra: Declared, owner: Declared, is_certain: Any, effect: str, fix: Fix) -> Violation:
    names = f"{short_name(owner.name)} and {short_name(extra.name)}"
    is_unknown = UNKNOWN in (extra.props.get("servicePrincipal"), owner.props.get("servicePrincipal"))
    verb = "may both own" if is_unknown or not is_certain else "both own"
    problem = f"{names} {verb} trusted access for {principal}."
    if is_certain:
        return Violation(problem, effect, fix, extra)
    return Violation(problem, _LATER_EFFECT, fix, extra, Level.LATER)


RULE = Rule(
    id="trusted-access-single-owner",
    summary="Trusted access for a service has one owner: an AwsServiceAccess or the Organization's list",
    types=frozenset({tokens.SERVICE_ACCESS, tokens.ORGANIZATION}),
    check_stack=check,
    config=SERVICES_CONFIG,
)
