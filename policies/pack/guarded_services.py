"""The configuration `guardedServicePrincipals`: services whose trusted access is guarded beside Identity Center's."""

from __future__ import annotations

from typing import Any

from pulumi_aws_identity_center.domain.declared import Config
from pulumi_aws_identity_center.names import SSO_SERVICE_PRINCIPAL

# The pattern of EnableAWSServiceAccess's parameter:
# docs.aws.amazon.com/organizations/latest/APIReference/API_EnableAWSServiceAccess.html
SERVICES_CONFIG: dict[str, dict[str, Any]] = {
    "guardedServicePrincipals": {
        "type": "array",
        "default": [],
        "items": {"type": "string", "pattern": r"^[\w+=,.@-]{1,128}$"},
    }
}


def guarded_services(config: Config) -> list[str]:
    """Identity Center's service principal first: no configuration takes it out."""
    others = config.get("guardedServicePrincipals") or []
    return list(dict.fromkeys([SSO_SERVICE_PRINCIPAL, *others]))
