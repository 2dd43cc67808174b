"""The last grant by which anybody administers, and all grants of who runs it."""

from __future__ import annotations

import itertools
from typing import Any

from pulumi_aws_identity_center.matrix.administration import Administration, administers
from pulumi_aws_identity_center.matrix.grants import Grant, Principal
from pulumi_aws_identity_center.matrix.last_administrator import (
    AccessState,
    Loss,
    Operator,
    find_losses,
    is_refusal,
    operator_from_arn,
)
from pulumi_aws_identity_center.matrix.permission_set import PermissionSet, parse_permission_set
from pulumi_aws_identity_center.matrix.values import Values

from tests.walk import walk

MANAGEMENT, DELEGATED, MEMBER = "111122223333", "222233334444", "333344445555"
ACCOUNT, CENTER = Administration.MANAGEMENT_ACCOUNT, Administration.IDENTITY_CENTER
AWS_POLICY = "arn:aws:iam::aws:policy/"


def _set(name: str = "X", **parts: Any) -> PermissionSet:
    values = Values()
    permission_set = parse_permission_set(name, parts, "x", values)
    assert not values.problems, values.problems
    return permission_set


def _managed(*names: str) -> dict[str, Any]:
    return {"managedPolicies": [AWS_POLICY + name for name in names]}


def _inline(effect: str, action: Any, **parts: Any) -> dict[str, Any]:
    return {
        "inlinePolicy": {
            "Version": "2012-10-17",
            "Statement": [{"Effect": effect, "Action": action, "Resource": "*", **parts}],
        }
    }


MFA = {"Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}
CUSTOM = {"customerManagedPolicies": [{"name": "Ours"}]}


@walk(
    ("parts", "account", "center"),
    [
        ({}, False, False),
        (_managed("AdministratorAccess"), True, True),
        (_managed("ReadOnlyAccess"), False, False),
        (_managed("PowerUserAccess"), False, True),
        (_managed("IAMFullAccess"), True, False),
        (_managed("AWSSSOMasterAccountAdministrator"), False, True),
        (_managed("AdministratorAccess", "AWSDenyAll"), False, False),
        (_inline("Allow", "*"), True, True),
        (_inline("Allow", ["iam:CreateRole", "iam:AttachRolePolicy"]), True, False),
        (_inline("Allow", "iam:CreateRole"), False, False),
        (_inline("Allow", "*", **MFA), None, None),
        ({**_managed("AdministratorAccess"), **_inline("Deny", "sso:*")}, True, False),
        ({**_managed("AdministratorAccess"), **CUSTOM}, None, None),
        ({**_managed("AdministratorAccess"), **_inline("Deny", "sso:*"), **CUSTOM}, None, False),
        (CUSTOM, None, None),
        (
            {
                **_managed("AdministratorAccess"),
                "permissionsBoundary": {"managedPolicy": f"{AWS_POLICY}ReadOnlyAccess"},
            },
            False,
            False,
        ),
        (
            {
                **_managed("AdministratorAccess"),
                "permissionsBoundary": {"managedPolicy": f"{AWS_POLICY}PowerUserAccess"},
            },
            False,
            True,
        ),
        (
            {**_managed("AdministratorAccess"), "permissionsBoundary": {"customerManagedPolicy": {"name": "Ours"}}},
            None,
            None,
        ),
    ],
)
def test_what_a_permission_set_administers(parts: dict[str, Any], account: bool | None, center: bool | None) -> None:
    assert (administers(_set(**parts), ACCOUNT), administers(_set(**parts), CENTER)) == (account, center)


SETS = {
    "Admin": _set("Admin", **_managed("AdministratorAccess")),
    "Center": _set("Center", **_managed("AWSSSOMasterAccountAdministrator")),
    "Maybe": _set("Maybe", **CUSTOM),
    "Read": _set("Read", **_managed("ReadOnlyAccess")),
}


def _grant(who: str, permission_set: str, account: str = MANAGEMENT) -> Grant:
    return Grant(Principal("GROUP", who, who), permission_set, account)


def _losses(before: list[Grant], after: list[Grant], **options: Any) -> list[Loss]:
    return find_losses(AccessState(before, SETS), AccessState(after, SETS), MANAGEMENT, DELEGATED, **options)


def test_the_last_administrator_is_named() -> None:
    losses = _losses([_grant("ops", "Admin"), _grant("dev", "Read")], [_grant("dev", "Read")])
    lost = [
        f"It takes away the last grants that administer {what.value}: those of ops (Admin in {MANAGEMENT})."
        for what in Administration
    ]
    assert [(loss.certain, loss.sentence) for loss in losses] == [(True, sentence) for sentence in lost]


def test_another_administrator_is_enough() -> None:
    assert _losses([_grant("ops", "Admin"), _grant("sec", "Admin")], [_grant("sec", "Admin")]) == []


def test_handing_over_in_one_update_is_fine() -> None:
    assert _losses([_grant("ops", "Admin")], [_grant("sec", "Admin")]) == []


def test_an_administrator_of_a_member_account_is_none() -> None:
    assert _losses([_grant("ops", "Admin", MEMBER)], []) == []


def test_the_delegated_administrator_keeps_identity_center() -> None:
    before = [_grant("ops", "Admin"), _grant("sec", "Admin", DELEGATED)]
    (loss,) = _losses(before, before[1:])
    assert "the management account" in loss.sentence


def test_a_permission_set_that_loses_its_policy_is_a_loss() -> None:
    grants = [_grant("ops", "Admin")]
    after = AccessState(grants, {**SETS, "Admin": _set("Admin")})
    assert len(find_losses(AccessState(grants, SETS), after, MANAGEMENT)) == 2


def test_what_may_remain_is_told_as_a_doubt() -> None:
    losses = _losses([_grant("ops", "Admin"), _grant("dev", "Maybe")], [_grant("dev", "Maybe")])
    assert [loss.certain for loss in losses] == [False, False]


def test_a_possibly_last_administrator_is_reported_as_doubt() -> None:
    assert [loss.certain for loss in _losses([_grant("dev", "Maybe")], [])] == [False, False]


def test_a_stack_without_administrators_loses_none() -> None:
    assert _losses([_grant("dev", "Read")], []) == []
    assert _losses([_grant("dev", "Maybe")], [_grant("new", "Maybe")]) == []


ARN = f"arn:aws:sts::{MEMBER}:assumed-role/AWSReservedSSO_Read_0123456789abcdef/jane@example.com"


def test_the_operator_is_read_from_the_session() -> None:
    assert operator_from_arn(ARN) == Operator(MEMBER, "Read", "jane@example.com")
    assert operator_from_arn(f"arn:aws:sts::{MEMBER}:assumed-role/Ci/run") is None
    assert operator_from_arn(f"arn:aws:iam::{MEMBER}:user/jane") is None


@walk(
    ("kept", "expected"),
    [
        ([], [True]),
        ([_grant("ops", "Read", MEMBER)], [False]),
        ([_grant("ops", "Read", MEMBER), _grant("dev", "Read", MEMBER)], []),
    ],
)
def test_who_runs_it_keeps_a_grant(kept: list[Grant], expected: list[bool]) -> None:
    before = [_grant("dev", "Read", MEMBER), _grant("ops", "Read", MEMBER)]
    operator = Operator(MEMBER, "Read", "jane")
    assert [loss.certain for loss in _losses(before, kept, operator=operator)] == expected


def test_a_refusal_is_known_by_its_losses() -> None:
    """Whichever they are, and however many; another error beside them is no refusal alone."""
    operator = Operator(MANAGEMENT, "Admin", "jane")
    before = [_grant("ops", "Admin", MANAGEMENT)]
    lines = [f"- {loss.sentence} {loss.remedy}" for loss in _losses(before, [], operator=operator)]
    assert len(lines) == 3
    for size in (1, 2, 3):
        for part in itertools.combinations(lines, size):
            assert is_refusal("error: " + "\n".join(part))
    assert not is_refusal("\n".join([*lines, "- Group 'x' is not in the identity store."]))
