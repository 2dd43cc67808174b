"""The names that a preview lacks: of accounts, permission sets, groups and users. Asks only for those."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from pulumi_aws_identity_center.aws.reader import Reader, Unanswered, malformed_is_unanswered

from .grants import Grant, Principal, in_order
from .live_center import Instance, describe, find_instance
from .live_organization import read_organization
from .names import describe_principal
from .preview import AccessChanges


def lacks_names(changes: AccessChanges) -> bool:
    return any(_lacks_name(grant) for grant in (*changes.gains, *changes.loses))


def _lacks_name(grant: Grant) -> bool:
    return grant.account_name is None or grant.principal.name is None or grant.permission_set.startswith("arn:")


@malformed_is_unanswered()
def name_changes(changes: AccessChanges, reader: Reader) -> AccessChanges:
    """A name that AWS doesn't know either stays away. Raises Unanswered, NotPossibleHere."""
    grants = [*changes.gains, *changes.loses]
    instance = find_instance(reader)
    accounts = _account_names(reader, grants)
    sets = sorted({grant.permission_set for grant in grants if grant.permission_set.startswith("arn:")})
    set_names = dict(zip(sets, reader.map(lambda arn: _set_name(reader, instance, arn), sets), strict=True))
    nameless = sorted({one.key for grant in grants if (one := grant.principal).name is None and one.id})
    principals = dict(zip(nameless, reader.map(lambda key: _principal(reader, instance, key), nameless), strict=True))

    def named(grants: Iterable[Grant]) -> tuple[Grant, ...]:
        return tuple(
            in_order(
                Grant(
                    principals.get(grant.principal.key, grant.principal),
                    set_names.get(grant.permission_set, grant.permission_set),
                    grant.account,
                    grant.account_name or accounts.get(grant.account),
                )
                for grant in grants
            )
        )

    return replace(changes, gains=named(changes.gains), loses=named(changes.loses))


def _account_names(reader: Reader, grants: Iterable[Grant]) -> dict[str, str]:
    if all(grant.account_name for grant in grants):
        return {}
    organization = read_organization(reader, with_units=False, with_tags=False)
    return {account.id: account.name for account in organization.accounts}


def _set_name(reader: Reader, instance: Instance, arn: str) -> str:
    try:
        return str(describe(reader, instance, arn)["Name"])
    except Unanswered as error:
        if error.answer.code == "ResourceNotFoundException":
            return arn
        raise


def _principal(reader: Reader, instance: Instance, key: tuple[str, str]) -> Principal:
    type_, id_ = key
    return describe_principal(reader, instance, type_, id_) or Principal(type_, id_, None)
