"""AWS's answers about an organization, as plain data."""

from __future__ import annotations

from typing import Any

import pytest
from pulumi_aws_identity_center.errors import NotPossibleHere
from pulumi_aws_identity_center.matrix.live_organization import read_organization
from pulumi_aws_identity_center.matrix.selection import select_accounts
from pulumi_aws_identity_center.matrix.selector import Selector

from tests.walk import walk

# Parent → units in it, and unit → the account in it.
_UNITS = {
    "r-1": [("ou-a", "A"), ("ou-ab", "A/B"), ("ou-f", "A%2FB"), ("ou-g", "A%252FB"), ("ou-h", "A%25B")],
    "ou-a": [("ou-a-b", "B"), ("ou-a-c", "50% off")],
}
_ACCOUNTS = {
    "ou-a": "1" * 12,
    "ou-ab": "2" * 12,
    "ou-a-b": "3" * 12,
    "ou-f": "4" * 12,
    "ou-g": "5" * 12,
    "ou-h": "6" * 12,
    "ou-a-c": "7" * 12,
}
_PARENTS = {unit: parent for parent, units in _UNITS.items() for unit, _ in units}
_PATHS = {unit: f"o-1/r-1/{'' if _PARENTS[unit] == 'r-1' else f'{_PARENTS[unit]}/'}{unit}/" for unit in _ACCOUNTS}


class _Answers:
    def __init__(self, *, has_paths: bool, moved: str = "", state: str = "ACTIVE") -> None:
        """moved: a unit that came, or whose account came, after the units were listed. state: that account's."""
        self._has_paths, self._moved, self._state = has_paths, moved, state

    def call(self, service: str, operation: str, **parameters: Any) -> dict[str, Any]:
        return {"Organization": {"MasterAccountId": "9" * 12}}

    def rows(self, service: str, operation: str, key: str, **parameters: Any) -> Any:
        parent = parameters.get("ParentId", "")
        if operation == "list_roots":
            return iter([{"Id": "r-1"}])
        if operation == "list_organizational_units_for_parent":
            return iter([{"Id": id_, "Name": name} for id_, name in _UNITS.get(parent, ()) if id_ != self._moved])
        if operation == "list_accounts_for_parent":
            return iter([{"Id": _ACCOUNTS[parent]}] if parent in _ACCOUNTS else [])
        paths = {unit: {"Paths": [path]} if self._has_paths else {} for unit, path in _PATHS.items()}
        states = dict.fromkeys(_ACCOUNTS, "ACTIVE") | {self._moved: self._state}
        rows = [{"Id": _ACCOUNTS[unit], "Name": unit, "State": states[unit], **paths[unit]} for unit in _ACCOUNTS]
        return iter(rows)

    def map(self, read: Any, items: Any) -> list[Any]:
        return [read(item) for item in items]


@walk("has_paths", [True, False])
@walk(
    ("path", "selected"),
    [
        ("A", ("1" * 12, "3" * 12, "7" * 12)),
        ("A/B", ("3" * 12,)),
        ("A%2FB", ("2" * 12,)),
        ("A%252FB", ("4" * 12,)),
        ("A%25252FB", ("5" * 12,)),
        ("A%2525B", ("6" * 12,)),
        ("A/50% off", ("7" * 12,)),
    ],
)
def test_a_slash_in_a_unit_s_name_separates_nothing(path: str, selected: tuple[str, ...], has_paths: bool) -> None:
    organization = read_organization(_Answers(has_paths=has_paths), with_units=True, with_tags=False)
    selection = select_accounts(Selector(organizational_units=(path,)), organization)
    assert selection.account_ids == selected


@pytest.mark.parametrize("has_paths", [True, False])
def test_an_account_that_moves_meanwhile_is_in_no_unit(has_paths: bool) -> None:
    """In the root, `except` of its unit would not take it out."""
    answers = _Answers(has_paths=has_paths, moved="ou-f")
    with pytest.raises(NotPossibleHere, match=r"Account 4{12} \(ou-f\) is in none .* Run this again"):
        read_organization(answers, with_units=True, with_tags=False)
    assert len(read_organization(answers, with_units=False, with_tags=False).accounts) == len(_ACCOUNTS)


@pytest.mark.parametrize("has_paths", [True, False])
def test_a_closed_account_may_be_in_no_unit(has_paths: bool) -> None:
    answers = _Answers(has_paths=has_paths, moved="ou-f", state="CLOSED")
    assert len(read_organization(answers, with_units=True, with_tags=False).accounts) == len(_ACCOUNTS)
