"""Escalation through an identity: a group that only lets one become another principal, tags, names, session names,
providers."""

from __future__ import annotations

import pytest

from tests.components.access.iam_account import ACCOUNT, ORGANIZATIONS, ROOT, allow, ask, group, role, user, ways
from tests.walk import walk

JOIN = allow("iam:AddUserToGroup", on=f"{ACCOUNT}:group/ops")
SERVICE = {"Service": "lambda.amazonaws.com"}
SAML = {"Principal": {"Federated": f"{ACCOUNT}:saml-provider/x"}, "Action": "sts:AssumeRoleWithSAML"}
STRONG = role("strong", allow("*"), trust={"Principal": ROOT})
SERVES = role("strong", allow("*"), trust={"Principal": SERVICE})
FEDERATED = role("strong", allow("*"), trust=SAML)
ADMIN = user(allow("*"), name="admin")
TEAM = {"StringEquals": {"aws:PrincipalTag/team": "ops"}}
OPEN = {"StringEquals": {"iam:ResourceTag/open": "yes"}}


@walk(
    ("action", "other"),
    [
        ("sts:AssumeRole", STRONG),
        ("iam:UpdateAssumeRolePolicy", SERVES),
        ("iam:PassRole", SERVES),
        ("iam:UpdateSAMLProvider", FEDERATED),
        ("iam:CreateAccessKey", ADMIN),
        ("iam:CreateLoginProfile", ADMIN),
        ("iam:UpdateLoginProfile", ADMIN),
    ],
)
def test_a_group_that_leads_to_a_role_is_worth_joining(action, other):
    assert ways(user(JOIN), group("ops", allow(action)), other) == {"AddUserToGroup", action.partition(":")[2]}
    assert ways(user(JOIN), group("ops", allow(action, on=f"{ACCOUNT}:user/nobody")), other) is None
    assert ways(user(), group("ops", allow(action)), other) is None


def test_a_group_that_leads_to_a_group_is_worth_joining():
    ops = group("ops", allow("iam:AddUserToGroup"))
    assert ways(user(JOIN), ops, group("admins", ORGANIZATIONS)) == {"AddUserToGroup"}
    assert ways(user(JOIN), ops, group("admins", allow("s3:*"))) is None


def test_creating_a_provider_that_may_exist_is_undetermined():
    assert ask(user(allow("iam:CreateSAMLProvider")), FEDERATED)[1] == {"ann"}
    assert ask(user(allow("iam:CreateSAMLProvider", on=f"{ACCOUNT}:saml-provider/y")), FEDERATED)[1] == set()
    both = user(allow("iam:CreateSAMLProvider", "iam:DeleteSAMLProvider"))
    assert ways(both, FEDERATED) == {"CreateSAMLProvider", "DeleteSAMLProvider"}


def test_a_way_with_one_call_in_doubt_is_undetermined():
    delete = allow("iam:DeleteSAMLProvider", when={"StringEquals": {"aws:PrincipalOrgID": "o-example"}})
    capable, undetermined = ask(user(delete, allow("iam:CreateSAMLProvider")), FEDERATED)
    assert "ann" not in capable
    assert undetermined == {"ann"}


def test_others_are_raised_or_freed_through_their_group():
    key, ops = allow("iam:CreateAccessKey", on=f"{ACCOUNT}:user/bob"), f"{ACCOUNT}:group/ops"
    bob, plain = user(name="bob", groups=["ops"]), group("ops", allow("s3:*"))
    assert ways(user(key, allow("iam:PutGroupPolicy", on=ops)), bob, plain) == {"PutGroupPolicy", "CreateAccessKey"}
    assert ways(user(key), bob, plain) is None
    bob = user(ORGANIZATIONS, name="bob", groups=["ops"])
    denies = group("ops", allow("organizations:*", effect="Deny"))
    leave = allow("iam:RemoveUserFromGroup", on=ops)
    assert ways(user(key, leave), bob, denies) == {"RemoveUserFromGroup", "CreateAccessKey"}
    assert ways(user(key), bob, denies) is None


def test_a_renamed_user_can_be_become():
    dev = allow("iam:CreateAccessKey", on=f"{ACCOUNT}:user/dev-*")
    assert ways(user(allow("iam:UpdateUser"), dev), ADMIN) == {"UpdateUser", "CreateAccessKey"}
    assert ways(user(dev), ADMIN) is None


@pytest.mark.parametrize("action", ["sts:AssumeRole", "iam:PassRole"])
def test_an_unreadable_trust_policy_leaves_its_users_open(action):
    strong = role("strong", allow("*"))
    strong["AssumeRolePolicyDocument"]["Statement"][0]["Effect"] = "Maybe"
    assert "ann" in ask(user(allow(action)), strong)[1]
    assert "ann" not in ask(user(allow(action, on=f"{ACCOUNT}:role/other")), strong)[1]


@walk(
    ("operator", "pattern", "listed"),
    [
        ("StringLike", "*:alice", True),
        ("StringLike", "ID*:al*", True),
        ("StringLike", "*", True),
        ("StringLike", "*ANN:?lice", True),
        ("StringLike", "*BOB:alice", False),
        ("StringEquals", "IDANN:alice", True),
        ("StringLike", "IDANN:a*", True),
        ("StringLike", f"IDANN:{'a' * 63}*", True),
        ("StringEquals", "IDANN:al*", False),
        ("StringEqualsIgnoreCase", "idann:ALICE", True),
        ("StringEquals", "idann:alice", False),
    ],
)
def test_a_session_may_have_any_name_that_fits(operator, pattern, listed):
    principals, undetermined = ask(role("ann", allow("organizations:*", when={operator: {"aws:userid": pattern}})))
    assert ("ann" in principals, undetermined) == (listed, set())


@pytest.mark.parametrize("pattern", ["*:with space", "*:a", "IDANN?alice"])
def test_a_pattern_that_no_name_tried_fits_is_undetermined(pattern):
    assert ask(role("ann", allow("organizations:*", when={"StringLike": {"aws:userid": pattern}}))) == ({}, {"ann"})


def test_a_name_compared_with_an_unknown_is_undetermined():
    when = {"StringLike": {"aws:userid": "*:${aws:PrincipalTag/owner}"}}
    assert ask(role("ann", allow("organizations:*", when=when)))[1] == {"ann"}


def test_whoever_may_tag_itself_meets_conditions_on_its_tags():
    tag = allow("iam:TagUser", on=f"{ACCOUNT}:user/ann")
    assert ways(user(tag, allow("organizations:*", when=TEAM))) == {"TagUser"}
    assert ways(user(allow("organizations:*", when=TEAM))) is None
    dev = allow("iam:TagUser", when={"StringEquals": {"aws:RequestTag/team": "dev"}})
    assert ways(user(dev, allow("organizations:*", when=TEAM))) is None
    keys = allow("iam:TagUser", when={"ForAllValues:StringEquals": {"aws:TagKeys": ["name"]}})
    assert ways(user(keys, allow("organizations:*", when=TEAM))) is None
    ann = role("ann", allow("iam:TagRole"), allow("organizations:*", when=TEAM))
    assert ask(ann)[0]["ann"]["escalation"] == ["iam:TagRole"]


def test_a_tag_that_a_trust_policy_wants_can_be_had():
    strong = role("strong", allow("*"), trust={"Principal": ROOT, "Condition": TEAM})
    assume = allow("sts:AssumeRole")
    assert ways(user(allow("iam:TagUser"), assume), strong) == {"TagUser", "AssumeRole"}
    assert ways(user(assume), strong) is None


def test_taking_a_tag_off_frees_of_its_deny():
    denied = allow("organizations:*", effect="Deny", when={"StringEquals": {"aws:PrincipalTag/held": "yes"}})
    tags = {"Held": "yes"}
    assert ways(user(allow("iam:UntagUser"), ORGANIZATIONS, denied, tags=tags)) == {"UntagUser"}
    assert ways(user(allow("iam:TagUser"), ORGANIZATIONS, denied, tags=tags)) == {"TagUser"}
    assert ways(user(ORGANIZATIONS, denied, tags=tags)) is None
    absent = allow("organizations:*", when={"Null": {"aws:PrincipalTag/held": "true"}})
    assert ways(user(allow("iam:UntagUser"), absent, tags=tags)) == {"UntagUser"}
    assert ways(user(allow("iam:TagUser"), absent, tags=tags)) is None


@walk(
    ("tag", "action", "other"),
    [
        ("TagRole", "sts:AssumeRole", STRONG),
        ("TagRole", "iam:UpdateAssumeRolePolicy", SERVES),
        ("TagUser", "iam:CreateAccessKey", ADMIN),
    ],
)
def test_tagging_another_meets_conditions_on_its_tags(tag, action, other):
    able = user(allow(f"iam:{tag}"), allow(action, when=OPEN))
    assert ways(able, other) == {tag, action.partition(":")[2]}
    assert ways(user(allow(action, when=OPEN)), other) is None
    assert ways(user(allow(f"iam:{tag}", on=f"{ACCOUNT}:role/x"), allow(action, when=OPEN)), other) is None


@pytest.mark.parametrize("names", [("one", "two"), ("two", "one")])
def test_one_that_is_become_tags_for_one_that_was_before(names):
    """Whichever comes first: what takes calls of two principals opens when the second one is there."""
    tags, strong = names
    trust = {"Principal": ROOT}
    path = f"{ACCOUNT}:role/"
    assumes = role("a", allow("sts:AssumeRole", on=path + strong, when=OPEN), trust=trust)
    leads = role("b", allow("sts:AssumeRole", on=path + tags), trust=trust)
    both = (role(tags, allow("iam:TagRole", on=path + strong), trust=trust), role(strong, allow("*"), trust=trust))
    start = user(allow("sts:AssumeRole", on=path + "?"))
    assert "ann" in ask(start, assumes, leads, *both)[0]
    assert "ann" not in ask(start, assumes, *both)[0]


@pytest.mark.parametrize("names", [("one", "two"), ("two", "one")])
def test_one_that_is_become_opens_what_was_closed_before(names):
    """ann changes the second role, which only the first one may assume: whichever comes first."""
    first, second = names
    start = user(allow("iam:AttachRolePolicy", on=f"{ACCOUNT}:role/{second}"))
    leads = role(first, trust={"Principal": {"AWS": f"{ACCOUNT}:user/ann"}})
    ends = role(second, trust={"Principal": {"AWS": f"{ACCOUNT}:role/{first}"}})
    assert "ann" in ask(start, leads, ends)[0]
    assert "ann" not in ask(start, ends)[0]


def test_tagging_oneself_opens_ones_own_policies():
    assert ways(user(allow("iam:TagUser"), allow("iam:PutUserPolicy", when=OPEN))) == {"TagUser", "PutUserPolicy"}


def test_a_tag_can_be_made_the_same_as_anothers():
    same = {"StringEquals": {"iam:ResourceTag/team": "${aws:PrincipalTag/team}"}}
    keys, admin = allow("iam:CreateAccessKey", when=same), user(allow("*"), name="admin", tags={"team": "root"})
    assert ways(user(allow("iam:TagUser"), keys, tags={"team": "dev"}), admin) == {"TagUser", "CreateAccessKey"}
    assert ways(user(keys, tags={"team": "dev"}), admin) is None


def test_a_tag_in_a_resource_pattern_leads_there():
    assume = allow("sts:AssumeRole", on=f"{ACCOUNT}:role/${{aws:PrincipalTag/team}}")
    assert ways(user(allow("iam:TagUser"), assume), STRONG) == {"TagUser", "AssumeRole"}
    assert ways(user(assume, tags={"team": "dev"}), STRONG) is None


def test_more_tags_than_are_tried_are_undetermined():
    when = {"StringLike": {"aws:userid": "*${aws:PrincipalTag/team}${aws:PrincipalTag/name}"}}
    assert ask(user(allow("iam:TagUser"), allow("organizations:*", when=when)))[1] == {"ann"}
    assert ask(user(allow("organizations:*", when=when))) == ({}, set())


def test_whoever_may_rename_itself_is_whom_conditions_and_resources_name():
    rename = allow("iam:UpdateUser")
    put = allow("iam:PutUserPolicy", on=f"{ACCOUNT}:user/x-*")
    assert ways(user(rename, put)) == {"UpdateUser", "PutUserPolicy"}
    assert ways(user(put)) is None
    bob = allow("organizations:*", when={"StringEquals": {"aws:username": "bob"}})
    assert ways(user(rename, bob)) == {"UpdateUser"}
    assert ways(user(rename, bob), user(name="bob")) is None
    deny = allow("organizations:*", effect="Deny", when={"ArnEquals": {"aws:PrincipalArn": f"{ACCOUNT}:user/ann"}})
    assert ways(user(rename, ORGANIZATIONS, deny)) == {"UpdateUser"}
    # Of both names, the old one and the new one.
    assert ways(user(allow("iam:UpdateUser", on=f"{ACCOUNT}:user/ann"), put)) is None
    assert ways(user(allow("iam:UpdateUser", on=f"{ACCOUNT}:user/x-*"), put)) is None


ME = f"{ACCOUNT}:user/ann"
HERSELF = allow("iam:TagUser", on=ME)


def test_a_name_of_two_tags_is_undetermined():
    two_tags = f"{ACCOUNT}:user/${{aws:PrincipalTag/first}}${{aws:PrincipalTag/second}}"
    assert ask(user(HERSELF, allow("iam:CreateAccessKey", on=two_tags)), ADMIN)[1] == {"ann"}


def test_a_whole_tag_that_is_compared_needs_no_other_value():
    same_team = {"StringEquals": {"iam:ResourceTag/team": "${aws:PrincipalTag/team}"}}
    key = allow("iam:CreateAccessKey", when=same_team)
    admin = user(allow("*"), name="admin", tags={"team": "x"})
    assert ways(user(HERSELF, key), admin) == {"TagUser", "CreateAccessKey"}
    never = allow("iam:CreateAccessKey", effect="Deny", when={"StringEquals": {"aws:PrincipalTag/team": "x"}})
    assert ways(user(HERSELF, key, never), admin) is None
