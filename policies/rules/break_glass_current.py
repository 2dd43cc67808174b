"""break-glass-current: trusted access is unprotected only while break-glass is open, with a reason and in time."""

from __future__ import annotations

import json
from collections.abc import Iterable

from pulumi_aws_identity_center.break_glass import check as check_break_glass
from pulumi_aws_identity_center.constants import PACKAGE
from pulumi_aws_identity_center.errors import InvalidInput

from . import tokens
from .rule import UNKNOWN, Config, Declared, Rule, Stack

_FIX = (
    'In Python: TrustedAccess("sso", {"breakGlass": {"reason": "...", "expires": "2026-01-31"}}), or no breakGlass and '
    "nothing that unprotects it. In YAML: properties: breakGlass: {reason: ..., expires: 2026-01-31}, or neither."
)
_KEY = f"{PACKAGE}:breakGlass"


def check(stack: Stack, config: Config) -> Iterable[tuple[str, Declared | None]]:
    components = {
        resource.urn: resource for resource in stack.resources if resource.type == tokens.TRUSTED_ACCESS_COMPONENT
    }
    if problem := _of_configuration(stack):
        yield f"{problem} {_FIX}", None
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
            yield f"{component.name}: {error} {_FIX}", component
    for resource in stack.resources:
        if resource.type != tokens.SERVICE_ACCESS or resource.protect or resource.parent not in components:
            continue
        if not components[resource.parent].props.get("breakGlass"):
            yield (
                f"{resource.name} is not protected and no break-glass is open: something took its protection away (a "
                f"transformation, or the options given to the component). {_FIX}",
                resource,
            )


def _of_configuration(stack: Stack) -> str | None:
    """What is wrong with the stack's own break-glass, whether or not a component is given it."""
    text = stack.config.get(_KEY)
    if text in (None, "", "{}"):  # the empty object is the default that Pulumi.yaml has to give: closed
        return None
    try:
        given = json.loads(text or "")
        check_break_glass(given, _KEY)
    except ValueError:
        return f"{_KEY} is {text!r}, and has to be an object. Run `pulumi config rm {_KEY}`."
    except InvalidInput as error:
        return f"{error} Run `pulumi config rm {_KEY}`."
    return None


RULE = Rule(
    id="break-glass-current",
    description=(
        "A TrustedAccess is unprotected only while its break-glass is open: with a reason, and a date that is not past "
        "and at most 7 days ahead. The stack's configuration aws-identity-center:breakGlass is held to the same, also "
        "where no component is given it: one that is past has to be removed."
    ),
    types=frozenset({tokens.TRUSTED_ACCESS_COMPONENT, tokens.SERVICE_ACCESS}),
    check_stack=check,
)
