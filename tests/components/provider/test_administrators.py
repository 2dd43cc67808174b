"""What counts as kept when the matrices of one run are judged one after the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from pulumi_aws_identity_center.matrix.resource_steps import ASSIGNMENTS_TYPE, MATRIX_TYPE, PERMISSION_SET_TYPE
from pulumi_aws_identity_center.provider.administrators import administrators_losses
from pulumi_aws_identity_center.provider.run import Run

MANAGEMENT, DELEGATED, INSTANCE = "111122223333", "333344445555", "arn:aws:sso:::instance/ssoins-1"
GROUP = {"principalType": "GROUP", "principalId": "g", "principalName": "Operators"}
# Two under one name: their parents differ.
FIRST, SECOND = (f"urn:pulumi:dev::p::my:index:{parent}${MATRIX_TYPE}::access" for parent in ("One", "Two"))

THIRD_CHILD = f"urn:pulumi:dev::p::{MATRIX_TYPE}$"


def permission_set(name: str) -> dict[str, Any]:
    return {"name": name, "managedPolicies": ["arn:aws:iam::aws:policy/AdministratorAccess"]}


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Of a refreshed stack, in which the first matrix has AdminA, and the second AdminB."""
    run = Run()
    run.management_account, run.delegated_administrator = MANAGEMENT, DELEGATED
    run.caller = {"Arn": f"arn:aws:iam::{MANAGEMENT}:user/root"}
    grant_by_another_way(run, monkeypatch, {})
    for matrix, name in ((FIRST, "AdminA"), (SECOND, "AdminB")):
        of = {"permissionSetArn": f"arn:{name}", "accounts": [MANAGEMENT], **GROUP}
        remember(run, matrix, PERMISSION_SET_TYPE, name, {"arn": f"arn:{name}", **permission_set(name)})
        remember(run, matrix, ASSIGNMENTS_TYPE, f"{name}/group:Operators", of)
    return run


def grant_by_another_way(run: Run, monkeypatch: pytest.MonkeyPatch, granted: dict[str, str]) -> None:
    """granted: permission set that AWS has in the management account → a group's id."""
    groups = {f"arn:{name}": group for name, group in granted.items()}
    answers: dict[str, Callable[..., Any]] = {
        "provisioned_in": lambda account: list(groups),
        "assignments": lambda arn, account: [{"PrincipalType": "GROUP", "PrincipalId": groups[arn]}],
        "read": lambda arn: permission_set(arn.removeprefix("arn:")),
    }
    instance = run.instance(INSTANCE)
    for name, answer in answers.items():
        monkeypatch.setattr(instance.permission_sets, name, answer)
    monkeypatch.setattr(instance.directory, "principal_name", lambda type_, id_: "Others")


def remember(run: Run, matrix: str, token: str, name: str, state: dict[str, Any]) -> None:
    above, types, of = matrix.rsplit("::", 2)
    run.remember(f"{above}::{types}${token}::{of}/{name}", token, state)


def declare(run: Run, matrix: str, *sets: str, emptied: str | None = None) -> bool:
    """Whether the matrix is refused. emptied: a permission set that it owns whole and grants to nobody."""
    return is_refused(run, declaration(matrix, *sets, emptied=emptied))


def is_refused(run: Run, *declared: dict[str, Any]) -> bool:
    return any(loss.certain for loss in administrators_losses(run, declared))


def declaration(matrix: str, *sets: str, emptied: str | None = None) -> dict[str, Any]:
    grants = [{"permissionSet": name, "accounts": [MANAGEMENT], **GROUP} for name in sets]
    permission_sets = list(map(permission_set, sets))
    if emptied:
        permission_sets.append({**permission_set(emptied), "owns": "all"})
    return {"instanceArn": INSTANCE, "matrix": matrix, "permissionSets": permission_sets, "grants": grants}


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


@pytest.mark.parametrize(
    ("granted", "sets", "is_refused"),
    [
        pytest.param({"AdminC": "h"}, [], False, id="others keep a permission set of their own"),
        pytest.param({"AdminC": "h"}, ["AdminA"], False, id="nobody loses anything"),
        pytest.param({}, [], True, id="nobody else has anything"),
        pytest.param({"AdminA": "h"}, [], False, id="others keep one that this update doesn't own"),
        pytest.param({"AdminA": "g"}, [], True, id="AWS lists only what the update takes away"),
    ],
)
def test_administrators_by_another_way_remain(
    run: Run, monkeypatch: pytest.MonkeyPatch, granted: dict[str, str], sets: list[str], is_refused: bool
) -> None:
    grant_by_another_way(run, monkeypatch, granted)
    declare(run, SECOND)
    assert declare(run, FIRST, *sets) == is_refused


def test_a_deleted_group_administers_nothing(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    grant_by_another_way(run, monkeypatch, {"AdminC": "h"})
    monkeypatch.setattr(run.instance(INSTANCE).directory, "principal_name", lambda type_, id_: None)
    declare(run, SECOND)
    assert declare(run, FIRST)


def test_identity_center_is_administered_from_the_delegated_account_too(run: Run) -> None:
    """Nobody administers the management account here, before or after."""
    center = {"name": "Center", "managedPolicies": ["arn:aws:iam::aws:policy/AWSSSOMemberAccountAdministrator"]}
    remember(run, FIRST, PERMISSION_SET_TYPE, "Center", {"arn": "arn:Center", **center})
    for name in ("AdminA", "AdminB"):
        matrix = FIRST if name == "AdminA" else SECOND
        of = {"permissionSetArn": f"arn:{name}", "accounts": ["222233334444"], **GROUP}
        remember(run, matrix, ASSIGNMENTS_TYPE, f"{name}/group:Operators", of)
    of = {"permissionSetArn": "arn:Center", "accounts": [DELEGATED], **GROUP}
    remember(run, FIRST, ASSIGNMENTS_TYPE, "Center/group:Operators", of)
    declare(run, SECOND)
    assert declare(run, FIRST)


@pytest.mark.parametrize("owns", ["all", "listed"])
def test_others_lose_what_a_permission_set_loses(run: Run, monkeypatch: pytest.MonkeyPatch, owns: str) -> None:
    """The stack grants it to nobody, and others have it."""
    grant_by_another_way(run, monkeypatch, {"AdminA": "h"})
    for matrix, name in ((FIRST, "AdminA"), (SECOND, "AdminB")):
        of = {"permissionSetArn": f"arn:{name}", "accounts": [], **GROUP}
        remember(run, matrix, ASSIGNMENTS_TYPE, f"{name}/group:Operators", of)
    weaker = {"name": "AdminA", "managedPolicies": ["arn:aws:iam::aws:policy/ReadOnlyAccess"], "owns": owns}
    about = {"instanceArn": INSTANCE, "matrix": FIRST, "permissionSets": [weaker], "grants": []}
    assert is_refused(run, about)


def test_an_owned_permission_set_keeps_nobody_by_another_way(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    grant_by_another_way(run, monkeypatch, {"AdminA": "h"})
    declare(run, SECOND)
    assert declare(run, FIRST, emptied="AdminA")
    grant_by_another_way(run, monkeypatch, {"AdminA": "h", "AdminC": "h"})
    assert not declare(run, FIRST, emptied="AdminA")


def test_what_an_earlier_matrix_takes_from_others_is_gone_for_the_next(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    grant_by_another_way(run, monkeypatch, {"AdminA": "h"})
    first = declaration(FIRST, emptied="AdminA")
    assert not is_refused(run, first)
    assert is_refused(run, first, declaration(SECOND))


def test_a_matrix_named_below_another_is_one_of_its_own(run: Run) -> None:
    below = f"{FIRST}/below"
    remember(run, below, PERMISSION_SET_TYPE, "AdminC", {"arn": "arn:AdminC", **permission_set("AdminC")})
    of = {"permissionSetArn": "arn:AdminC", "accounts": [MANAGEMENT], **GROUP}
    remember(run, below, ASSIGNMENTS_TYPE, "AdminC/group:Operators", of)
    declare(run, SECOND)
    assert not declare(run, FIRST)
    assert declare(run, below)


def test_what_this_run_did_not_refresh_counts_until_a_refresh_says_otherwise(run: Run) -> None:
    """A third matrix, which is not judged yet."""
    set_urn, grants_urn = (
        f"{THIRD_CHILD}{PERMISSION_SET_TYPE}::third/AdminC",
        f"{THIRD_CHILD}{ASSIGNMENTS_TYPE}::third/x",
    )
    of = {"permissionSetArn": "arn:AdminC", "accounts": [MANAGEMENT], **GROUP}
    declare(run, SECOND)
    assert declare(run, FIRST)
    run.remember_unrefreshed(set_urn, PERMISSION_SET_TYPE, {"arn": "arn:AdminC", **permission_set("AdminC")})
    run.remember_unrefreshed(grants_urn, ASSIGNMENTS_TYPE, of)
    assert not declare(run, FIRST)
    run.remember(grants_urn, ASSIGNMENTS_TYPE, {**of, "accounts": []})
    assert declare(run, FIRST)
    run.remember(grants_urn, ASSIGNMENTS_TYPE, None)
    assert declare(run, FIRST)
    assert len(run.remembered(ASSIGNMENTS_TYPE)) == 2


def test_policies_that_only_the_update_knows_are_in_doubt(run: Run) -> None:
    declare(run, SECOND)
    grants = [{"permissionSet": "AdminA", "accounts": [MANAGEMENT], **GROUP}]
    about = {"instanceArn": INSTANCE, "matrix": FIRST, "grants": grants}
    sure = {
        names: {
            loss.certain
            for loss in administrators_losses(
                run, [{**about, "permissionSets": [{"name": "AdminA", "unknown": list(names)}]}]
            )
        }
        for names in ((), ("managedPolicies",), ("customerManagedPolicies",), ("inlinePolicy",))
    }
    assert list(sure.values()) == [{True}, {False}, {False}, {False}]
