"""trusted-access-single-owner: two owners of one switch turn it off, on, off at every refresh."""

from __future__ import annotations

from collections.abc import Iterable

from pulumi_aws_identity_center.constants import SSO_SERVICE_PRINCIPAL
from pulumi_aws_identity_center.organization_list import PROPERTY, ignores_list

from . import tokens
from .rule import Config, Declared, Rule, Stack

_FIX = (
    f'Keep one: either the AwsServiceAccess with, on the Organization, ignore_changes=["{PROPERTY}"] '
    f"(YAML: options: ignoreChanges: [{PROPERTY}]), or the Organization's list alone."
)


def check(stack: Stack, config: Config) -> Iterable[tuple[str, Declared | None]]:
    accesses = [
        resource
        for resource in stack.resources
        if resource.type == tokens.SERVICE_ACCESS and resource.props.get("servicePrincipal") == SSO_SERVICE_PRINCIPAL
    ]
    lists = [
        resource
        for resource in stack.resources
        if resource.type == tokens.ORGANIZATION and not ignores_list(resource.ignore_changes)
    ]
    for extra in accesses[1:]:
        yield f"{extra.name} and {accesses[0].name} both own trusted access for {SSO_SERVICE_PRINCIPAL}. {_FIX}", extra
    if accesses:
        for organization in lists:
            yield (
                f"{organization.name}'s {PROPERTY} and {accesses[0].name} both own trusted access for "
                f"{SSO_SERVICE_PRINCIPAL}: an update with refresh turns it off and on again. {_FIX}",
                organization,
            )


RULE = Rule(
    id="trusted-access-single-owner",
    description=(
        "Trusted access for sso.amazonaws.com has one owner in a stack: an AwsServiceAccess, or the Organization's "
        "list, not both and not two."
    ),
    types=frozenset({tokens.SERVICE_ACCESS, tokens.ORGANIZATION}),
    check_stack=check,
)
