"""organization-keeps-sso: an organization's authoritative list must not lack `sso.amazonaws.com`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeGuard

from pack.guarded_services import SERVICES_CONFIG, check_stack_configuration, guarded_services
from pack.rule import Rule
from pulumi_aws_identity_center.domain.declared import Config, Declared, Stack
from pulumi_aws_identity_center.domain.organization_list import (
    PROPERTY,
    PYTHON_NAME,
    Fault,
    fault_of_list,
    ignores_list,
)
from pulumi_aws_identity_center.domain.violation import Fix, Violation, short_name
from pulumi_aws_identity_center.names import ORGANIZATION_TYPE, SSO_SERVICE_PRINCIPAL


def check(resource: Declared, config: Config, stack: Stack) -> Iterator[Violation]:
    if ignores_list(resource.ignore_changes):
        return
    name = short_name(resource.name)
    for principal in guarded_services(config, stack):
        fault = fault_of_list(resource.props.get(PROPERTY), principal)
        if fault is not None:
            problem = _PROBLEMS[fault.fault].format(principal=principal, misspelt=short_name(fault.misspelt))
            yield Violation(f"{name}: its {PROPERTY} {problem}.", _effect(principal), _fix(principal), resource)


_PROBLEMS = {
    Fault.LEFT_OUT: "is left out, which disables all services",
    Fault.UNKNOWN: "is unknown, and could lack {principal}",
    Fault.NOT_A_LIST: "isn't a list",
    Fault.MISSPELT: "has {misspelt!r}, not {principal!r}",
    Fault.PARTLY_UNKNOWN: "is partly unknown, and could lack {principal}",
    Fault.LACKING: "lacks {principal}",
}


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
    if ignores_list(resource.ignore_changes) or not _is_list_of_texts(listed):
        return None
    missing = [principal for principal in guarded_services(config, stack) if principal not in listed]
    others = [item for item in listed if item.strip().lower() not in missing]
    return {PROPERTY: [*others, *missing]} if missing else None


def _is_list_of_texts(value: Any) -> TypeGuard[list[str]]:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


RULE = Rule(
    id="organization-keeps-sso",
    summary="An Organization's list of trusted services has sso.amazonaws.com, or it is ignored",
    types=frozenset({ORGANIZATION_TYPE}),
    check=check,
    check_stack=check_stack_configuration,
    fix=fix,
    config=SERVICES_CONFIG,
)
