"""trusted-access-single-owner: two owners of one switch turn it off, on, off at every refresh."""

from __future__ import annotations

from collections.abc import Iterable

from pack import tokens
from pack.accounts import NOT_TOLD, beside
from pack.rule import UNKNOWN, Config, Declared, Later, Rule, Stack
from pulumi_aws_identity_center.domain.organization_list import PROPERTY, ignores_list
from pulumi_aws_identity_center.names import SSO_SERVICE_PRINCIPAL

_FIX_TWO = (
    "Keep one. If both are in the state already, `pulumi state delete URN` first forgets the other, untouched: its "
    "deletion would turn trusted access off. In Python: remove the other's lines. In YAML: remove its entry under "
    "resources."
)
_FIX = (
    f"Keep one: either the Organization's list alone, or the AwsServiceAccess with, on the Organization: "
    f'In Python: opts=pulumi.ResourceOptions(ignore_changes=["{PROPERTY}"]). '
    f"In YAML: options: ignoreChanges: [{PROPERTY}]."
)


def check(stack: Stack, config: Config) -> Iterable[tuple[str, Declared | None]]:
    accesses = [
        resource
        for resource in stack.resources
        if resource.type == tokens.SERVICE_ACCESS
        and resource.props.get("servicePrincipal") in (SSO_SERVICE_PRINCIPAL, UNKNOWN)
    ]
    lists = [
        resource
        for resource in stack.resources
        if resource.type == tokens.ORGANIZATION and not ignores_list(resource.ignore_changes)
    ]
    # One that is known to be an owner comes first: the others are held against it.
    accesses.sort(key=lambda resource: resource.props.get("servicePrincipal") is UNKNOWN)
    for number, extra in enumerate(accesses):
        owner, certain = beside(extra, accesses[:number])
        if owner is not None:
            yield _told(f"{_both(extra.name, owner.name, extra, owner)} {_FIX_TWO}", certain), extra
    for organization in lists:
        owner, certain = beside(organization, accesses)
        if owner is not None:
            both = _both(f"{organization.name}'s {PROPERTY}", owner.name, owner)
            text = f"{both} Two owners turn it off and on again at an update with refresh. {_FIX}"
            yield _told(text, certain), organization


def _told(text: str, certain: bool) -> str:
    return text if certain else Later(f"{text} {NOT_TOLD}")


def _both(one: str, other: str, *accesses: Declared) -> str:
    doubtful = [each.name for each in accesses if each.props.get("servicePrincipal") is UNKNOWN]
    if doubtful:
        return (
            f"{one} and {other} may both own trusted access for {SSO_SERVICE_PRINCIPAL}: this preview can't know the "
            f"servicePrincipal of {' and '.join(doubtful)}. Write it out."
        )
    return f"{one} and {other} both own trusted access for {SSO_SERVICE_PRINCIPAL}."


RULE = Rule(
    id="trusted-access-single-owner",
    description=(
        "Trusted access for sso.amazonaws.com has one owner in a stack: an AwsServiceAccess, or the Organization's "
        "list (which counts unless ignoreChanges covers it), not both and not two. Providers that assume roles in "
        "different accounts, or have other credentials, are two organizations'. Two turn it off and on again at "
        "every update with a refresh."
    ),
    types=frozenset({tokens.SERVICE_ACCESS, tokens.ORGANIZATION}),
    check_stack=check,
)
