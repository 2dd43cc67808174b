"""The delegated administrator: the account that administers sign-in for the management account."""

from __future__ import annotations

from collections.abc import Iterator

from pulumi_aws_identity_center.gate.change import Change
from pulumi_aws_identity_center.gate.finding import Finding, finding, lost_options
from pulumi_aws_identity_center.gate.service_principal import Guarded, judge_principal
from pulumi_aws_identity_center.names import SSO_SERVICE_PRINCIPAL

_REGISTER = "Run `pulumi up --refresh` with the resource in the program: that registers the account again."


def judge(change: Change, guarded: Guarded) -> Iterator[Finding]:
    # Another service's administrator signs nobody out, whichever services' trusted access is guarded.
    yield from judge_principal(change, (SSO_SERVICE_PRINCIPAL,), _judge)


def _judge(change: Change, principal: str) -> Iterator[Finding]:
    account = change.old.tells("accountId")
    if change.is_drift:
        if change.after is None:
            detail = f"Account {account} is no longer the delegated administrator for {principal} in AWS."
            yield finding("administrator-gone", change, detail, _REGISTER)
    elif change.is_let_go:
        where = " as this stack sees it (AWS keeps it)" if change.stays_in_aws else ""
        yield finding(
            "administrator-removed",
            change,
            f"Account {account} would stop being the delegated administrator for {principal}{where}: "
            "people there could no longer administer Identity Center.",
            "Keep the resource as it is. Before you change the administrator on purpose, tell both accounts' owners.",
        )
    else:
        yield from lost_options(change)
