"""Whose a trusted access or a delegated administrator is: Identity Center's, another service's, or hidden."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from pulumi_aws_identity_center.gate.finding import Finding, unknown
from pulumi_aws_identity_center.gate.step import Step, either, is_unknown
from pulumi_aws_identity_center.names import SSO_SERVICE_PRINCIPAL

_PRINCIPAL = "servicePrincipal"


def of_identity_center(step: Step, judge: Callable[[Step], Iterator[Finding]]) -> Iterator[Finding]:
    """The findings if it is Identity Center's; one doubt instead of them if it may be."""
    service = _service(step)
    if service == SSO_SERVICE_PRINCIPAL:
        yield from judge(step)
    elif service is None and any(True for _ in judge(step)):
        yield unknown(
            step,
            "The preview doesn't tell whose this is, so it may be Identity Center's.",
            "Run the preview again; give it whole, and the service principal written out: it is no secret.",
        )


def _service(step: Step) -> str | None:
    """The service; None where that is hidden."""
    principal = either(step.old or step.new, _PRINCIPAL)
    if isinstance(principal, str) and not is_unknown(principal):
        return principal
    # Its id names it, whether or not that is a secret: PRINCIPAL, of an administrator ACCOUNT/PRINCIPAL.
    told = _last(step.old) or _last(step.new)
    return told if told.endswith(".amazonaws.com") else None


def _last(state: Any) -> str:
    return str((state or {}).get("id") or "").rpartition("/")[2]
