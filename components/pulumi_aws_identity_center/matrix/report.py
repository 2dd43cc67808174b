"""A matrix as JSON, CSV and lines of text. Pure."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from pulumi_aws_identity_center.errors import count

from .grants import Grant, Principal

CSV_COLUMNS = ("principalType", "principalId", "principalName", "permissionSet", "account", "accountName")
# A spreadsheet takes a cell that begins so for a formula (owasp.org/www-community/attacks/CSV_Injection), in some
# locales also with the signs' full-width forms.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


class Line(NamedTuple):
    """One principal's accounts by one permission set."""

    principal: Principal
    permission_set: str
    grants: tuple[Grant, ...]

    @property
    def accounts(self) -> tuple[str, ...]:
        """With name and id."""
        return tuple(map(show_account, self.grants))

    @property
    def account_names(self) -> tuple[str, ...]:
        """The id only where the name isn't known."""
        return tuple(grant.account_name or grant.account for grant in self.grants)


def as_json(grants: Iterable[Grant]) -> str:
    return json.dumps({"grants": [grant.as_json() for grant in grants]}, indent=2)


def as_csv(grants: Iterable[Grant]) -> str:
    """With a header; a row a grant. A text that a spreadsheet would run gets an apostrophe in front."""
    return _csv([CSV_COLUMNS, *map(_cells, grants)])


def changes_as_csv(gains: Iterable[Grant], loses: Iterable[Grant]) -> str:
    rows = [(name, *_cells(grant)) for name, grants in (("gains", gains), ("loses", loses)) for grant in grants]
    return _csv([("change", *CSV_COLUMNS), *rows])


def _cells(grant: Grant) -> tuple[str, ...]:
    principal = (grant.principal.type, grant.principal.id or "", grant.principal.name or "")
    return (*principal, grant.permission_set, grant.account, grant.account_name or "")


def _csv(rows: Iterable[Sequence[str]]) -> str:
    lines = _Lines()
    # The writer quotes what is in its line terminator: a reader would begin a row at a carriage return, too.
    writer = csv.writer(lines, lineterminator="\r\n")
    for row in rows:
        writer.writerow([f"'{cell}" if cell.startswith(_FORMULA_STARTS) else cell for cell in row])
    return "".join(lines)


class _Lines(list[str]):
    """What csv writes, a row at a time, each with a line feed at its end."""

    def write(self, row: str) -> None:
        self.append(row.removesuffix("\r\n") + "\n")


def lines_of(grants: Sequence[Grant]) -> list[Line]:
    """A line for each principal and permission set, in the grants' order."""
    by_line: dict[tuple[Principal, str], list[Grant]] = {}
    for grant in grants:
        by_line.setdefault((grant.principal, grant.permission_set), []).append(grant)
    return [Line(principal, name, tuple(entries)) for (principal, name), entries in by_line.items()]


def show_account(grant: Grant) -> str:
    return f"{grant.account_name} ({grant.account})" if grant.account_name else grant.account


def show_principal(principal: Principal) -> str:
    kind = principal.type.lower()
    return f"{kind} {principal}" if principal.name else f"{kind} {principal} (its name isn't known)"


def shorten(accounts: Sequence[str], limit: int) -> str:
    """The first ones, and how many more there are."""
    if len(accounts) <= limit + 1:
        return ", ".join(accounts)
    return f"{', '.join(accounts[:limit])} and {len(accounts) - limit:,} more"


def summary(grants: Sequence[Grant]) -> str:
    """How many, in a sentence."""
    principals = {grant.principal.key for grant in grants}
    groups = sum(type_ == "GROUP" for type_, _ in principals)
    sets, accounts = len({grant.permission_set for grant in grants}), len({grant.account for grant in grants})
    who = f"{count(groups, 'group')} and {count(len(principals) - groups, 'user')}"
    return f"{count(len(grants), 'grant')}: {who}, {count(sets, 'permission set')}, {count(accounts, 'account')}."


def plain_lines(grants: Sequence[Grant]) -> Iterator[str]:
    """For a pipe: a line for each principal and permission set, with all accounts."""
    for line in lines_of(grants):
        yield f"{show_principal(line.principal)}: {line.permission_set}: {', '.join(line.accounts)}"
