"""Which services' trusted access the gate guards, and which service's a resource is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from pulumi_aws_identity_center.names import SSO_SERVICE_PRINCIPAL

from .change import Change, Resource, known_text
from .finding import Finding, unknown

Guarded = tuple[str, ...]
IDENTITY_CENTER: Guarded = (SSO_SERVICE_PRINCIPAL,)


def guarded_principals(others: Iterable[str]) -> Guarded:
    """Identity Center's, which can't be taken out, and the others."""
    return tuple(dict.fromkeys((SSO_SERVICE_PRINCIPAL, *others)))


def consequence(principal: str) -> str:
    if principal == SSO_SERVICE_PRINCIPAL:
        return "every person would lose every account."
    return f"{principal} would stop working across the organization."


def judge_principal(
    change: Change, guarded: Guarded, judge: Callable[[Change, str], Iterator[Finding]]
) -> Iterator[Finding]:
    """The findings if the resource is a guarded service's; one doubt instead of them if it may be."""
    service = _service(change.current)
    if service in guarded:
        yield from judge(change, service)
    elif not service and any(judge(change, guarded[0])):
        yield unknown(
            change,
            "The preview doesn't tell which service this is for, so it may be Identity Center's.",
            "Run the preview again; give it whole, and the service principal written out: it is no secret.",
        )


def _service(resource: Resource) -> str:
    """The service; "" where that is hidden."""
    # Its id names it, whether or not that is a secret: PRINCIPAL, of an administrator ACCOUNT/PRINCIPAL.
    last = resource.id.rpartition("/")[2]
    by_id = last if last.endswith(".amazonaws.com") else ""
    return known_text(resource.tells("servicePrincipal")) or by_id
