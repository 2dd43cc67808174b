"""What counts as kept when the matrices of one run are judged one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from pulumi_aws_identity_center.matrix.resource_steps import ASSIGNMENTS_TYPE, MATRIX_TYPE, PERMISSION_SET_TYPE
from pulumi_aws_identity_center.provider.administrators import administrators_losses
from pulumi_aws_identity_center.provider.run import Run

MANAGEMENT, INSTANCE = "111122223333", "arn:aws:sso:::instance/ssoins-1"
GROUP = {"principalType": "GROUP", "principalId": "g", "principalName": "Operators"}
# Two under one name: their parents differ.
FIRST, SECOND = (f"urn:pulumi:dev::p::my:index:{parent}${MATRIX_TYPE}::access" for parent in ("One", "Two"))


class _NobodyElse:
    """Of an instance in which nobody has anything by another way."""

    def provisioned_in(self, account: str) -> list[str]:
        return []


def permission_set(name: str) -> dict[str, Any]:
    return {"name": name, "managedPolicies": ["arn:aws:iam::aws:policy/AdministratorAccess"]}


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Of a refreshed stack, in which the first matrix has AdminA, and the second AdminB."""
    run = Run()
    run.management_account = MANAGEMENT
    run.caller = {"Arn": f"arn:aws:iam::{MANAGEMENT}:user/root"}
    monkeypatch.setattr(run.instance(INSTANCE).permission_sets, "provisioned_in", _NobodyElse().provisioned_in)
    for matrix, name in ((FIRST, "AdminA"), (SECOND, "AdminB")):
        of = {"permissionSetArn": f"arn:{name}", "accounts": [MANAGEMENT], **GROUP}
        remember(run, matrix, PERMISSION_SET_TYPE, name, {"arn": f"arn:{name}", **permission_set(name)})
        remember(run, matrix, ASSIGNMENTS_TYPE, f"{name}/group:Operators", of)
    return run


def remember(run: Run, matrix: str, token: str, name: str, state: dict[str, Any]) -> None:
    above, types, of = matrix.rsplit("::", 2)
    run.remember(f"{above}::{types}${token}::{of}/{name}", token, state)


def declare(run: Run, matrix: str, *sets: str) -> bool:
    """Whether the matrix is refused."""
    grants = [{"permissionSet": name, "accounts": [MANAGEMENT], **GROUP} for name in sets]
    about = {"instanceArn": INSTANCE, "matrix": matrix, "permissionSets": list(map(permission_set, sets))}
    return any(loss.certain for loss in administrators_losses(run, {**about, "grants": grants}))


@pytest.mark.parametrize(
    ("sets", "are_refused"),
    [
        ([(FIRST, []), (SECOND, [])], [False, True]),
        ([(SECOND, []), (FIRST, [])], [False, True]),
        ([(FIRST, []), (SECOND, ["AdminB"])], [False, False]),
        ([(FIRST, []), (SECOND, ["AdminA"])], [False, False]),
        ([(FIRST, ["AdminB"]), (SECOND, [])], [False, False]),
        ([(FIRST, ["AdminA"]), (SECOND, [])], [False, False]),
        # One that moves is missed until its new matrix is judged; docs/access-matrix.md says so.
        ([(SECOND, []), (FIRST, []), (SECOND, ["AdminA"])], [False, True, False]),
    ],
)
def test_a_set_that_no_matrix_keeps_is_dropped(
    run: Run, sets: Sequence[tuple[str, list[str]]], are_refused: list[bool]
) -> None:
    assert [declare(run, matrix, *names) for matrix, names in sets] == are_refused
