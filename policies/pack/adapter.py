"""From rules to a Pulumi policy pack: levels, configuration, and plain data instead of the SDK's proxies."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from typing import Any

import pulumi_policy
from pulumi_policy.proxy import UnknownValueError, _is_unknown
from pulumi_policy.secret import _ListSecretsProxy

from . import quick_server
from .rule import UNKNOWN, Declared, Later, Rule, Stack, StackCheck
from .tokens import canonical


def build(name: str, rules: Sequence[Rule]) -> None:
    """Starts the pack's server; never returns. Every rule is mandatory unless its configuration says otherwise."""
    quick_server.install(rules)
    pulumi_policy.PolicyPack(
        name,
        policies=[_policy(rule) for rule in rules],
        # The SDK's default is advisory, which stops nothing.
        enforcement_level=pulumi_policy.EnforcementLevel.MANDATORY,
    )


def _policy(rule: Rule) -> pulumi_policy.Policy:
    given = {
        "name": rule.id,
        "description": rule.description,
        "config_schema": pulumi_policy.PolicyConfigSchema(properties=dict(rule.config)),
    }
    if rule.check_stack is not None:
        return pulumi_policy.StackValidationPolicy(validate=_stack_validation(rule, rule.check_stack), **given)
    kind = pulumi_policy.ResourceValidationPolicy if rule.in_stack is None else _both(rule, rule.in_stack)
    return kind(validate=_validation(rule), remediate=_remediation(rule) if rule.fix is not None else None, **given)


def _both(rule: Rule, in_stack: StackCheck) -> Any:
    """A resource's policy that the SDK asks about the stack too: by its class, and with those arguments."""
    of_stack = _stack_validation(rule, in_stack)

    class Both(pulumi_policy.ResourceValidationPolicy):  # type: ignore[misc]  # pulumi_policy's types are not followed
        def validate(self, args: Any, report_violation: Callable[..., None]) -> Any:
            if isinstance(args, pulumi_policy.StackValidationArgs):
                return of_stack(args, report_violation)
            return super().validate(args, report_violation)

    # Not a second base: the SDK's constructors hand their arguments on by position.
    pulumi_policy.StackValidationPolicy.register(Both)
    return Both


def _validation(rule: Rule) -> Callable[..., None]:
    check, types = rule.check, rule.types
    assert check is not None

    def validate(args: pulumi_policy.ResourceValidationArgs, report: Callable[..., None]) -> None:
        if canonical(args.resource_type) not in types:  # before anything is unwrapped: most are none of its business
            return
        messages = list(check(declared(args), args.get_config()))
        for message in messages:
            if not isinstance(message, Later):
                report(f"{message}\n  {args.urn}", args.urn)
        _raise_later([f"{message}\n  {args.urn}" for message in messages if isinstance(message, Later)])

    return validate


def _raise_later(messages: Sequence[str]) -> None:
    """After all else is reported: what is raised ends the check."""
    if messages:
        raise _Unsettled("\n".join(messages))


def _remediation(rule: Rule) -> Callable[..., Any]:
    fix, types = rule.fix, rule.types
    assert fix is not None

    def remediate(args: pulumi_policy.ResourceValidationArgs) -> Any:
        changes = fix(declared(args), args.get_config()) if canonical(args.resource_type) in types else None
        if not changes:
            return None
        for key, value in changes.items():
            # In place: a copy would lose the marks of secrets.
            args.props[key] = _marked(args.props[key], value) if key in args.props else value
        return args.props

    return remediate


def _marked(old: Any, new: Any) -> Any:
    """The new list, with the items that were in the old one as they were: a secret stays one."""
    if not isinstance(new, list) or not isinstance(old, _ListSecretsProxy):
        return new
    raw = old["__target"]  # as the SDK itself unwraps it
    return [next((each for each in raw if getattr(each, "value", each) == item), item) for item in new]


class _Unsettled(UnknownValueError):  # type: ignore[misc]  # pulumi_policy's types are not followed
    """The SDK makes an advisory of it that says which policy couldn't run, whatever the policy's level."""

    def __init__(self, message: str) -> None:
        Exception.__init__(self, message)
        # The gate knows it by these words, which are the SDK's own.
        self.message = f"{message}\n  (a value that can't be known during preview)"


def _stack_validation(rule: Rule, check: StackCheck) -> Callable[..., None]:
    def validate(args: pulumi_policy.StackValidationArgs, report: Callable[..., None]) -> None:
        resources = [declared(each) for each in args.resources if canonical(each.resource_type) in rule.types]
        project, name, organization = (
            os.environ.get(f"PULUMI_{key}", "") for key in ("PROJECT", "STACK", "ORGANIZATION")
        )
        stack = Stack(project, name, resources, _config(), organization)
        later = []
        for message, resource in check(stack, args.get_config()):
            # A problem of the stack's own is reported on no resource; its text still has a URN.
            where = resource.urn if resource is not None else stack.urn
            text = f"{message}\n  {where}" if where else message
            if isinstance(message, Later):
                later.append(text)
            else:
                report(text, resource.urn if resource is not None else None)
        _raise_later(later)

    return validate


def _config() -> dict[str, str]:
    """The stack's configuration; none where nobody says (under `policy analyze` not even which stack it is)."""
    try:
        found = json.loads(os.environ.get("PULUMI_CONFIG") or "{}")
    except ValueError:
        return {}
    return {str(key): str(value) for key, value in found.items()} if isinstance(found, dict) else {}


def declared(args: Any) -> Declared:
    """The resource as plain data."""
    parent = args.opts.parent if args.opts else None
    provider = getattr(args, "provider", None)
    return Declared(
        type=canonical(args.resource_type),
        name=args.name,
        urn=args.urn,
        props=plain(args.props),
        protect=bool(args.opts and args.opts.protect),
        ignore_changes=tuple(args.opts.ignore_changes or ()) if args.opts else (),
        parent=parent or "",
        provider_urn=provider.urn if provider else "",
        provider=plain(provider.props) if provider else {},
        comes_from={
            key: [each.urn for each in found] for key, found in getattr(args, "property_dependencies", {}).items()
        },
    )


def plain(value: Any) -> Any:
    """Without proxies; what can't be known is UNKNOWN."""
    if _is_unknown(value):
        return UNKNOWN
    if isinstance(value, str | int | float | bool | None):
        return value
    if hasattr(value, "keys"):
        return {key: _item(value, key) for key in value}
    if hasattr(value, "__len__") and hasattr(value, "__getitem__"):
        return [_item(value, index) for index in range(len(value))]
    return value


def _item(container: Any, key: Any) -> Any:
    try:
        return plain(container[key])
    except UnknownValueError:
        return UNKNOWN
