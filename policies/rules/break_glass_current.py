"""break-glass-current: trusted access is unprotected only while break-glass is open, with a reason and in time."""

from __future__ import annotations

import json
from collections.abc import Iterable

from pack import tokens
from pack.rule import UNKNOWN, Config, Declared, Later, Rule, Stack
from pulumi_aws_identity_center.domain.break_glass import check as check_break_glass
from pulumi_aws_identity_center.errors import InvalidInput
from pulumi_aws_identity_center.names import PACKAGE, SSO_SERVICE_PRINCIPAL

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
        if problem := _unprotected(resource, components[resource.parent]):
            made = Later if isinstance(problem, Later) else str
            yield made(f"{resource.name} is not protected and {problem} {_FIX}"), resource


def _unprotected(resource: Declared, component: Declared) -> str | None:
    if not component.props.get("breakGlass"):
        return (
            "no break-glass is open: something took its protection away (a transformation, or the options given to the "
            "component)."
        )
    # One is open for the component's own service, and for no other's access that is put under it.
    principal = resource.props.get("servicePrincipal")
    service = component.props.get("servicePrincipal") or SSO_SERVICE_PRINCIPAL
    if principal not in (SSO_SERVICE_PRINCIPAL, UNKNOWN) or principal == service:
        return None
    if UNKNOWN in (principal, service):
        return Later(f"this preview can't know whose break-glass is open: {component.name}'s, or its own.")
    return f"no break-glass is open for {principal}: {component.name}'s is for {service}."


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
