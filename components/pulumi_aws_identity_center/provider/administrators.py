"""Would what a matrix declares lock administrators out? Asked before any of its resources changes.

Before is what the stack's state holds, as this run refreshed it; after is what the program declares. Only where that
alone would lock somebody out, what others granted in the accounts that count is read too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pulumi_aws_identity_center.matrix.grants import Grant, Principal
from pulumi_aws_identity_center.matrix.last_administrator import (
    Loss,
    Operator,
    Side,
    find_losses,
    operator_from_arn,
)
from pulumi_aws_identity_center.matrix.permission_set import PARTS, PermissionSet, parse_permission_set
from pulumi_aws_identity_center.matrix.values import Values

from .permission_set import PermissionSetType
from .run import Instance, Run
from .values import is_unknown

Properties = Mapping[str, Any]


def administrators_losses(run: Run, arguments: Properties) -> list[Loss]:
    """arguments: those of the function declareGrants."""
    before = _stack_side(run, arguments["matrix"])
    after = Side(
        [_grant(row, row["permissionSet"], account) for row in arguments["grants"] for account in row["accounts"]],
        {row["name"]: _parsed(row["name"], row) for row in arguments["permissionSets"]},
    )
    operator = operator_from_arn(run.caller["Arn"])
    if not find_losses(before, after, run.management_account, operator=operator):
        return []
    other_grants = _others(run, run.instance(arguments["instanceArn"]), before, after, operator)
    return find_losses(
        _joined(before, other_grants), _joined(after, other_grants), run.management_account, operator=operator
    )


def _stack_side(run: Run, matrix: str) -> Side:
    """What the state holds of the matrix of that name, by the names of its resources."""
    own = [(token, row) for token, name, row in run.remembered() if name.startswith(f"{matrix}/")]
    sets = {row["arn"]: row for token, row in own if token == PermissionSetType.token}
    grants = [
        _grant(row, sets[row["permissionSetArn"]]["name"], account)
        for token, row in own
        if token != PermissionSetType.token and row["permissionSetArn"] in sets
        for account in row["accounts"]
    ]
    return Side(grants, {row["name"]: _parsed(row["name"], row) for row in sets.values()})


def _others(run: Run, instance: Instance, before: Side, after: Side, operator: Operator | None) -> Side:
    """What nobody of this stack granted, in the accounts that count."""
    accounts = {run.management_account, *([operator.account] if operator else [])}
    own = {grant.key for grant in before.grants} | {grant.key for grant in after.grants}
    grants: list[Grant] = []
    sets: dict[str, PermissionSet] = {}
    for account in sorted(accounts):
        for arn in instance.permission_sets.provisioned_in(account):
            properties = instance.permission_sets.read(arn)
            if properties is None:
                continue
            name = properties["name"]
            rows = instance.permission_sets.assignments(arn, account)
            live = [Grant(Principal(row["PrincipalType"], row["PrincipalId"], None), name, account) for row in rows]
            grants += [grant for grant in live if grant.key not in own]
            sets[name] = _parsed(name, properties)
    return Side(grants, sets)


def _joined(side: Side, others: Side) -> Side:
    return Side([*side.grants, *others.grants], {**others.permission_sets, **side.permission_sets})


def _grant(row: Properties, permission_set: str, account: str) -> Grant:
    return Grant(Principal(row["principalType"], row["principalId"], row.get("principalName")), permission_set, account)


def _parsed(name: str, properties: Properties) -> PermissionSet:
    """What can't be parsed counts as unknown in the judgement, and is refused where it is declared."""
    return parse_permission_set(name, _only(properties, PARTS), "", Values(is_unknown))


def _only(properties: Properties, names: Iterable[str]) -> dict[str, Any]:
    return {name: properties[name] for name in names if name in properties}
