"""What a matrix comes to in an organization: for each principal and permission set, the accounts. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pulumi_aws_identity_center.errors import InvalidInput

from .access_matrix import AccessMatrix, PrincipalReference
from .organization import Organization
from .selection import Selection, SkippedAccount, select_accounts


@dataclass(frozen=True)
class ExpandedAssignment:
    """The accounts in which one principal has one permission set. account_ids: sorted."""

    principal: PrincipalReference
    permission_set: str
    account_ids: tuple[str, ...]
    deferred_ids: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Expansion:
    """assignments: one for each (principal, permission set), in the matrix's order, also where it comes to
    no account. skipped: each account once."""

    assignments: tuple[ExpandedAssignment, ...]
    skipped: tuple[SkippedAccount, ...] = ()

    @property
    def grants(self) -> int:
        """How many (principal, permission set, account) there are."""
        return sum(len(entry.account_ids) + len(entry.deferred_ids) for entry in self.assignments)


@dataclass
class _Accounts:
    ids: set[str] = field(default_factory=set)
    deferred_ids: list[Any] = field(default_factory=list)


def expand(
    matrix: AccessMatrix,
    organization: Organization,
    resolve: Callable[[PrincipalReference], PrincipalReference] = lambda reference: reference,
) -> Expansion:
    """Raises InvalidInput with every problem of every selector.

    resolve: gives the one reference by which a principal is known, so that a group named in one entry and given by id
    in another is one principal.
    """
    expansion, problems = expand_usable(matrix, organization, resolve)
    if problems:
        raise InvalidInput(problems)
    return expansion


def expand_usable(
    matrix: AccessMatrix,
    organization: Organization,
    resolve: Callable[[PrincipalReference], PrincipalReference] = lambda reference: reference,
) -> tuple[Expansion, list[str]]:
    """The matrix without the accounts of wrong selectors, and every problem of those selectors."""
    selections, problems = _selections(matrix, organization)
    accounts: dict[tuple[PrincipalReference, str], _Accounts] = {}
    for assignment, selection in zip(matrix.assignments, selections, strict=True):
        for principal in assignment.principals:
            for permission_set in assignment.permission_sets:
                entry = accounts.setdefault((resolve(principal), permission_set), _Accounts())
                entry.ids.update(selection.account_ids)
                entry.deferred_ids.extend(selection.deferred_ids)
    assignments = tuple(
        ExpandedAssignment(principal, permission_set, tuple(sorted(entry.ids)), tuple(entry.deferred_ids))
        for (principal, permission_set), entry in accounts.items()
    )
    return Expansion(assignments, _each_once(selections)), problems


def _selections(matrix: AccessMatrix, organization: Organization) -> tuple[list[Selection], list[str]]:
    """One for each assignment, without an account where its selector has problems; and those problems."""
    selections: list[Selection] = []
    problems: list[str] = []
    for assignment in matrix.assignments:
        selection = Selection(())
        try:
            selection = select_accounts(assignment.accounts, organization, f"{assignment.key}.accounts")
        except InvalidInput as error:
            problems += error.problems
        selections.append(Selection(()) if assignment.is_partial else selection)
    return selections, problems


def _each_once(selections: list[Selection]) -> tuple[SkippedAccount, ...]:
    skipped: Mapping[str, SkippedAccount] = {
        entry.account.id: entry for selection in selections for entry in selection.skipped
    }
    return tuple(skipped[account_id] for account_id in sorted(skipped))
