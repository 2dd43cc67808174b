"""trusted-access-declared: the stacks that own trusted access must go on declaring it."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import Any

from pack import tokens
from pack.rule import UNKNOWN, Config, Declared, Rule, Stack
from pulumi_aws_identity_center.domain.organization_list import PROPERTY, ignores_list
from pulumi_aws_identity_center.names import SSO_SERVICE_PRINCIPAL

_FIX = (
    'In Python: TrustedAccess("sso", {}). In YAML: resources: sso: type: aws-identity-center:index:TrustedAccess. If '
    "this stack is no owner, take it off ownerStacks."
)


def check(stack: Stack, config: Config) -> Iterable[tuple[str, Declared | None]]:
    owners = list(config.get("ownerStacks") or [])
    if not owners:
        return
    if not stack.project and not stack.name:
        yield f"Which stack this is can't be told here, so neither whether it owns trusted access. {_FIX}", None
        return
    full = f"{stack.project}/{stack.name}"
    names = (full, stack.name, f"{stack.organization}/{full}")
    if not any(fnmatchcase(name, owner) for owner in owners for name in names):
        return
    declared = [_principals(resource) for resource in stack.resources]
    if any(SSO_SERVICE_PRINCIPAL in principals for principals in declared):
        return
    owner = f"{full} is an owner of trusted access (ownerStacks: {', '.join(owners)}) and"
    for resource, principals in zip(stack.resources, declared, strict=True):
        if UNKNOWN in principals:
            yield (
                f"{owner} this preview can't know whether {resource.name} declares it for {SSO_SERVICE_PRINCIPAL}. "
                f"Write the principal out. {_FIX}",
                resource,
            )
            return
    yield f"{owner} declares none for {SSO_SERVICE_PRINCIPAL}: nothing would turn it on again. {_FIX}", None


def _principals(resource: Declared) -> list[Any]:
    """The service principals that it turns on; UNKNOWN among them for what the preview can't know."""
    if resource.type == tokens.SERVICE_ACCESS:
        return [resource.props.get("servicePrincipal")]
    if resource.type != tokens.ORGANIZATION or ignores_list(resource.ignore_changes):
        return []  # a list that is left alone turns nothing on again
    listed = resource.props.get(PROPERTY)
    return [UNKNOWN] if listed is UNKNOWN else listed if isinstance(listed, list) else []


RULE = Rule(
    id="trusted-access-declared",
    description=(
        "A stack whose PROJECT/STACK (or STACK, or ORGANIZATION/PROJECT/STACK) matches one of ownerStacks (globs: *, "
        "?, [abc]) must declare trusted access for sso.amazonaws.com: by an AwsServiceAccess, or in an Organization's "
        "list that isn't ignored. A principal that the preview can't know is refused. Without ownerStacks it looks at "
        "nothing."
    ),
    types=frozenset({tokens.SERVICE_ACCESS, tokens.ORGANIZATION}),
    check_stack=check,
    config={"ownerStacks": {"type": "array", "items": {"type": "string"}, "default": []}},
)
