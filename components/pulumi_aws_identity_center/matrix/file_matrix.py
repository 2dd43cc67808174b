"""The grants that a file declares: names expanded against the live organization; without it, as far as that goes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from pulumi_aws_identity_center.aws.reader import Reader, malformed_is_unanswered
from pulumi_aws_identity_center.errors import refuse

from .access_matrix import AccessMatrix, Assignment
from .expansion import expand
from .grants import Grant, Principal, in_order
from .live_center import find_instance
from .live_organization import read_organization
from .names import find_principals
from .selector import Selector


@dataclass(frozen=True)
class DeclaredGrants:
    """skipped: sentences about accounts that get no grant. unexpanded: sentences about what could not be expanded."""

    grants: list[Grant]
    skipped: tuple[str, ...] = ()
    unexpanded: tuple[str, ...] = ()


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


def expand_offline(matrix: AccessMatrix) -> DeclaredGrants:
    """Account ids only: no name, organizational unit, tag or `all` can be told without the organization."""
    grants: list[Grant] = []
    unexpanded: list[str] = []
    for assignment in matrix.assignments:
        if reasons := _needs_organization(assignment.accounts):
            unexpanded.append(f"{assignment.key}.accounts: {', '.join(reasons)} can't be expanded without AWS.")
        grants += _known_grants(assignment)
    return DeclaredGrants(in_order(grants), (), tuple(unexpanded))


def _known_grants(assignment: Assignment) -> Iterator[Grant]:
    exclusion = assignment.accounts.exclusion or Selector()
    if exclusion.exclusion is not None or _needs_organization(exclusion):
        return  # what it takes away isn't known, so nothing of the rest is
    excluded = set(exclusion.ids)
    accounts = [account for account in assignment.accounts.ids if account not in excluded]
    for reference, permission_set, account in product(assignment.principals, assignment.permission_sets, accounts):
        yield Grant(Principal(reference.type, reference.id, reference.name), permission_set, account)


def _needs_organization(selector: Selector) -> list[str]:
    """The keys that nobody can expand without it."""
    keys = {
        "names": selector.names,
        "organizationalUnits": selector.organizational_units,
        "tags": selector.tags,
        "all": selector.all,
    }
    reasons = [key for key, value in keys.items() if value]
    if selector.exclusion is not None:
        reasons += [f"except.{reason}" for reason in _needs_organization(selector.exclusion)]
    return reasons
