"""A live matrix as the declaration that would make it: the content of access.yaml, and the file for `pulumi import`.
Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pulumi_aws_identity_center.errors import count

from .access_matrix import GROUP
from .grants import Grant, Principal, in_order
from .organization import Organization
from .resource_steps import ASSIGNMENTS_TYPE, EXCLUSIVE_TYPE, MATRIX_TYPE, PERMISSION_SET_TYPE
from .simplest_selector import SimplestSelector

Value = dict[str, Any]
Pair = tuple[Principal, str]


@dataclass(frozen=True)
class Declaration:
    """value: AccessMatrix's arguments. pairs: each (principal, permission set) that it declares. notes: sentences about
    what is in AWS and not in it."""

    value: Value
    pairs: tuple[Pair, ...]
    notes: tuple[str, ...]


def declare(grants: Iterable[Grant], contents: Mapping[str, Value], organization: Organization) -> Declaration:
    """contents: of every permission set, by name."""
    declarable: list[Grant] = []
    left_out: dict[str, list[Grant]] = {}
    shared: set[str] = set()
    for grant in in_order(grants):
        reason = _reason_to_leave_out(grant, contents, organization)
        if reason is None:
            declarable.append(grant)
            continue
        left_out.setdefault(reason, []).append(grant)
        if not _is_inactive(organization, grant.account):
            shared.add(grant.permission_set)
    accounts = _accounts_by_pair(declarable)
    permission_sets = {
        name: {**content, "owns": "listed"} if name in shared else content for name, content in contents.items()
    }
    value = {"permissionSets": permission_sets, "assignments": _assignments(accounts, SimplestSelector(organization))}
    notes = [f"{reason}; {_left_out(rows)}" for reason, rows in left_out.items()]
    notes += [f"{name} {_LISTED}" for name in sorted(shared & contents.keys())]
    return Declaration(value, tuple(accounts), tuple(notes))


_LISTED = "gets `owns: listed`, so that applying the file leaves those grants alone. Remove it to let them go."


def _reason_to_leave_out(grant: Grant, contents: Mapping[str, Value], organization: Organization) -> str | None:
    """Why a matrix can't declare the grant, as a sentence's beginning; None if it can."""
    if grant.principal.name is None:
        return f"{grant.principal.id} is not in the identity store any more"
    account = organization.by_id.get(grant.account)
    if account is None:
        return f"Account {grant.account} is not in the organization"
    if account.reason_to_skip is not None:
        return f"Account {account.id} ({account.name}) {account.reason_to_skip}"
    if grant.permission_set not in contents:
        return f"Account {account.id} ({account.name}) has a permission set that was made during the import"
    return None


def _is_inactive(organization: Organization, account_id: str) -> bool:
    """Whether a matrix changes nothing in the account, whatever it owns."""
    account = organization.by_id.get(account_id)
    return account is not None and account.reason_to_skip is not None


def _left_out(grants: list[Grant]) -> str:
    return f"its {count(len(grants), 'grant')} {'is' if len(grants) == 1 else 'are'} left out."


def _accounts_by_pair(grants: Iterable[Grant]) -> dict[Pair, frozenset[str]]:
    accounts: dict[Pair, set[str]] = {}
    for grant in grants:
        accounts.setdefault((grant.principal, grant.permission_set), set()).add(grant.account)
    return {pair: frozenset(ids) for pair, ids in accounts.items()}


def _assignments(accounts: Mapping[Pair, frozenset[str]], selectors: SimplestSelector) -> list[Value]:
    """An entry for each set of accounts and of permission sets, with everybody who has just those there."""
    sets: dict[tuple[frozenset[str], Principal], list[str]] = {}
    for (principal, permission_set), ids in accounts.items():
        sets.setdefault((ids, principal), []).append(permission_set)
    principals: dict[tuple[frozenset[str], tuple[str, ...]], list[Principal]] = {}
    for (ids, principal), names in sets.items():
        principals.setdefault((ids, tuple(sorted(names))), []).append(principal)
    return [
        {**_names(everybody), "permissionSets": list(names), "accounts": selectors.of(ids)}
        for (ids, names), everybody in principals.items()
    ]


def _names(principals: Iterable[Principal]) -> Value:
    names: Value = {}
    for principal in principals:
        names.setdefault("groups" if principal.type == GROUP else "users", []).append(principal.name)
    return names


@dataclass(frozen=True)
class ImportedComponent:
    """The component `AccessMatrix` in the program. parent: the URN of the component that declares it, if any; version:
    of the plugin."""

    name: str
    version: str
    parent: str | None = None


def import_file(
    declaration: Declaration, arns: Mapping[str, str], instance: str, component: ImportedComponent
) -> Value:
    """For `pulumi import --file`: what the component declares. arns: name → ARN."""
    shared = {"parent": component.name, "version": component.version}
    permission_sets = declaration.value["permissionSets"]
    sets = [
        {"type": PERMISSION_SET_TYPE, "name": f"{component.name}/{name}", "id": f"{arns[name]},{instance}", **shared}
        for name in permission_sets
    ]
    exclusive = [
        {"type": EXCLUSIVE_TYPE, "name": f"{component.name}/{name}", "id": f"{arns[name]},{instance}", **shared}
        for name, content in permission_sets.items()
        if content.get("owns", "all") == "all"
    ]
    assignments = [
        {
            "type": ASSIGNMENTS_TYPE,
            "name": f"{component.name}/{name}/{principal.type.lower()}:{principal.name}",
            "id": f"{principal.id},{principal.type},{arns[name]},{instance}",
            **shared,
        }
        for principal, name in declaration.pairs
    ]
    matrix = {"type": MATRIX_TYPE, "name": component.name, "component": True}
    if component.parent is None:
        return {"resources": [matrix, *sets, *assignments, *exclusive]}
    return {
        "nameTable": {"parent": component.parent},
        "resources": [{**matrix, "parent": "parent"}, *sets, *assignments, *exclusive],
    }
