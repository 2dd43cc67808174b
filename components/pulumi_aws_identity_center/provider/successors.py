"""Who has a permission set in an account after this run, when somebody loses it there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from pulumi_aws_identity_center.aws.assignment_queue import CANCELLED
from pulumi_aws_identity_center.aws.assignments import Grant
from pulumi_aws_identity_center.errors import count

from .assignment_work import DEFERRED, shorten_accounts
from .run import Instance, Report, Run

Principal = tuple[str, str]


@dataclass
class MissingSuccessors:
    """grants: of other resources, which have to be there before the revocations. deferred: revocations whose successor
    is of a resource that the engine didn't show: it comes later, or --target leaves it out."""

    grants: list[Grant] = field(default_factory=list)
    deferred: list[Grant] = field(default_factory=list)


def find_missing_successors(run: Run, instance: Instance, revoked: Iterable[Grant]) -> MissingSuccessors:
    """Waits a while for resources that the engine is about to show. Raises CallFailed."""
    missing = MissingSuccessors()
    for grant in revoked:
        principals = _successors(run, instance, grant)
        if not principals or _is_held(instance, grant, principals):
            continue
        shown_principals = run.declared.shown_principals(grant.permission_set, grant.account, principals)
        if shown_principals:
            missing.grants.append(Grant(grant.account, grant.permission_set, *shown_principals[0]))
        else:
            missing.deferred.append(grant)
    return missing


def defer_revocations(run: Run, label: str, grants: list[Grant], report: Report) -> dict[Grant, str]:
    """Leaves these to the resource that grants the permission set to somebody else. Why each is not done yet."""
    if run.is_stopped or not grants:
        return dict.fromkeys(grants, CANCELLED)
    run.deferred.add(grants)
    accounts = sorted({grant.account for grant in grants})
    number = count(len(accounts), "account")
    report.warn(
        f"{label} keeps this permission set for now in {number} ({shorten_accounts(accounts)}): "
        "nobody else has it there yet. The resource that grants it to somebody else comes later in this update, "
        "and then revokes it. If --target or --exclude leaves that resource out, the grant stays until the next update."
    )
    return dict.fromkeys(grants, DEFERRED)


def has_successor(run: Run, instance: Instance, grant: Grant) -> bool:
    """Whether somebody else who is declared to have the permission set in the account has it. Raises CallFailed."""
    return _is_held(instance, grant, _successors(run, instance, grant))


def _successors(run: Run, instance: Instance, grant: Grant) -> list[Principal]:
    principal = (grant.principal_type, grant.principal_id)
    declared = run.declared.other_principals(grant.permission_set, grant.account, principal)
    return [successor for successor in declared if not instance.holdings.is_gone(successor)]


def _is_held(instance: Instance, grant: Grant, principals: Iterable[Principal]) -> bool:
    holdings = (instance.holdings.accounts(grant.permission_set, principal) for principal in principals)
    return any(grant.account in accounts for accounts in holdings)
