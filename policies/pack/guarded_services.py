"""`guardedServicePrincipals`: services whose trusted access is guarded beside Identity Center's.

A rule's configuration can have it, and the stack's (`aws-identity-center:guardedServicePrincipals`), which the
components, the gate and `status` read too.
"""

from __future__ import annotations

from typing import Any

from pulumi_aws_identity_center.domain.configuration import full_key, value_of
from pulumi_aws_identity_center.domain.declared import Config, Stack
from pulumi_aws_identity_center.domain.values import check_guarded_services
from pulumi_aws_identity_center.errors import InvalidInput
from pulumi_aws_identity_center.names import SSO_SERVICE_PRINCIPAL

_KEY = "guardedServicePrincipals"
# The pattern of EnableAWSServiceAccess's parameter:
# docs.aws.amazon.com/organizations/latest/APIReference/API_EnableAWSServiceAccess.html
SERVICES_CONFIG: dict[str, dict[str, Any]] = {
    _KEY: {"type": "array", "default": [], "items": {"type": "string", "pattern": r"^[\w+=,.@-]{1,128}$"}}
}


def guarded_services(config: Config, stack: Stack) -> list[str]:
    """Identity Center's service principal first: no configuration takes it out."""
    configured = [*(config.get(_KEY) or []), *_of_stack(stack)]
    return list(dict.fromkeys([SSO_SERVICE_PRINCIPAL, *configured]))


def _of_stack(stack: Stack) -> list[str]:
    """What the stack's configuration names; what isn't a list of service principals, the program itself refuses."""
    text = stack.config.get(full_key(_KEY))
    if not text:
        return []
    try:
        return check_guarded_services(value_of(_KEY, text))
    except InvalidInput:
        return []
