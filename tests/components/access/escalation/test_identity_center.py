"""Identity Center's own administration as a way to a lock-out action."""

from __future__ import annotations

import json

import pytest
from pulumi_aws_identity_center.access.escalation.identity_center import FILL, IDENTITY_CENTER_ACTIONS, JOIN

from tests.components.access.iam_account import ACCOUNT, ORGANIZATIONS, allow, ask, role, user

ADMIN_SET = role(
    "AWSReservedSSO_Admin_0123456789abcdef", ORGANIZATIONS, path="aws-reserved/sso.amazonaws.com/us-east-1/"
)
VIEW_SET = role("AWSReservedSSO_View_0123456789abcdef", path="aws-reserved/sso.amazonaws.com/us-east-1/")
MEMBER = "arn:aws:sso:::account/222233334444"


def escalation(*rows):
    """By which actions ann could give herself one; None if she couldn't. "undetermined" if that is left open."""
    found, undetermined = ask(*rows)
    if "ann" in found:
        return set(found["ann"]["escalation"])
    return "undetermined" if "ann" in undetermined else None


@pytest.mark.parametrize("fill", FILL)
def test_filling_and_assigning_a_permission_set_is_a_way(fill) -> None:
    assert escalation(user(allow(fill, "sso:CreateAccountAssignment"))) == {fill, "sso:CreateAccountAssignment"}
    assert escalation(user(allow(fill))) is None


@pytest.mark.parametrize("fill", FILL)
def test_filling_a_set_that_this_account_has_is_a_way(fill) -> None:
    filler = user(allow(fill, "sso:ProvisionPermissionSet"))
    assert escalation(filler, VIEW_SET) == {fill, "sso:ProvisionPermissionSet"}
    assert escalation(filler) is None


def test_assigning_alone_depends_on_which_sets_there_are() -> None:
    assigner = user(allow("sso:CreateAccountAssignment"))
    assert escalation(assigner) == "undetermined"
    assert escalation(assigner, VIEW_SET) == "undetermined"
    assert escalation(assigner, ADMIN_SET) == {"sso:CreateAccountAssignment"}


def test_assigning_in_member_accounts_only_is_none() -> None:
    filler = allow(FILL[0])
    everywhere = ["arn:aws:sso:::instance/*", "arn:aws:sso:::permissionSet/*/*"]
    in_member = allow("sso:CreateAccountAssignment", on=[*everywhere, MEMBER])
    in_management = allow("sso:CreateAccountAssignment", on=[*everywhere, "arn:aws:sso:::account/111122223333"])
    assert escalation(user(filler, in_member), ADMIN_SET) is None
    assert escalation(user(filler, in_management)) == {FILL[0], "sso:CreateAccountAssignment"}


@pytest.mark.parametrize("action", JOIN)
def test_becoming_somebody_with_an_administrators_set_is_a_way(action) -> None:
    assert escalation(user(allow(action)), ADMIN_SET) == {action}
    assert escalation(user(allow(action)), VIEW_SET) is None


@pytest.mark.parametrize("action", IDENTITY_CENTER_ACTIONS)
def test_a_deny_of_any_part_of_a_way_holds(action) -> None:
    way = {"sso:CreateAccountAssignment", FILL[0]}
    # Without the second, which sets there are to assign is left open.
    without = {"sso:CreateAccountAssignment": None, FILL[0]: "undetermined"}
    assert escalation(user(allow(*way), allow(action, effect="Deny"))) == without.get(action, way)


def test_whoever_can_become_an_access_broker_is_listed_too() -> None:
    trust = {"Principal": {"AWS": f"{ACCOUNT}:user/ann"}}
    broker = role("broker", allow(FILL[0], "sso:CreateAccountAssignment"), trust=trust)
    assert escalation(user(), broker) == {"sts:AssumeRole"}


def test_a_set_that_can_do_it_by_iam_makes_its_assigners_capable() -> None:
    by_iam = role("AWSReservedSSO_Iam_0123456789abcdef", allow("iam:*"), path="aws-reserved/sso.amazonaws.com/")
    found, _ = ask(user(allow("sso:CreateAccountAssignment")), by_iam)
    assert json.dumps(found["ann"]["escalation"]) == '["sso:CreateAccountAssignment"]'
