"""The organization as AWS has it now. Calls: accounts in pages of 20; with organizational units, one for each of them;
with tags, one for each account (no operation lists tags of several accounts)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING

from pulumi_aws_identity_center.errors import NotPossibleHere
from pulumi_aws_identity_center.names import SSO_SERVICE_PRINCIPAL

from .organization import Organization, OrganizationAccount

if TYPE_CHECKING:
    from pulumi_aws_identity_center.aws.reader import Row, Rows

_SERVICE = "organizations"


def read_organization(
    reader: Rows,
    *,
    with_units: bool,
    with_tags: bool,
    management_account: str | None = None,
    account_rows: Sequence[Row] | None = None,
) -> Organization:
    """management_account: its id, and account_rows: `list_accounts`'s, if they are known. Raises Unanswered,
    and NotPossibleHere if an account moves while it reads."""
    management = management_account or read_management_account(reader)
    rows = list_accounts(reader) if account_rows is None else account_rows
    units = _read_units(reader) if with_units else {}
    paths = _paths_of_accounts(reader, rows, units)
    accounts = [_account(row, paths.get(row["Id"], ""), management) for row in rows]
    if with_units:
        _refuse_unplaced(accounts, paths)
    if with_tags:
        tags = reader.map(lambda account: _read_tags(reader, account.id), accounts)
        accounts = [replace(account, tags=pairs) for account, pairs in zip(accounts, tags, strict=True)]
    return Organization(tuple(accounts), frozenset(units.values()) - {""})


def _refuse_unplaced(accounts: Iterable[OrganizationAccount], paths: Mapping[str, str]) -> None:
    """Each active account has one parent. One that is in no unit that was listed isn't in the root for that."""
    for account in accounts:
        if account.reason_to_skip is None and account.id not in paths:
            raise NotPossibleHere(
                f"Account {account.id} ({account.name}) is in none of the organizational units that AWS listed: it, or "
                "a unit, was moved, made or deleted meanwhile. Run this again."
            )


def _account(row: Row, organizational_unit: str = "", management_account: str = "") -> OrganizationAccount:
    return OrganizationAccount(
        id=row["Id"],
        name=row.get("Name") or "",
        state=row.get("State") or row.get("Status") or "ACTIVE",
        organizational_unit=organizational_unit,
        is_management=row["Id"] == management_account,
    )


def list_accounts(reader: Rows) -> list[Row]:
    """Every account, in pages of 20."""
    return list(reader.rows(_SERVICE, "list_accounts", "Accounts"))


def inactive_account_ids(rows: Iterable[Row]) -> frozenset[str]:
    """rows: `list_accounts`'s."""
    return frozenset(account.id for account in map(_account, rows) if account.reason_to_skip is not None)


def read_management_account(reader: Rows) -> str:
    return str(reader.call(_SERVICE, "describe_organization")["Organization"]["MasterAccountId"])


def read_delegated_administrator(reader: Rows) -> str | None:
    """Identity Center's."""
    about = {"ServicePrincipal": SSO_SERVICE_PRINCIPAL}
    rows = reader.rows(_SERVICE, "list_delegated_administrators", "DelegatedAdministrators", **about)
    return next((str(row["Id"]) for row in rows), None)


def _read_tags(reader: Rows, account_id: str) -> dict[str, str]:
    rows = reader.rows(_SERVICE, "list_tags_for_resource", "Tags", ResourceId=account_id)
    return {row["Key"]: row["Value"] for row in rows}


def _read_units(reader: Rows) -> dict[str, str]:
    """Id → path of names, the roots' being empty. A level at a time, its units side by side."""
    level = {row["Id"]: "" for row in reader.rows(_SERVICE, "list_roots", "Roots")}
    units: dict[str, str] = {}
    while level:
        units |= level
        children = reader.map(lambda parent: _read_children(reader, *parent), level.items())
        level = dict(chain.from_iterable(children))
    return units


def _read_children(reader: Rows, parent: str, path: str) -> list[tuple[str, str]]:
    """(id, path) each."""
    rows = reader.rows(_SERVICE, "list_organizational_units_for_parent", "OrganizationalUnits", ParentId=parent)
    return [(row["Id"], f"{path}/{_path_part(row['Name'])}".removeprefix("/")) for row in rows]


def _path_part(name: str) -> str:
    """A unit's name may have a slash (API_OrganizationalUnit.html), which separates units in a path. No two names have
    one part."""
    return re.sub(r"%(?=2[5F])", "%25", name).replace("/", "%2F")


def _paths_of_accounts(reader: Rows, rows: Sequence[Row], units: Mapping[str, str]) -> dict[str, str]:
    """Account id → its unit's path. Without `Paths`, new in 2026, each unit's accounts are listed."""
    if all(row.get("Paths") for row in rows):
        unit_ids = {row["Id"]: _last_id(row["Paths"][0], row["Id"]) for row in rows}
        return {account_id: units[unit_id] for account_id, unit_id in unit_ids.items() if unit_id in units}
    members = reader.map(lambda unit: _read_members(reader, *unit), units.items())
    return dict(chain.from_iterable(members))


def _last_id(path: str, account_id: str) -> str:
    """The unit in a path such as o-a/r-b/ou-c/111122223333/, with or without the account itself."""
    return path.strip("/").removesuffix(account_id).strip("/").rpartition("/")[2]


def _read_members(reader: Rows, unit: str, path: str) -> list[tuple[str, str]]:
    """(account id, the unit's path) each."""
    return [(row["Id"], path) for row in reader.rows(_SERVICE, "list_accounts_for_parent", "Accounts", ParentId=unit)]
