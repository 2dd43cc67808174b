"""Which revocations wait for somebody else's grant, and who does them then. Whole updates: tests/engine."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from pulumi_aws_identity_center.aws.assignment_queue import CANCELLED
from pulumi_aws_identity_center.aws.assignments import Grant, Order
from pulumi_aws_identity_center.provider.assignment_work import DEFERRED, failure_reasons
from pulumi_aws_identity_center.provider.run import Report, Run
from pulumi_aws_identity_center.provider.successors import (
    MissingSuccessors,
    defer_revocations,
    find_missing_successors,
    has_successor,
)

INSTANCE, SET, ACCOUNT = "arn:instance", "arn:set", "111122223333"
OLD, NEW, GONE = ("GROUP", "old"), ("GROUP", "new"), ("GROUP", "gone")
REVOKED = Grant(ACCOUNT, SET, *OLD)


class Holdings(dict[tuple[str, str], set[str]]):
    """Principal → the accounts in which it has the set."""

    def accounts(self, permission_set: str, principal: tuple[str, str]) -> set[str]:
        return self.get(principal, set())

    def is_gone(self, principal: tuple[str, str]) -> bool:
        return principal == GONE


@pytest.fixture
def run() -> Run:
    """One that declares NEW's grant by its name; the engine shows no resource any more."""
    run = Run()
    run.declared.name(INSTANCE, "Admin", SET)
    run.declared.by_name(INSTANCE, "Admin", NEW, [ACCOUNT])
    run.declared.stop()
    return run


def instance_of(holdings: Holdings) -> Any:
    return SimpleNamespace(arn=INSTANCE, holdings=holdings)


def test_a_successor_that_is_not_shown_defers_the_revocation(run: Run) -> None:
    missing = find_missing_successors(run, instance_of(Holdings()), [REVOKED])
    assert missing == MissingSuccessors(deferred=[REVOKED])


def test_a_successor_that_is_shown_is_granted_first(run: Run) -> None:
    run.declared.by_arn(SET, NEW, [ACCOUNT])
    missing = find_missing_successors(run, instance_of(Holdings()), [REVOKED])
    assert missing == MissingSuccessors(grants=[Grant(ACCOUNT, SET, *NEW)])


@pytest.mark.parametrize("holdings", [Holdings({NEW: {ACCOUNT}}), Holdings({NEW: {ACCOUNT, "222233334444"}})])
def test_nothing_waits_once_a_successor_has_it(run: Run, holdings: Holdings) -> None:
    assert find_missing_successors(run, instance_of(holdings), [REVOKED]) == MissingSuccessors()


def test_nothing_waits_for_nobody(run: Run) -> None:
    """Whom the identity store doesn't know any more can't be granted anything."""
    run.declared.by_name(INSTANCE, "Admin", NEW, [])
    run.declared.by_name(INSTANCE, "Admin", GONE, [ACCOUNT])
    assert find_missing_successors(run, instance_of(Holdings()), [REVOKED]) == MissingSuccessors()


def test_what_is_deferred_goes_once_somebody_else_has_it(run: Run) -> None:
    warnings: list[str] = []
    holdings = Holdings()

    def take(permission_set: str = SET) -> list[Grant]:
        return run.deferred.take(permission_set, lambda grant: has_successor(run, instance_of(holdings), grant))

    reasons = defer_revocations(run, "Group Old", [REVOKED], Report(warn=warnings.append))
    assert reasons == {REVOKED: DEFERRED}
    assert [warning.partition(": ")[0] for warning in warnings] == [
        f"Group Old keeps this permission set for now in 1 account ({ACCOUNT})"
    ]
    assert take() == []
    holdings[NEW] = {ACCOUNT}
    assert take("arn:other set") == []
    assert [take(), take()] == [[REVOKED], []]


def test_a_cancelled_update_defers_nothing(run: Run) -> None:
    run.stop()
    assert defer_revocations(run, "Group Old", [REVOKED], Report()) == {REVOKED: CANCELLED}
    assert run.deferred.take(SET, lambda grant: True) == []


def test_what_is_left_to_another_resource_is_no_failure() -> None:
    assert failure_reasons({Order("delete", INSTANCE, REVOKED): DEFERRED}) == []
