"""Would what a matrix declares lock administrators out? Asked before any of its resources changes.

Before is what the stack's state holds, as this run refreshed it; after is what the program declares. What others
granted in the accounts that count is read too, if that alone would lock somebody out or the update takes it from them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from pulumi_aws_identity_center.matrix.grants import Grant, Principal
from pulumi_aws_identity_center.matrix.last_administrator import (
    Loss,
    Side,
    find_losses,
    operator_from_arn,
)
from pulumi_aws_identity_center.matrix.permission_set import PARTS, PermissionSet, parse_permission_set
from pulumi_aws_identity_center.matrix.values import Values

from .account_assignments import AccountAssignmentsType
from .permission_set import PermissionSetType
from .run import Instance, Run
from .values import is_unknown

Properties = Mapping[str, Any]


def administrators_losses(run: Run, arguments: Properties) -> list[Loss]:
    """arguments: those of the function declareGrants."""
    instance = run.instance(arguments["instanceArn"])
    permission_sets = _permission_sets_in_state(run, arguments["matrix"])
    before = _side_in_state(run, arguments["matrix"], permission_sets)
    after = _declared_side(arguments)
    operator = operator_from_arn(run.caller["Arn"])
    accounts = sorted({run.management_account, *([operator.account] if operator else [])})
    own = {grant.key for side in (before, after) for grant in side.grants}
    owned = {row["name"] for row in arguments["permissionSets"] if row.get("owns") == "all"}
    owned_arns = {arn: str(row["name"]) for arn, row in permission_sets.items() if row["name"] in owned}
    is_safe_by_itself = not find_losses(before, after, run.management_account, operator=operator)
    if is_safe_by_itself and not _others_have(instance, owned_arns, accounts, own):
        return []
    others = _read_others(instance, accounts, own)
    kept = [grant for grant in others.grants if grant.permission_set not in owned]
    return find_losses(
        _joined(before, others),
        _joined(after, Side(kept, others.permission_sets)),
        run.management_account,
        operator=operator,
    )


def _permission_sets_in_state(run: Run, matrix: str) -> dict[str, Properties]:
    """ARN → what the state holds of each permission set of the matrix, by the names of its resources."""
    return {row["arn"]: row for row in run.remembered(PermissionSetType.token, f"{matrix}/")}


def _side_in_state(run: Run, matrix: str, permission_sets: Mapping[str, Properties]) -> Side:
    grants = [
        _grant(row, permission_sets[row["permissionSetArn"]]["name"], account)
        for row in run.remembered(AccountAssignmentsType.token, f"{matrix}/")
        if row["permissionSetArn"] in permission_sets
        for account in row["accounts"]
    ]
    return Side(grants, {row["name"]: _parsed(row["name"], row) for row in permission_sets.values()})


def _declared_side(arguments: Properties) -> Side:
    return Side(
        [_grant(row, row["permissionSet"], account) for row in arguments["grants"] for account in row["accounts"]],
        {row["name"]: _parsed(row["name"], row) for row in arguments["permissionSets"]},
    )


def _others_have(instance: Instance, arns: Mapping[str, str], accounts: Iterable[str], own: Collection[Any]) -> bool:
    """Whether the update takes one of these permission sets from somebody whom this stack didn't give it. arns: ARN →
    name. own: keys of this stack's grants."""
    for account in accounts:
        for arn in arns.keys() & set(instance.permission_sets.provisioned_in(account)):
            if _others_grants(instance, arn, arns[arn], account, own):
                return True
    return False


def _read_others(instance: Instance, accounts: Iterable[str], own: Collection[Any]) -> Side:
    """What nobody of this stack granted in these accounts, with the whole permission sets."""
    grants: list[Grant] = []
    permission_sets: dict[str, PermissionSet] = {}
    for account in accounts:
        for arn in instance.permission_sets.provisioned_in(account):
            properties = instance.permission_sets.read(arn)
            if properties is None:
                continue
            name = properties["name"]
            grants += _others_grants(instance, arn, name, account, own)
            permission_sets[name] = _parsed(name, properties)
    return Side(grants, permission_sets)


def _others_grants(instance: Instance, arn: str, name: str, account: str, own: Collection[Any]) -> list[Grant]:
    rows = instance.permission_sets.assignments(arn, account)
    grants = [
        Grant(Principal(row["PrincipalType"], row["PrincipalId"], _name(instance, row)), name, account) for row in rows
    ]
    return [grant for grant in grants if grant.key not in own]


def _name(instance: Instance, row: Mapping[str, str]) -> str | None:
    return instance.directory.principal_name(row["PrincipalType"], row["PrincipalId"])


def _joined(side: Side, others: Side) -> Side:
    return Side([*side.grants, *others.grants], {**others.permission_sets, **side.permission_sets})


def _grant(row: Properties, permission_set: str, account: str) -> Grant:
    return Grant(Principal(row["principalType"], row["principalId"], row.get("principalName")), permission_set, account)


def _parsed(name: str, properties: Properties) -> PermissionSet:
    """What can't be parsed counts as unknown in the judgement, and is refused where it is declared."""
    return parse_permission_set(name, _only(properties, PARTS), "", Values(is_unknown))


def _only(properties: Properties, names: Iterable[str]) -> dict[str, Any]:
    return {name: properties[name] for name in names if name in properties}
