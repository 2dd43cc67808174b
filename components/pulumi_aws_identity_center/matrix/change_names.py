"""The names that a preview lacks: of accounts, permission sets, groups and users. Asks only for those."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from pulumi_aws_identity_center.aws.permission_sets import PermissionSets
from pulumi_aws_identity_center.aws.reader import Reader, malformed_is_unanswered
from pulumi_aws_identity_center.aws.results import unless_missing

from .grants import Grant, in_order
from .live_center import find_instance, identity_store
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
    store, permission_sets = identity_store(reader, instance), PermissionSets(reader, instance.arn)
    accounts = _account_names(reader, grants)
    sets = sorted({grant.permission_set for grant in grants if grant.permission_set.startswith("arn:")})
    described = reader.map(lambda arn: unless_missing(lambda: permission_sets.describe(arn)), sets)
    set_names = {arn: str(row["Name"]) for arn, row in zip(sets, described, strict=True) if row is not None}
    nameless = sorted({grant.principal.key for grant in grants if grant.principal.is_known_by_id_only})
    principals = dict(zip(nameless, reader.map(lambda key: describe_principal(store, *key), nameless), strict=True))

    def named(grant: Grant) -> Grant:
        return Grant(
            principals.get(grant.principal.key) or grant.principal,
            set_names.get(grant.permission_set, grant.permission_set),
            grant.account,
            grant.account_name or accounts.get(grant.account),
        )

    gains, loses = in_order(map(named, changes.gains)), in_order(map(named, changes.loses))
    return replace(changes, gains=tuple(gains), loses=tuple(loses))


def _account_names(reader: Reader, grants: Iterable[Grant]) -> dict[str, str]:
    if all(grant.account_name for grant in grants):
        return {}
    organization = read_organization(reader, with_units=False, with_tags=False)
    return {account.id: account.name for account in organization.accounts}
