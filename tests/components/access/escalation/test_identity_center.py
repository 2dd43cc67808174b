"""Identity Center's own administration as a way to a lock-out action."""

from __future__ import annotations

import itertools
import json

from pulumi_aws_identity_center.access.escalation.identity_center import ASSIGN, FILL, PROVISION, RESOURCES

from tests.components.access.iam_account import (
    ACCOUNT,
    BOUND,
    ORGANIZATIONS,
    OWN,
    ROOT,
    allow,
    ask,
    document,
    group,
    role,
    user,
)
from tests.walk import walk

ADMIN_SET = role(
    "AWSReservedSSO_Admin_0123456789abcdef", ORGANIZATIONS, path="aws-reserved/sso.amazonaws.com/us-east-1/"
)
VIEW_SET = role("AWSReservedSSO_View_0123456789abcdef", path="aws-reserved/sso.amazonaws.com/us-east-1/")
MEMBER = "arn:aws:sso:::account/222233334444"


def escalation(*rows, **more):
    """By which actions ann could give herself one; None if she couldn't. "undetermined" if that is left open."""
    principals, undetermined = ask(*rows, **more)
    if "ann" in principals:
        return set(principals["ann"]["escalation"])
    return "undetermined" if "ann" in undetermined else None


# The actions that are enough together, and the permission sets that they take.
WAYS = [
    *(((ASSIGN, fill), ()) for fill in FILL),
    *(((fill, PROVISION), (VIEW_SET,)) for fill in FILL),
    *(((action,), (ADMIN_SET,)) for action in RESOURCES if action not in (*FILL, PROVISION)),
]


@walk(("actions", "sets"), WAYS)
def test_every_way_leads_to_a_lock_out_action(actions, sets) -> None:
    assert escalation(user(allow(*actions)), *sets) == set(actions)
    if sets:
        assert escalation(user(allow(*actions))) in (None, "undetermined")


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


@walk("action", RESOURCES)
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


SPARE, LIMIT = f"{ACCOUNT}:policy/spare", f"{ACCOUNT}:policy/limit"
TOOL = f"{ACCOUNT}:role/tool"
KEY = "arn:aws:kms:us-east-1:111122223333:key/11112222-3333-4444-5555-666677778888"
ON_OPS = allow("iam:AddUserToGroup", on=f"{ACCOUNT}:group/ops")
ATTACHING_SPARE = allow("iam:AttachUserPolicy", when={"ArnEquals": {"iam:PolicyARN": SPARE}})
# Each is enough beside ADMIN_SET and with the instance's key.
GOALS = [("sso-directory:UpdatePassword",), (ASSIGN,), (ASSIGN, FILL[1]), (FILL[0], PROVISION), ("kms:DisableKey",)]
# By which action ann gets there first, and the account. SPARE allows the goal, LIMIT that and PutUserPolicy, BOUND
# denies it, another version of OWN allows it.
GAINS = [
    ("iam:AddUserToGroup", lambda goal: [user(ON_OPS), group("ops", goal)]),
    ("iam:AttachUserPolicy", lambda goal: [user(ATTACHING_SPARE)]),
    ("iam:PutUserPolicy", lambda goal: [user(allow("iam:PutUserPolicy"), boundary=LIMIT)]),
    ("iam:SetDefaultPolicyVersion", lambda goal: [user(allow("iam:SetDefaultPolicyVersion"), managed=[OWN])]),
    ("iam:DetachUserPolicy", lambda goal: [user(goal, allow("iam:DetachUserPolicy"), managed=[BOUND])]),
    ("iam:CreateAccessKey", lambda goal: [user(allow("iam:CreateAccessKey")), user(goal, name="bob")]),
    (
        "iam:CreateAccessKey",
        lambda goal: [user(allow("iam:CreateAccessKey")), user(ON_OPS, name="bob"), group("ops", goal)],
    ),
    ("iam:PassRole", lambda goal: [user(allow("iam:PassRole", on=TOOL)), role("tool", goal)]),
    (
        "iam:UpdateAssumeRolePolicy",
        lambda goal: [user(allow("iam:UpdateAssumeRolePolicy", on=TOOL)), role("tool", goal)],
    ),
]


def gained(actions, rows):
    goal = allow(*actions)
    policies = {
        SPARE: document(goal),
        LIMIT: document(goal, allow("iam:PutUserPolicy")),
        OWN: document(allow("s3:*")),
        BOUND: document(allow(*actions, effect="Deny")),
    }
    return escalation(*rows(goal), ADMIN_SET, policies=policies, versions={OWN: [document(goal)]}, key=KEY)


@walk(("goal", "gain"), itertools.product(GOALS, GAINS))
def test_what_a_principal_gains_on_the_way_counts(goal, gain) -> None:
    action, rows = gain
    assert action in gained(goal, rows)
    assert gained(("s3:ListAllMyBuckets",), rows) is None


def test_one_fills_and_another_assigns() -> None:
    becoming = user(allow("sts:AssumeRole"))
    filler, assigner = (
        role(name, allow(action), trust={"Principal": ROOT}) for name, action in (("one", FILL[0]), ("two", ASSIGN))
    )
    assert escalation(becoming, filler, assigner) == {"sts:AssumeRole", FILL[0], ASSIGN}
    assert escalation(becoming, filler) is None


def test_a_permission_set_may_change_its_assigner() -> None:
    helping = role("AWSReservedSSO_Help_0123456789abcdef", allow("iam:TagUser"), path="aws-reserved/sso.amazonaws.com/")
    tagged = allow("organizations:*", when={"StringEquals": {"aws:PrincipalTag/team": "ops"}})
    assert escalation(user(tagged, allow("sso-directory:UpdatePassword")), helping) == {
        "sso-directory:UpdatePassword",
        "iam:TagUser",
    }


def test_the_key_of_no_instance_is_no_goal() -> None:
    rows = [user(ON_OPS), group("ops", allow("kms:*"))]
    assert escalation(*rows, key=KEY) == {"iam:AddUserToGroup"}
    assert escalation(*rows) is None
