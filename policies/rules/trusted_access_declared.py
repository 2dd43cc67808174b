"""trusted-access-declared: the stacks that own trusted access must go on declaring it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pack.guarded_services import SERVICES_CONFIG, check_stack_configuration, guarded_services
from pack.rule import Rule
from pulumi_aws_identity_center.domain.declared import OWNERS_CONFIG, UNKNOWN, Config, Declared, Stack
from pulumi_aws_identity_center.domain.organization_list import PROPERTY, ignores_list
from pulumi_aws_identity_center.domain.violation import Fix, Violation, short_name
from pulumi_aws_identity_center.names import ORGANIZATION_TYPE, SERVICE_ACCESS_TYPE, SSO_SERVICE_PRINCIPAL

_EFFECT = "Nothing would turn it on again."


def check(stack: Stack, config: Config) -> Iterator[Violation]:
    owners = config.get("ownerStacks") or []
    if owners and not stack.name:
        yield Violation("The engine doesn't say which stack this is, so ownerStacks can't be applied.")
        return
    if not stack.is_among(owners):
        return
    yield from check_stack_configuration(stack, config)
    enabled: list[Any] = []
    doubtful: Declared | None = None  # one that enables what the preview can't know
    for resource in stack.resources:
        services = _enabled_services(resource)
        enabled += services
        if UNKNOWN in services:
            doubtful = resource
    for principal in guarded_services(config, stack):
        if principal not in enabled:
            yield _violation(stack.full_name, principal, doubtful)


def _violation(stack: str, principal: str, doubtful: Declared | None) -> Violation:
    if doubtful is not None:
        problem = f"What {short_name(doubtful.name)} enables isn't known: write {principal} out."
        return Violation(problem, _EFFECT, _fix(principal), doubtful)
    problem = f"{short_name(stack)} has no trusted access for {principal}. ownerStacks names it."
    return Violation(problem, _EFFECT, _fix(principal))


def _fix(principal: str) -> Fix:
    if principal == SSO_SERVICE_PRINCIPAL:
        return Fix(
            python='TrustedAccess("sso")',
            typescript='new TrustedAccess("sso")',
            yaml="a TrustedAccess",
            hcl=f'an aws_organizations_aws_service_access for "{principal}"',
        )
    return Fix(
        python=f'TrustedAccess("trusted", {{"servicePrincipal": "{principal}"}})',
        typescript=f'new TrustedAccess("trusted", {{ servicePrincipal: "{principal}" }})',
        yaml=f"a TrustedAccess with servicePrincipal: {principal}",
        hcl=f'an aws_organizations_aws_service_access for "{principal}"',
    )


def _enabled_services(resource: Declared) -> list[Any]:
    """The service principals that it turns on; UNKNOWN among them for what the preview can't know."""
    if resource.type == SERVICE_ACCESS_TYPE:
        return [resource.props.get("servicePrincipal")]
    if resource.type != ORGANIZATION_TYPE or ignores_list(resource.ignore_changes):
        return []  # a list that is left alone turns nothing on again
    listed = resource.props.get(PROPERTY)
    if listed is UNKNOWN:
        return [UNKNOWN]
    return listed if isinstance(listed, list) else []


RULE = Rule(
    id="trusted-access-declared",
    summary="A stack that ownerStacks names declares trusted access for sso.amazonaws.com",
    types=frozenset({SERVICE_ACCESS_TYPE, ORGANIZATION_TYPE}),
    check_stack=check,
    config={**OWNERS_CONFIG, **SERVICES_CONFIG},
)
