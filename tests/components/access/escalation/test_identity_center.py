"""Identity Center's own administration as a way to a lock-out action."""

from __future__ import annotations

import json

from pulumi_aws_identity_center.access.escalation.identity_center import (
    EDGES,
    FILL,
    IDENTITY_CENTER_ACTIONS,
    Needs,
)

from tests.components.access.iam_account import ACCOUNT, ORGANIZATIONS, allow, ask, role, user
from tests.walk import walk

ADMIN_SET = role(
    "AWSReservedSSO_Admin_0123456789abcdef", ORGANIZATIONS, path="aws-reserved/sso.amazonaws.com/us-east-1/"
)
VIEW_SET = role("AWSReservedSSO_View_0123456789abcdef", path="aws-reserved/sso.amazonaws.com/us-east-1/")
MEMBER = "arn:aws:sso:::account/222233334444"


def escalation(*rows):
    """By which actions ann could give herself one; None if she couldn't. "undetermined" if that is left open."""
    principals, undetermined = ask(*rows)
    if "ann" in principals:
        return set(principals["ann"]["escalation"])
    return "undetermined" if "ann" in undetermined else None


# An account that has what the edge needs.
ROWS = {Needs.NOTHING: (), Needs.PROVISIONED_SET: (VIEW_SET,), Needs.LOCK_OUT_SET: (ADMIN_SET,)}


@walk("edge", EDGES)
def test_every_edge_leads_to_a_lock_out_action(edge) -> None:
    assert escalation(user(allow(*edge.actions)), *ROWS[edge.needs]) == set(edge.actions)
    if edge.needs is not Needs.NOTHING:
        assert escalation(user(allow(*edge.actions))) in (None, "undetermined")


@walk("fill", FILL)
def test_filling_a_permission_set_alone_leads_nowhere(fill) -> None:
    assert escalation(user(allow(fill)), VIEW_SET) is None


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


@walk(
    "action", ["identitystore:CreateGroupMembership", "sso-directory:AddMemberToGroup", "sso-directory:UpdatePassword"]
)
def test_joining_people_whose_permission_set_is_harmless_leads_nowhere(action) -> None:
    assert escalation(user(allow(action)), VIEW_SET) is None


@walk("action", IDENTITY_CENTER_ACTIONS)
def test_a_deny_of_one_action_closes_the_edge(action) -> None:
    way = {"sso:CreateAccountAssignment", FILL[0]}
    # Without the second, which sets there are to assign is left open.
    without = {"sso:CreateAccountAssignment": None, FILL[0]: "undetermined"}
    assert escalation(user(allow(*way), allow(action, effect="Deny"))) == without.get(action, way)


def test_whoever_can_become_an_access_broker_is_listed() -> None:
    trust = {"Principal": {"AWS": f"{ACCOUNT}:user/ann"}}
    broker = role("broker", allow(FILL[0], "sso:CreateAccountAssignment"), trust=trust)
    assert escalation(user(), broker) == {"sts:AssumeRole"}


def test_a_permission_set_with_iam_makes_its_assigners_capable() -> None:
    by_iam = role("AWSReservedSSO_Iam_0123456789abcdef", allow("iam:*"), path="aws-reserved/sso.amazonaws.com/")
    principals, _ = ask(user(allow("sso:CreateAccountAssignment")), by_iam)
    assert json.dumps(principals["ann"]["escalation"]) == '["sso:CreateAccountAssignment"]'


def test_an_edge_in_doubt_is_undetermined() -> None:
    doubtful = allow(FILL[0], when={"StringEquals": {"custom:key": "value"}})
    provisioning = allow("sso:ProvisionPermissionSet")
    assert escalation(user(doubtful, provisioning), VIEW_SET) == "undetermined"
