"""Would a preview take away the last administrator? Judged against the live organization, so that grants of other
stacks count too. Asks only about the accounts where administration is: the management account's and the delegated
administrator's, two calls for each permission set there and five for its content.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pulumi_aws_identity_center.aws.reader import Reader, Row, Unanswered, malformed_is_unanswered
from pulumi_aws_identity_center.names import SSO_SERVICE_PRINCIPAL

from .grants import Grant, Principal
from .last_administrator import AccessState, Loss, find_losses, operator_from_arn
from .live_center import Instance, describe, find_instance
from .live_permission_sets import read_content
from .names import describe_principal
from .permission_set import KEYS, PermissionSet, parse_permission_set
from .preview import AccessChanges
from .values import Values

_ADMIN = "sso-admin"


@malformed_is_unanswered()
def find_live_losses(reader: Reader, changes: AccessChanges) -> list[Loss]:
    """Raises Unanswered, NotPossibleHere."""
    if not changes.loses and not changes.changed_sets:
        return []
    instance = find_instance(reader)
    management = str(reader.call("organizations", "describe_organization")["Organization"]["MasterAccountId"])
    delegated = _delegated_administrator(reader)
    operator = operator_from_arn(reader.call("sts", "get_caller_identity")["Arn"])
    accounts = {account for account in (management, delegated, operator and operator.account) if account}
    before = _side_now(reader, instance, accounts)

    def losses(side: AccessState) -> list[Loss]:
        return find_losses(side, _side_after(side, changes, accounts), management, delegated, operator)

    # Most changes take nothing away: only what is told needs names.
    return losses(_with_names(reader, instance, before)) if losses(before) else []


def _with_names(reader: Reader, instance: Instance, side: AccessState) -> AccessState:
    keys = sorted({grant.principal.key for grant in side.grants})
    names = dict(zip(keys, reader.map(lambda key: describe_principal(reader, instance, *key), keys), strict=True))
    grants = [grant._replace(principal=names[grant.principal.key] or grant.principal) for grant in side.grants]
    return AccessState(grants, side.permission_sets)


def _delegated_administrator(reader: Reader) -> str | None:
    parameters = {"ServicePrincipal": SSO_SERVICE_PRINCIPAL}
    rows = reader.rows("organizations", "list_delegated_administrators", "DelegatedAdministrators", **parameters)
    return next((row["Id"] for row in rows), None)


def _side_now(reader: Reader, instance: Instance, accounts: Iterable[str]) -> AccessState:
    places = [(account, arn) for account in accounts for arn in _provisioned_sets(reader, instance, account)]
    arns = sorted({arn for _, arn in places})
    described = dict(zip(arns, reader.map(lambda arn: describe(reader, instance, arn), arns), strict=True))
    rows = reader.map(lambda place: _grants(reader, instance, place, described), places)
    contents = read_content(reader, instance, described)
    return AccessState(
        [grant for grants in rows for grant in grants],
        {name: _parsed(name, content) for name, content in contents.items()},
    )


def _provisioned_sets(reader: Reader, instance: Instance, account: str) -> list[str]:
    operation = "list_permission_sets_provisioned_to_account"
    try:
        return list(reader.rows(_ADMIN, operation, "PermissionSets", InstanceArn=instance.arn, AccountId=account))
    except Unanswered as error:
        if error.answer.code == "ResourceNotFoundException":  # the operator's account is in no reach of the instance
            return []
        raise


def _grants(reader: Reader, instance: Instance, place: tuple[str, str], described: Mapping[str, Row]) -> list[Grant]:
    account, arn = place
    parameters = {"InstanceArn": instance.arn, "AccountId": account, "PermissionSetArn": arn}
    return [
        Grant(Principal(row["PrincipalType"], row["PrincipalId"], None), described[arn]["Name"], account)
        for row in reader.rows(_ADMIN, "list_account_assignments", "AccountAssignments", **parameters)
    ]


def _side_after(before: AccessState, changes: AccessChanges, accounts: Iterable[str]) -> AccessState:
    """What the preview doesn't know of a permission set's content counts as unknown policies."""
    places = set(accounts)
    lost = {grant.key for grant in changes.loses}
    kept = [grant for grant in before.grants if grant.key not in lost]
    gained = [grant for grant in changes.gains if grant.account in places]
    permission_sets = dict(before.permission_sets)
    for changed in changes.changed_sets:
        if changed.content is not None:
            permission_sets[changed.name] = _parsed(changed.name, changed.content)
    return AccessState([*kept, *gained], permission_sets)


def _parsed(name: str, content: Mapping[str, Any]) -> PermissionSet:
    """Unknown text passes as unknown, since it isn't a text."""
    values = Values(is_deferred=lambda value: value is None)
    return parse_permission_set(name, {key: content[key] for key in KEYS if key in content}, "", values)
