"""break-glass-current: trusted access, and the Sentinel that turns it on again, are unprotected only while break-glass
is open, with a reason and in time."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from pack.rule import Rule
from pulumi_aws_identity_center.domain.break_glass import parse_break_glass
from pulumi_aws_identity_center.domain.configuration import full_key, is_set, value_of
from pulumi_aws_identity_center.domain.declared import UNKNOWN, Config, Declared, Stack
from pulumi_aws_identity_center.domain.violation import Fix, Violation, short_name
from pulumi_aws_identity_center.errors import InvalidInput
from pulumi_aws_identity_center.names import (
    SENTINEL_PART_TYPES,
    SENTINEL_TYPE,
    SERVICE_ACCESS_TYPE,
    SSO_SERVICE_PRINCIPAL,
    TRUSTED_ACCESS_TYPE,
)

_KEY = full_key("breakGlass")
_EFFECT = "Removing it would disable trusted access."
_SENTINEL_EFFECT = "Removing it stops what turns trusted access on again."
_FIX = Fix("leave breakGlass out, or give a reason, and a date at most 7 days ahead.", hcl="leave breakGlass out.")
_OPTIONS_FIX = Fix("take out the transformation or the option that removes protect.")
_CONFIG_FIX = Fix(f"pulumi config rm {_KEY}")


def check(stack: Stack, config: Config) -> Iterator[Violation]:
    if problem := _problem_with_configuration(stack.config.get(_KEY)):
        yield Violation(problem, _EFFECT, _CONFIG_FIX)
    accesses = _components(stack, TRUSTED_ACCESS_TYPE)
    yield from _arguments(accesses.values(), _EFFECT)
    for component, resource in _unprotected_children(stack, accesses):
        if resource.type == SERVICE_ACCESS_TYPE:
            yield from _unprotected_access(component, resource)
    sentinels = _components(stack, SENTINEL_TYPE)
    yield from _arguments(sentinels.values(), _SENTINEL_EFFECT)
    for sentinel, part in _unprotected_children(stack, sentinels):
        if not sentinel.props.get("breakGlass"):
            yield _without_break_glass(part, _SENTINEL_EFFECT)


def _components(stack: Stack, type_: str) -> dict[str, Declared]:
    return {resource.urn: resource for resource in stack.of_type(type_)}


def _unprotected_children(stack: Stack, components: Mapping[str, Declared]) -> Iterator[tuple[Declared, Declared]]:
    """Each unprotected resource of one of the components, after the component."""
    for resource in stack.resources:
        if resource.parent in components and not resource.protect:
            yield components[resource.parent], resource


def _arguments(components: Iterable[Declared], effect: str) -> Iterator[Violation]:
    for component in components:
        if problem := _problem_with_argument(component):
            yield Violation(f"{short_name(component.name)}: {problem}", effect, _FIX, component)


def _problem_with_configuration(text: str | None) -> str | None:
    """Judged whether or not a component has it."""
    if not text or not is_set("breakGlass", text):
        return None
    try:
        break_glass = value_of("breakGlass", text)
    except InvalidInput:
        return f"{_KEY} isn't an object."
    return _problem_with(break_glass, _KEY)


def _problem_with_argument(component: Declared) -> str | None:
    break_glass = component.props.get("breakGlass")
    if break_glass is UNKNOWN:
        return "its breakGlass is unknown, and has to be written out."
    return _problem_with(break_glass, "breakGlass")


def _problem_with(break_glass: object, key: str) -> str | None:
    """What is wrong, without what to do about it."""
    try:
        parse_break_glass(break_glass, key)
    except InvalidInput as error:
        return f"{re.split('[:;] ', error.problems[0])[0]}."
    return None


def _without_break_glass(resource: Declared, effect: str) -> Violation:
    problem = f"{short_name(resource.name)} isn't protected, and no break-glass is open."
    return Violation(problem, effect, _OPTIONS_FIX, resource)


def _unprotected_access(component: Declared, resource: Declared) -> Iterator[Violation]:
    if not component.props.get("breakGlass"):
        yield _without_break_glass(resource, _EFFECT)
        return
    # One is open for the component's own service, and for no other's access that is put under it.
    principal = resource.props.get("servicePrincipal")
    service = component.props.get("servicePrincipal") or SSO_SERVICE_PRINCIPAL
    if principal not in (SSO_SERVICE_PRINCIPAL, UNKNOWN) or principal == service:
        return
    name, owner = short_name(resource.name), short_name(component.name)
    problem = f"{name} isn't protected: {owner}'s break-glass is for {short_name(str(service))}."
    yield Violation(problem, _EFFECT, _OPTIONS_FIX, resource)


RULE = Rule(
    id="break-glass-current",
    summary="A TrustedAccess or Sentinel is unprotected only while a break-glass with a reason and a date is open",
    types=frozenset({TRUSTED_ACCESS_TYPE, SERVICE_ACCESS_TYPE, SENTINEL_TYPE, *SENTINEL_PART_TYPES}),
    check_stack=check,
)
