"""break-glass-current: trusted access is unprotected only while break-glass is open, with a reason and in time."""

from __future__ import annotations

from collections.abc import Iterable

from pulumi_aws_identity_center.break_glass import check as check_break_glass
from pulumi_aws_identity_center.errors import InvalidInput

from . import tokens
from .rule import UNKNOWN, Config, Declared, Rule, Stack

_FIX = 'In Python: breakGlass={"reason": ..., "expires": ...} on the component, or remove what unprotects it.'


def check(stack: Stack, config: Config) -> Iterable[tuple[str, Declared | None]]:
    components = {
        resource.urn: resource for resource in stack.resources if resource.type == tokens.TRUSTED_ACCESS_COMPONENT
    }
    for component in components.values():
        given = component.props.get("breakGlass")
        if given is UNKNOWN:
            yield (
                f"{component.name}: this preview can't know its breakGlass; it has to be written out. {_FIX}",
                component,
            )
            continue
        try:
            check_break_glass(given)
        except InvalidInput as error:
            yield f"{component.name}: {error}", component
    for resource in stack.resources:
        if resource.type != tokens.SERVICE_ACCESS or resource.protect or resource.parent not in components:
            continue
        if not components[resource.parent].props.get("breakGlass"):
            yield (
                f"{resource.name} is not protected and no break-glass is open: something took its protection away (a "
                f"transformation, or the options given to the component). {_FIX}",
                resource,
            )


RULE = Rule(
    id="break-glass-current",
    description=(
        "A TrustedAccess is unprotected only while its break-glass is open: with a reason, and a date that is not past "
        "and at most 7 days ahead."
    ),
    types=frozenset({tokens.TRUSTED_ACCESS_COMPONENT, tokens.SERVICE_ACCESS}),
    check_stack=check,
)
