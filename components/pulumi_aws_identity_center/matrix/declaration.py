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
_MADE_MEANWHILE = "has a permission set that was made during the import"


@dataclass(frozen=True)
class Declaration:
    """value: AccessMatrix's arguments. pairs: each (principal, permission set) that it declares. notes: sentences about
    what is in AWS and not in it."""

    value: Value
    pairs: tuple[Pair, ...]
    notes: tuple[str, ...]


def declare(grants: Iterable[Grant], contents: Mapping[str, Value], organization: Organization) -> Declaration:
    """contents: of every permission set, by name."""
    declarable, notes, shared = _declarable(grants, contents, organization)
    accounts = _accounts_by_pair(declarable)
    permission_sets = {
        name: {**content, "owns": "listed"} if name in shared else content for name, content in contents.items()
    }
    value = {"permissionSets": permission_sets, "assignments": _assignments(accounts, SimplestSelector(organization))}
    return Declaration(value, tuple(accounts), tuple(notes))


def _declarable(
    grants: Iterable[Grant], contents: Mapping[str, Value], organization: Organization
) -> tuple[list[Grant], list[str], set[str]]:
    """The grants that a matrix can declare; what is left out; the permission sets that must not own all grants, since
    somebody has one that can't be declared."""
    declarable: list[Grant] = []
    orphans: dict[str, list[Grant]] = {}
    elsewhere: dict[str, list[Grant]] = {}
    for grant in in_order(grants):
        account = organization.by_id.get(grant.account)
        if grant.principal.name is None:
            orphans.setdefault(str(grant.principal.id), []).append(grant)
        elif grant.permission_set not in contents or account is None or account.reason_to_skip is not None:
            elsewhere.setdefault(grant.account, []).append(grant)
        else:
            declarable.append(grant)
    left_out = [grant for rows in (*orphans.values(), *elsewhere.values()) for grant in rows]
    shared = {
        grant.permission_set for grant in left_out if not _is_inactive(organization, grant.account)
    } & contents.keys()
    notes = [f"{id_} is not in the identity store any more; {_left_out(rows)}" for id_, rows in orphans.items()]
    notes += [_inactive_note(organization, account_id, rows) for account_id, rows in elsewhere.items()]
    notes += [
        f"{name} gets `owns: listed`, so that applying the file leaves those grants alone. Remove it to let them go."
        for name in sorted(shared)
    ]
    return declarable, notes, shared


def _is_inactive(organization: Organization, account_id: str) -> bool:
    """Whether a matrix changes nothing in the account, whatever it owns."""
    account = organization.by_id.get(account_id)
    return account is not None and account.reason_to_skip is not None


def _inactive_note(organization: Organization, account_id: str, grants: list[Grant]) -> str:
    account = organization.by_id.get(account_id)
    name = f" ({account.name})" if account else ""
    reason = account.reason_to_skip if account else "is not in the organization"
    return f"Account {account_id}{name} {reason or _MADE_MEANWHILE}; {_left_out(grants)}"


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
