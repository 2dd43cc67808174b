"""Expands a matrix in an organization: the accounts of each principal and permission set. Pure."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from pulumi_aws_identity_center.errors import collected

from .access_matrix import AccessMatrix, Assignment, PrincipalReference
from .organization import Organization
from .selection import Selection, SkippedAccount, select_accounts


@dataclass(frozen=True)
class ExpandedAssignment:
    """The accounts in which one principal has one permission set. account_ids: sorted, without those that only the
    update knows."""

    principal: PrincipalReference
    permission_set: str
    account_ids: tuple[str, ...]


@dataclass(frozen=True)
class Expansion:
    """assignments: one for each (principal, permission set), in the matrix's order, also where it comes to no account.
    skipped: each account once. problems: those of every selector; a wrong one selects no account."""

    assignments: tuple[ExpandedAssignment, ...]
    skipped: tuple[SkippedAccount, ...] = ()
    problems: tuple[str, ...] = ()


def expand(matrix: AccessMatrix, organization: Organization) -> Expansion:
    account_ids: dict[tuple[PrincipalReference, str], set[str]] = {}
    skipped: dict[str, SkippedAccount] = {}
    problems: list[str] = []
    for assignment in matrix.assignments:
        selection = _select(assignment, organization, problems)
        for pair in itertools.product(assignment.principals, assignment.permission_sets):
            account_ids.setdefault(pair, set()).update(selection.account_ids)
        skipped |= {entry.account.id: entry for entry in selection.skipped}
    assignments = tuple(ExpandedAssignment(*pair, tuple(sorted(ids))) for pair, ids in account_ids.items())
    return Expansion(assignments, tuple(skipped[id_] for id_ in sorted(skipped)), tuple(problems))


def _select(assignment: Assignment, organization: Organization, problems: list[str]) -> Selection:
    """Notes the selector's problems; selects nothing where it has any."""
    selection = Selection(())
    with collected(problems):
        selection = select_accounts(assignment.accounts, organization, f"{assignment.key}.accounts")
    return Selection(()) if assignment.is_partial else selection
