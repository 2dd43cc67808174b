"""The grants that a file declares: names expanded against the live organization."""

from __future__ import annotations

from dataclasses import dataclass

from pulumi_aws_identity_center.aws.reader import Reader, malformed_is_unanswered
from pulumi_aws_identity_center.errors import refuse

from .access_matrix import AccessMatrix
from .expansion import expand
from .grants import Grant, in_order
from .live_center import find_instance
from .live_organization import read_organization
from .names import find_principals


@dataclass(frozen=True)
class DeclaredGrants:
    """skipped: sentences about accounts that get no grant."""

    grants: list[Grant]
    skipped: tuple[str, ...]


@malformed_is_unanswered()
def expand_live(reader: Reader, matrix: AccessMatrix) -> DeclaredGrants:
    """Raises InvalidInput with every problem: of accounts, groups and users. Raises Unanswered, NotPossibleHere."""
    instance = find_instance(reader)
    organization = read_organization(reader, with_units=matrix.needs_units, with_tags=matrix.needs_tags)
    principals, unknown = find_principals(reader, instance, matrix)
    expansion = expand(matrix, organization)
    problems = [*unknown, *expansion.problems]
    refuse(problems)
    names = {account.id: account.name for account in organization.accounts}
    grants = [
        Grant(principals[entry.principal], entry.permission_set, account, names.get(account))
        for entry in expansion.assignments
        for account in entry.account_ids
    ]
    return DeclaredGrants(in_order(grants), tuple(str(skipped) for skipped in expansion.skipped))
