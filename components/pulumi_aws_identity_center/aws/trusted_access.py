"""Whether Identity Center's trusted access is on, and the sentence if it is off. `status`, `recover`, the matrix
commands and the resource provider use this.

While trusted access is off, sso-admin refuses every call that needs the organization. That looks like missing
permissions.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pulumi_aws_identity_center.names import SSO_SERVICE_PRINCIPAL

from .results import Answer

Services = Answer[list[dict[str, Any]]]

CALL = f"aws organizations enable-aws-service-access --service-principal {SSO_SERVICE_PRINCIPAL}"
OFF = "Trusted access is OFF: nobody can get into any account through Identity Center."


def is_trusted(services: Services, service: str = SSO_SERVICE_PRINCIPAL) -> bool | None:
    """services: of organizations:ListAWSServiceAccessForOrganization. None if that can't be told."""
    if any(row["ServicePrincipal"] == service for row in services.value or []):
        return True
    return False if services.ok else None


def explain_refusal(service: str, answer: Answer[Any], ask_for_services: Callable[[], Services]) -> str | None:
    """What to say instead of a refusal that comes of trusted access being off; None if it doesn't, or nobody knows.

    service: whose operation AWS refused, by botocore's name. ask_for_services: called for such refusals only.
    """
    if service != "sso-admin" or answer.kind != "denied":
        return None
    if is_trusted(ask_for_services()) is not False:
        return None
    return f"{OFF} AWS refuses this while it is off. Run identity-center recover in the management account, or: {CALL}"
