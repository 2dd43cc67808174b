"""organization-keeps-sso: an organization's authoritative list must not lack `sso.amazonaws.com`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pack import tokens
from pack.guarded_services import SERVICES_CONFIG, guarded_services
from pack.rule import Rule
from pulumi_aws_identity_center.domain.declared import UNKNOWN, Config, Declared, Stack
from pulumi_aws_identity_center.domain.organization_list import PROPERTY, PYTHON_NAME, ignores_list
from pulumi_aws_identity_center.domain.violation import Fix, Violation, short_name
from pulumi_aws_identity_center.names import SSO_SERVICE_PRINCIPAL


def check(resource: Declared, config: Config, stack: Stack) -> Iterator[Violation]:
    if ignores_list(resource.ignore_changes):
        return
    name, listed = short_name(resource.name), resource.props.get(PROPERTY)
    for principal in guarded_services(config, stack):
        if problem := _problem(listed, principal):
            yield Violation(f"{name}: its {PROPERTY} {problem}.", _effect(principal), _fix(principal), resource)


def _problem(listed: Any, principal: str) -> str | None:
    if listed is None:
        return "is left out, which disables all services"
    if listed is UNKNOWN:
        return f"is unknown, and could lack {principal}"
    if not isinstance(listed, list):
        return "isn't a list"
    if principal in listed:
        return None
    texts = [item for item in listed if isinstance(item, str)]
    if near := next((item for item in texts if _resembles(item, principal)), None):
        return f"has {short_name(near)!r}, not {principal!r}"
    if len(texts) < len(listed):
        return f"is partly unknown, and could lack {principal}"
    return f"lacks {principal}"


def _resembles(item: str, principal: str) -> bool:
    """A misspelling: other case, blanks, without its domain, or of another partition."""
    letters = "".join(char for char in item.lower() if char.isalnum())
    service = principal.partition(".")[0].replace("-", "")
    return letters in {service, f"aws{service}", *(f"{service}{end}" for end in _ENDINGS)}


_ENDINGS = ("amazonaws", "amazonawscom", "amazonawscomcn")


def _effect(principal: str) -> str:
    if principal == SSO_SERVICE_PRINCIPAL:
        return "That disables trusted access: nobody can sign in."
    return "That disables the service in all accounts."


def _fix(principal: str) -> Fix:
    return Fix(
        python=f'add "{principal}", or ignore_changes=["{PROPERTY}"].',
        typescript=f'add "{principal}", or ignoreChanges: ["{PROPERTY}"].',
        yaml=f"add {principal}, or options: {{ignoreChanges: [{PROPERTY}]}}.",
        hcl=f'add "{principal}", or ignore_changes = [{PYTHON_NAME}].',
    )


def fix(resource: Declared, config: Config, stack: Stack) -> dict[str, Any] | None:
    """The list with the principals. Not for a list that isn't there: the other services it should have aren't known."""
    listed = resource.props.get(PROPERTY)
    if not isinstance(listed, list) or ignores_list(resource.ignore_changes):
        return None
    missing = [principal for principal in guarded_services(config, stack) if principal not in listed]
    if not missing or not all(isinstance(item, str) for item in listed):
        return None
    remaining = [item for item in listed if item.strip().lower() not in missing]
    return {PROPERTY: [*remaining, *missing]}


RULE = Rule(
    id="organization-keeps-sso",
    summary="An Organization's list of trusted services has sso.amazonaws.com, or it is ignored",
    types=frozenset({tokens.ORGANIZATION}),
    check=check,
    fix=fix,
    config=SERVICES_CONFIG,
)
