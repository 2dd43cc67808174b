"""Which revocations wait until AWS has answered. The waiting itself: tests/engine/test_access_matrix.py."""

from __future__ import annotations

import pytest
from pulumi_aws_identity_center.aws.assignments import Grant
from pulumi_aws_identity_center.matrix.last_administrator import AccessState
from pulumi_aws_identity_center.matrix.resource_steps import PERMISSION_SET_TYPE
from pulumi_aws_identity_center.provider.revocation_guard import may_administer
from pulumi_aws_identity_center.provider.run import Run

MANAGEMENT, MEMBER = "111122223333", "222233334444"


@pytest.fixture
def run() -> Run:
    """Of a refreshed stack: Admin administers, ReadOnly doesn't."""
    run = Run()
    run.management_account = MANAGEMENT
    for name, policy in (("Admin", "AdministratorAccess"), ("ReadOnly", "ReadOnlyAccess")):
        state = {"arn": name, "name": name, "managedPolicies": [f"arn:aws:iam::aws:policy/{policy}"]}
        run.remember(f"urn:pulumi:s::p::t::{name}", PERMISSION_SET_TYPE, state)
    return run


@pytest.mark.parametrize(
    ("account", "permission_set", "expected"),
    [
        (MANAGEMENT, "Admin", True),
        (MANAGEMENT, "a set that this run did not refresh", True),
        (MANAGEMENT, "ReadOnly", False),
        (MEMBER, "Admin", False),
    ],
)
def test_only_what_may_administer_is_held_back(run: Run, account: str, permission_set: str, expected: bool) -> None:
    run.note_matrix("urn", AccessState([], {}), may_lock_out=False)
    assert may_administer(run, Grant(account, permission_set, "GROUP", "g")) is expected


@pytest.mark.parametrize("break_glass", [[], [True], [False, True]])
def test_a_destroy_and_open_break_glass_hold_nothing_back(run: Run, break_glass: list[bool]) -> None:
    for may_lock_out in break_glass:
        run.note_matrix("urn", AccessState([], {}), may_lock_out=may_lock_out)
    assert not may_administer(run, Grant(MANAGEMENT, "Admin", "GROUP", "g"))
