"""The delegated administrator: who administers sign-in from another account."""

from __future__ import annotations

from collections.abc import Iterator

from pulumi_aws_identity_center.gate.finding import Finding, finding
from pulumi_aws_identity_center.gate.step import Step, either
from pulumi_aws_identity_center.names import SSO_SERVICE_PRINCIPAL

from .service_principal import of_identity_center
from .trusted_access import lost_options


def delegated_administrator(step: Step) -> Iterator[Finding]:
    yield from of_identity_center(step, _of_identity_center)


def _of_identity_center(step: Step) -> Iterator[Finding]:
    account = either(step.old, "accountId")
    if step.drift:
        if step.new is None:
            detail = f"Account {account} is no longer the delegated administrator for {SSO_SERVICE_PRINCIPAL} in AWS."
            yield finding("administrator-gone", step, detail, "Run pulumi up with the resource in the program.")
    elif step.goes:
        yield finding(
            "administrator-removed",
            step,
            f"Account {account} would stop being the delegated administrator for {SSO_SERVICE_PRINCIPAL}"
            + (" as this stack sees it (retainOnDelete leaves it)" if step.retained else "")
            + ": who administers sign-in from there could no longer count on it.",
            "Keep the resource as it is; to hand over on purpose, apply this with the new administrator's owners told.",
        )
    else:
        yield from lost_options(step)
