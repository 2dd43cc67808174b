"""`guardedServicePrincipals`: services whose trusted access is guarded beside Identity Center's.

A rule's configuration can have it, and the stack's (`aws-identity-center:guardedServicePrincipals`), which the
components, the gate and `status` read too.
"""

from __future__ import annotations

from collections.abc import Iterator

from pulumi_aws_identity_center.domain.configuration import full_key, value_of
from pulumi_aws_identity_center.domain.declared import Config, Schemas, Stack
from pulumi_aws_identity_center.domain.values import SERVICE_PRINCIPAL_PATTERN, check_guarded_services
from pulumi_aws_identity_center.domain.violation import Fix, Violation
from pulumi_aws_identity_center.errors import InvalidInput
from pulumi_aws_identity_center.names import SSO_SERVICE_PRINCIPAL

_KEY = "guardedServicePrincipals"
# As strict as the stack's configuration: a name that is no service principal would guard nothing, in silence.
_SERVICE_PRINCIPAL = {"type": "string", "pattern": f"^{SERVICE_PRINCIPAL_PATTERN}$", "maxLength": 128}
SERVICES_CONFIG: Schemas = {_KEY: {"type": "array", "default": [], "items": _SERVICE_PRINCIPAL}}

_CONFIG_FIX = Fix("make it a list in Pulumi.STACK.yaml, such as [ram.amazonaws.com].")


def guarded_services(config: Config, stack: Stack) -> list[str]:
    """Identity Center's service principal first: no configuration takes it out."""
    configured = [*(config.get(_KEY) or []), *_of_stack(stack)]
    return list(dict.fromkeys([SSO_SERVICE_PRINCIPAL, *configured]))


def check_stack_configuration(stack: Stack, config: Config) -> Iterator[Violation]:
    """A configuration that can't be read guards nothing, and silence would be a pass.

    Every rule that uses the services has this check: the others may be advisory or disabled."""
    try:
        _read_from_stack(stack)
    except InvalidInput:
        problem = f"{full_key(_KEY)} isn't a list of service principals."
        yield Violation(problem, "No service but Identity Center's is guarded.", _CONFIG_FIX)


def _of_stack(stack: Stack) -> list[str]:
    """What the stack's configuration names; `check_stack_configuration` refuses one that can't be read."""
    try:
        return _read_from_stack(stack)
    except InvalidInput:
        return []


def _read_from_stack(stack: Stack) -> list[str]:
    """Raises InvalidInput."""
    text = stack.config.get(full_key(_KEY))
    return check_guarded_services(value_of(_KEY, text)) if text else []
