"""Would a matrix lock administrators out? Judged before any of its resources changes.

Before: the grants in the stack's state, as this run refreshed it, if it did. After: the grants that the program's
matrices have declared so far, and the state's grants of permission sets that no matrix declares or drops. Grants by
others in the management account and the delegated administrator's are read from AWS if the answer depends on them.

A permission set is known by its name in AWS, not by its resource's: a matrix may be renamed in the same update.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import partial
from itertools import chain
from typing import Any

from pulumi_aws_identity_center.domain.resource_types import child_urn, name_of
from pulumi_aws_identity_center.matrix.grants import Grant, Principal
from pulumi_aws_identity_center.matrix.last_administrator import (
    AccessState,
    Loss,
    accounts_that_decide,
    find_losses,
    operator_from_arn,
)
from pulumi_aws_identity_center.matrix.live_access import LiveAccess, parse_content, read_live_access
from pulumi_aws_identity_center.matrix.permission_set import PermissionSet
from pulumi_aws_identity_center.matrix.resource_steps import ASSIGNMENTS_TYPE, MATRIX_TYPE, PERMISSION_SET_TYPE

from .run import Instance, Run
from .values import UNKNOWN

Properties = Mapping[str, Any]


def administrators_losses(run: Run, declared: Sequence[Properties]) -> list[Loss]:
    """declared: of each matrix that has declared by now, the arguments of the function declareGrants."""
    instance = run.instance(declared[-1]["instanceArn"])
    permission_sets = {row["arn"]: row for row in _of_matrices(run, PERMISSION_SET_TYPE)}
    before = _side_in_state(run, permission_sets)
    for arguments in declared:
        may_lock_out = bool(arguments.get("mayLockOut"))
        run.note_matrix(arguments["matrix"], _declared_side(arguments), may_lock_out=may_lock_out)
    owned = {row["name"] for arguments in declared for row in arguments["permissionSets"] if row.get("owns") == "all"}
    after = _side_after(run, before)
    operator = operator_from_arn(run.caller["Arn"])
    management, delegated = run.management_account, run.delegated_administrator
    find = partial(find_losses, management_account=management, delegated_administrator=delegated, operator=operator)
    accounts = sorted(accounts_that_decide(management, delegated, operator))
    own = {grant.key for grant in (*before.grants, *after.grants)}
    names = {arn: str(row["name"]) for arn, row in permission_sets.items()}
    if not find(before, after) and not _others_have(instance, names, accounts, own):
        return []
    live = read_live(run, instance, accounts).state
    others = [grant for grant in live.grants if grant.key not in own]
    kept = [grant for grant in others if grant.permission_set not in owned]
    return find(
        _joined(before, AccessState(others, live.permission_sets)),
        _joined(after, AccessState(kept, live.permission_sets)),
    )


def _of_matrices(run: Run, token: str) -> list[Properties]:
    return [row for urn, row in run.in_state(token).items() if MATRIX_TYPE in urn]


def _side_in_state(run: Run, permission_sets: Mapping[str, Properties]) -> AccessState:
    """permission_sets: ARN → what the state holds of each permission set of a matrix."""
    grants: list[Grant] = []
    for row in _of_matrices(run, ASSIGNMENTS_TYPE):
        if row["permissionSetArn"] in permission_sets:
            grants += _grants(row, permission_sets[row["permissionSetArn"]]["name"])
    return AccessState(grants, _parsed_by_name(permission_sets.values()))


def _side_after(run: Run, before: AccessState) -> AccessState:
    """What this run's matrices have declared by now, and what the state holds of the others' permission sets: of those
    that no matrix has declared, and that were of none that has. What one drops another may declare."""
    after = AccessState([], {})
    earlier: set[str] = set()
    for matrix, side in run.declared_sides().items():
        after = _joined(after, side)
        children = child_urn(matrix, PERMISSION_SET_TYPE, f"{name_of(matrix)}/")
        earlier.update(
            row["name"] for urn, row in run.in_state(PERMISSION_SET_TYPE).items() if urn == children + row["name"]
        )
    others = before.permission_sets.keys() - after.permission_sets.keys() - earlier
    kept = [grant for grant in before.grants if grant.permission_set in others]
    return _joined(after, AccessState(kept, before.permission_sets))


def _declared_side(arguments: Properties) -> AccessState:
    grants = [_grants(row, row["permissionSet"]) for row in arguments["grants"]]
    rows = [{**row, **dict.fromkeys(row.get("unknown", ()), UNKNOWN)} for row in arguments["permissionSets"]]
    return AccessState(list(chain.from_iterable(grants)), _parsed_by_name(rows))


def _others_have(instance: Instance, arns: Mapping[str, str], accounts: Iterable[str], own: Collection[Any]) -> bool:
    """Whether somebody has one of these permission sets whom this stack didn't give it: the update may take it, or its
    policies, from them. arns: ARN → name. own: keys of this stack's grants."""
    sets = instance.permission_sets
    for account in accounts:
        for arn in arns.keys() & set(sets.provisioned_in(account)):
            holders = ((row["PrincipalType"], row["PrincipalId"]) for row in sets.assignments(arn, account))
            if any((*holder, arns[arn], account) not in own for holder in holders):
                return True
    return False


def read_live(run: Run, instance: Instance, accounts: Iterable[str]) -> LiveAccess:
    """Who has what in these accounts in AWS now, with names. Raises CallFailed."""
    return read_live_access(run.client, instance.permission_sets, accounts, instance.directory.principal_name)


def _joined(side: AccessState, others: AccessState) -> AccessState:
    return AccessState([*side.grants, *others.grants], {**others.permission_sets, **side.permission_sets})


def _grants(row: Properties, permission_set: str) -> list[Grant]:
    """What a row of assignments gives, an account each."""
    principal = Principal(row["principalType"], row["principalId"], row.get("principalName"))
    return [Grant(principal, permission_set, account) for account in row["accounts"]]


def _parsed_by_name(rows: Iterable[Properties]) -> dict[str, PermissionSet]:
    return {row["name"]: parse_content(row["name"], row) for row in rows}
