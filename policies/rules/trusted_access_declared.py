"""trusted-access-declared: the stacks that own trusted access must go on declaring it."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase

from pulumi_aws_identity_center.constants import SSO_SERVICE_PRINCIPAL
from pulumi_aws_identity_center.organization_list import PROPERTY

from . import tokens
from .rule import Config, Declared, Rule, Stack


def check(stack: Stack, config: Config) -> Iterable[tuple[str, Declared | None]]:
    owners = list(config.get("ownerStacks") or [])
    if not owners:
        return
    if not stack.project and not stack.name:
        yield "Which stack this is can't be told here, so neither whether it owns trusted access (ownerStacks).", None
        return
    full = f"{stack.project}/{stack.name}"
    if any(fnmatchcase(full, owner) or fnmatchcase(stack.name, owner) for owner in owners) and not any(
        _declares(resource) for resource in stack.resources
    ):
        yield (
            f"{full} is an owner of trusted access (ownerStacks: {', '.join(owners)}) and declares none for "
            f"{SSO_SERVICE_PRINCIPAL}: nothing would turn it on again. In Python: TrustedAccess('sso', {{}}). In YAML: "
            "type: aws-identity-center:index:TrustedAccess.",
            None,
        )


def _declares(resource: Declared) -> bool:
    if resource.type == tokens.SERVICE_ACCESS:
        return bool(resource.props.get("servicePrincipal") == SSO_SERVICE_PRINCIPAL)
    listed = resource.props.get(PROPERTY)
    return resource.type == tokens.ORGANIZATION and isinstance(listed, list) and SSO_SERVICE_PRINCIPAL in listed


RULE = Rule(
    id="trusted-access-declared",
    description=(
        "A stack whose PROJECT/STACK (or stack name) matches one of ownerStacks must declare trusted access for "
        "sso.amazonaws.com. Without ownerStacks it looks at nothing."
    ),
    types=frozenset({tokens.SERVICE_ACCESS, tokens.ORGANIZATION}),
    check_stack=check,
    config={"ownerStacks": {"type": "array", "items": {"type": "string"}, "default": []}},
)
