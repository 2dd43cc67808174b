"""The checks of member accounts: which accounts, how often, and the answers that the deadline leaves out."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any, cast

import pytest
from pulumi_aws_identity_center.aws.client import VISITORS, Account
from pulumi_aws_identity_center.aws.concurrency import Clock
from pulumi_aws_identity_center.aws.results import Answer
from pulumi_aws_identity_center.status import members
from pulumi_aws_identity_center.status.facts import Facts, Members

TEMPLATE = "arn:{partition}:iam::{account}:role/audit"
PARTS = {"role": Answer({"Arn": "a"}), "saml": Answer({"provider": "a", "role": ""})}
FOUND: Answer[dict[str, Any]] = Answer(PARTS)


class Organization:
    """Pages of accounts; visit() is the test's."""

    def __init__(self, pages: list[list[dict[str, str]]], visit: Callable[[str], Answer[Any]]) -> None:
        self._pages, self.visit = pages, visit

    def sign_in_provider(self) -> Answer[Any]:
        return PARTS["saml"]

    def account_pages(self) -> Iterator[list[dict[str, str]]]:
        yield from self._pages


def _looked(facts: Facts, pages: list[Any], visit: Callable[[str], Answer[Any]], seconds: float = 60) -> Members:
    account = cast(Account, Organization(pages, visit))
    return members.look_into(account, Clock(seconds), TEMPLATE)(facts)


def test_each_active_member_is_visited_once_through_its_role(good: Facts) -> None:
    visited: list[str] = []

    def visit(arn: str) -> Answer[Any]:
        visited.append(arn)
        return FOUND

    pages = [
        [{"Id": "111122223333", "State": "ACTIVE"}, {"Id": "1", "State": "ACTIVE"}],
        [
            {"Id": "2", "Status": "ACTIVE"},
            {"Id": "3", "State": "CLOSED", "Status": "ACTIVE"},
            {"Id": "4", "State": "X"},
        ],
    ]
    answer = _looked(good, pages, visit)
    assert sorted(visited) == [f"arn:aws:iam::{id_}:role/audit" for id_ in "12"]
    assert [(member.account, member.state, member.role.ok) for member in answer.accounts] == [
        ("1", "ACTIVE", True),
        ("2", "ACTIVE", True),
        ("3", "CLOSED", False),
        ("4", "X", False),
    ]
    assert answer.listing == Answer(5, action="organizations:ListAccounts")


def test_an_account_is_visited_again_while_aws_throttles(good: Facts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(members, "_REST", 0.0)
    refusals = iter([Answer[Any](kind="throttled")] * 9)
    lock = threading.Lock()

    def visit(_arn: str) -> Answer[Any]:
        with lock:
            return next(refusals, FOUND)

    answer = _looked(good, [[{"Id": "1"}, {"Id": "2"}]], visit)
    assert all(member.role.ok for member in answer.accounts)


def test_an_account_that_is_not_reached_is_visited_three_times(good: Facts) -> None:
    visited: list[str] = []

    def visit(arn: str) -> Answer[Any]:
        visited.append(arn)
        return Answer(kind="unreachable")

    answer = _looked(good, [[{"Id": "1"}]], visit)
    assert (len(visited), answer.accounts[0].role.kind) == (3, "unreachable")


def test_while_aws_throttles_all_visits_rest_until_the_deadline(good: Facts) -> None:
    visited: list[str] = []

    def visit(arn: str) -> Answer[Any]:
        visited.append(arn)
        return Answer(kind="throttled")

    answer = _looked(good, [[{"Id": str(number)} for number in range(100)]], visit, seconds=0.3)
    assert {member.role.kind for member in answer.accounts} == {"deadline"}
    assert len(visited) <= VISITORS


def test_visits_are_bounded_and_the_rest_is_marked(good: Facts) -> None:
    never, busy = threading.Event(), []

    def visit(arn: str) -> Answer[Any]:
        if arn.startswith("arn:aws:iam::0:"):
            return FOUND
        busy.append(arn)
        never.wait()
        return FOUND

    answer = _looked(good, [[{"Id": str(n)} for n in range(VISITORS + 10)]], visit, seconds=1)
    kinds = [member.role.kind for member in answer.accounts]
    assert kinds == ["", *["deadline"] * (VISITORS + 9)]
    assert len(busy) == VISITORS
    never.set()


def test_a_list_that_is_denied_is_told_as_such(good: Facts) -> None:
    class Denied(Organization):
        def account_pages(self) -> Iterator[list[dict[str, str]]]:
            raise KeyError("Accounts")

    account = cast(Account, Denied([], lambda _arn: FOUND))
    answer = members.look_into(account, Clock(60), TEMPLATE)(good)
    assert (answer.listing.kind, answer.accounts) == ("malformed", ())
