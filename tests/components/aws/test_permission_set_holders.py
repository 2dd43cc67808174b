"""Who has a permission set: by the way with fewer calls, on lists of the test's own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

import pytest
from pulumi_aws_identity_center.aws.directory import ListedPrincipal
from pulumi_aws_identity_center.aws.permission_set_holders import Holders

ALICE, OPERATORS = ("USER", "alice"), ("GROUP", "operators")


class SmallCenter:
    """A client, the holdings, the directory and the permission sets in one; counts the calls of each."""

    def __init__(self, users: int, accounts: int, read: Iterable[tuple[str, str]] = ()) -> None:
        self.users = [OPERATORS, ALICE, *(("USER", f"user-{number}") for number in range(users - 2))]
        self.places = [f"account-{number}" for number in range(accounts)]
        self.read = set(read)
        self.calls: Counter[str] = Counter()

    def map(self, read: Any, items: Iterable[Any]) -> list[Any]:
        return [read(item) for item in items]

    def everyone(self) -> Iterable[ListedPrincipal]:
        for type_, id_ in self.users:
            self.calls["listed"] += 1
            yield ListedPrincipal(type_, id_, id_)

    def is_read(self, principal: tuple[str, str]) -> bool:
        return principal in self.read

    def accounts(self, permission_set: str, principal: tuple[str, str]) -> set[str]:
        self.calls["principals"] += principal not in self.read
        self.read.add(principal)
        return {"account-0"} if principal in (ALICE, OPERATORS) else set()

    def provisioned_accounts(self, permission_set: str) -> list[str]:
        self.calls["provisioned"] += 1
        return self.places

    def assignments(self, permission_set: str, account: str) -> list[dict[str, str]]:
        self.calls["places"] += 1
        if account != "account-0":
            return []
        return [{"PrincipalType": type_, "PrincipalId": id_} for type_, id_ in (ALICE, OPERATORS)]


def holders(center: Any) -> Holders:
    return Holders(center, center, center, center)


@pytest.mark.parametrize(("users", "accounts"), [(10, 3), (3, 10)])
def test_both_ways_tell_the_same(users: int, accounts: int) -> None:
    center = SmallCenter(users, accounts)
    assert holders(center).accounts("set") == {ALICE: {"account-0"}, OPERATORS: {"account-0"}}
    assert center.calls["principals"] == (users if users < accounts else 0)
    assert center.calls["places"] == (accounts if accounts < users else 0)


def test_principals_that_were_read_before_cost_nothing() -> None:
    center = SmallCenter(2, 1, read=[ALICE, OPERATORS])
    assert holders(center).accounts("set") == {ALICE: {"account-0"}, OPERATORS: {"account-0"}}
    assert set(+center.calls) == {"listed"}


def test_many_permission_sets_cost_at_most_twice_the_principals() -> None:
    center = SmallCenter(10, 4)
    shared = holders(center)
    for number in range(20):
        assert shared.accounts(f"set-{number}") == {ALICE: {"account-0"}, OPERATORS: {"account-0"}}
    assert center.calls["places"] + center.calls["principals"] <= 20


def test_a_large_directory_is_not_listed_to_its_end() -> None:
    center = SmallCenter(10_000, 5)
    holders(center).accounts("set")
    assert center.calls["listed"] < 20
