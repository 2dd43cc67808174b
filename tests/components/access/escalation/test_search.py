"""Ways of more than one step, and what closes them: made, joined, attached, rewritten, exchanged, set free, become."""

from __future__ import annotations

from contextlib import suppress

import pytest
from pulumi_aws_identity_center.access.authorization_details import read_account
from pulumi_aws_identity_center.access.escalation.search import find_path
from pulumi_aws_identity_center.access.escalation.targets import BudgetSpent, SearchState
from pulumi_aws_identity_center.access.permissions import Permissions
from pulumi_aws_identity_center.access.who_can_disable import RELEVANT_ACTIONS
from pulumi_aws_identity_center.iam import LOCK_OUT_ACTIONS

from tests.components.access.iam_account import (
    ACCOUNT,
    AWS,
    BOUND,
    GUARD,
    ORGANIZATIONS,
    OWN,
    ROOT,
    allow,
    ask,
    document,
    group,
    holder,
    page_of,
    role,
    user,
    ways,
)
from tests.walk import walk


def test_writing_ones_own_policies_takes_the_guard_off():
    me = f"{ACCOUNT}:user/ann"
    assert ways(user(allow("iam:PutUserPolicy", on=me), managed=[GUARD])) >= {"PutUserPolicy", "DetachUserPolicy"}
    keep = allow("iam:Detach*", "iam:*Version", "iam:Create*", "sts:*", effect="Deny")
    guarded = user(allow("iam:PutUserPolicy", on=me), managed=[GUARD, OWN])
    assert ways(guarded, policies={OWN: document(keep, allow("iam:Put*", effect="Deny"))}) is None


def test_leaving_a_group_that_also_allows_something_ends_its_denials():
    ops = group("ops", allow("organizations:*", effect="Deny"), allow("iam:TagUser"))
    leave = allow("iam:RemoveUserFromGroup", on=f"{ACCOUNT}:group/ops")
    assert ways(user(ORGANIZATIONS, leave, groups=["ops"]), ops) == {"RemoveUserFromGroup"}
    assert ways(user(ORGANIZATIONS, groups=["ops"]), ops) is None


@pytest.mark.parametrize("actions", [("PutGroupPolicy",), ("PutGroupPolicy", "CreateGroup")])
def test_a_group_that_is_there_keeps_its_denials_when_given_more(actions):
    may = allow("iam:AddUserToGroup", *(f"iam:{action}" for action in actions), on=f"{ACCOUNT}:group/ops")
    nothing = {OWN: document(allow("*", effect="Deny"))}
    assert ways(user(may), group("ops", managed=[OWN]), policies=nothing) is None
    assert ways(user(may), group("ops")) == {"AddUserToGroup", "PutGroupPolicy"}


NOTHING, LOCK_OUT = allow("*", effect="Deny"), {"Version": "2012-10-17", "Statement": [ORGANIZATIONS]}
# What a group that denies something has, and what has to be done to it before it is joined.
CHANGED_GROUPS = [
    (group("ops", allow("iam:*", effect="Deny")), {"PutGroupPolicy"}),
    (group("ops", NOTHING), {"PutGroupPolicy"}),
    (group("ops", NOTHING), {"DeleteGroupPolicy", "AttachGroupPolicy"}),
    (group("ops", managed=[OWN]), {"DetachGroupPolicy", "AttachGroupPolicy"}),
    (group("ops", managed=[OWN]), {"CreatePolicyVersion"}),
    (group("ops", managed=[OWN]), {"SetDefaultPolicyVersion"}),
    (group("ops", NOTHING, managed=[OWN]), {"DeleteGroupPolicy", "CreatePolicyVersion"}),
]


@walk(("ops", "actions"), CHANGED_GROUPS)
def test_a_group_that_denies_its_members_much_is_changed_before(ops, actions):
    policies = {"policies": {OWN: document(NOTHING)}, "versions": {OWN: [LOCK_OUT]}}
    for missing in ("", *actions):
        may = allow("iam:AddUserToGroup", *(f"iam:{action}" for action in actions - {missing}))
        needed = None if missing else actions | {"AddUserToGroup"}
        assert ways(user(may), ops, **policies) == needed


@pytest.mark.parametrize("denied", ["group's own", "nothing"])
def test_many_groups_to_join_are_told_apart_within_the_work_limit(denied):
    """Joining any of them takes something away from who joins, or gives an action that matters."""
    numbers = range(60)
    keep = [[allow("iam:Put*", on=f"*{number}*", effect="Deny")] if denied != "nothing" else [] for number in numbers]
    groups = [group(f"g{n}", allow("iam:PassRole", on=f"{ACCOUNT}:role/x{n}"), *keep[n]) for n in numbers]
    joiners = [user(allow("iam:AddUserToGroup"), name=f"ann{number}") for number in range(10)]
    assert ask(*joiners, *groups) == ({}, set())
    can_join = {
        path for row in ask(*joiners, *groups, group("z", ORGANIZATIONS))[0].values() for path in row["escalation"]
    }
    assert can_join == {"iam:AddUserToGroup"}


MADE = [
    ({"CreateRole", "PutRolePolicy"}, True),
    ({"CreateRole", "AttachRolePolicy"}, True),
    ({"CreateRole"}, False),
    ({"PutRolePolicy"}, False),
    ({"CreateUser", "AttachUserPolicy", "CreateAccessKey"}, True),
    ({"CreateUser", "PutUserPolicy", "CreateLoginProfile"}, True),
    ({"CreateUser", "CreateAccessKey"}, False),
    ({"CreateGroup", "PutGroupPolicy", "AddUserToGroup"}, True),
    ({"CreateGroup", "AddUserToGroup"}, False),
    ({"CreateGroup", "PutGroupPolicy"}, False),
]


@walk(("actions", "enough"), MADE)
def test_a_new_principal_counts_if_given_permissions_and_become(actions, enough):
    may = allow(
        *(f"iam:{action}" for action in actions), on=[f"{ACCOUNT}:{kind}/x-*" for kind in ("role", "user", "group")]
    )
    joins = [allow("iam:AddUserToGroup", on=f"{ACCOUNT}:group/x-*")]
    assert ways(user(may, *(joins if "AddUserToGroup" in actions else []))) == (actions if enough else None)


def test_a_new_role_within_a_boundary_counts_if_that_loosens():
    bound = {"StringEquals": {"iam:PermissionsBoundary": BOUND}}
    may = allow("iam:CreateRole", "iam:AttachRolePolicy", on=f"{ACCOUNT}:role/x-*", when=bound)
    assert ways(user(may), policies={BOUND: document(allow("s3:*"))}) is None
    assert ways(user(may), policies={BOUND: document(allow("*"))}) == {"CreateRole", "AttachRolePolicy"}
    loose = allow("iam:DeleteRolePermissionsBoundary")
    assert ways(user(may, loose), policies={BOUND: document(allow("s3:*"))}) == {
        "CreateRole",
        "AttachRolePolicy",
        "DeleteRolePermissionsBoundary",
    }


def test_joining_counts_if_the_group_has_or_gets_permissions():
    join = allow("iam:AddUserToGroup", on=f"{ACCOUNT}:group/ops")
    assert ways(user(join), group("ops", allow("s3:*"))) is None
    assert ways(user(join), group("ops", allow("iam:PutUserPolicy"))) == {"AddUserToGroup", "PutUserPolicy"}
    assert ways(user(join), group("ops", ORGANIZATIONS)) == {"AddUserToGroup"}
    write = allow("iam:PutGroupPolicy")
    assert ways(user(join, write), group("ops", allow("s3:*"))) == {"AddUserToGroup", "PutGroupPolicy"}
    assert ways(user(write), group("ops", allow("s3:*"))) is None


def test_another_version_counts_only_if_one_allows_it():
    ann = user(allow("iam:SetDefaultPolicyVersion"), managed=[OWN])
    now = {OWN: document(allow("s3:*"))}
    assert ways(ann, policies=now) is None
    assert ways(ann, policies=now, versions={OWN: [document(allow("s3:List*"))]}) is None
    assert ways(ann, policies=now, versions={OWN: [document(ORGANIZATIONS)]}) == {"SetDefaultPolicyVersion"}


def test_rewriting_an_assumable_roles_policy_is_a_way():
    tool = role("tool", managed=[OWN], trust={"Principal": ROOT})
    both = user(allow("iam:CreatePolicyVersion", on=OWN), allow("sts:AssumeRole"))
    policies = {OWN: document(allow("s3:*"))}
    assert ways(both, tool, policies=policies) == {"CreatePolicyVersion", "AssumeRole"}
    assert ways(user(allow("iam:CreatePolicyVersion", on=OWN)), tool, policies=policies) is None


@walk(
    ("arn", "more", "expected"),
    [
        (f"{AWS}/IAMFullAccess", (), {"AttachUserPolicy"}),
        (f"{AWS}/AWSSSOMasterAccountAdministrator", (), {"AttachUserPolicy"}),
        (f"{AWS}/ReadOnlyAccess", (), None),
        (f"{ACCOUNT}:policy/app-*", (), None),
        (f"{ACCOUNT}:policy/app-*", ("iam:CreatePolicy",), {"AttachUserPolicy", "CreatePolicy"}),
        (OWN, ("iam:CreatePolicyVersion",), {"AttachUserPolicy", "CreatePolicyVersion"}),
        (OWN, (), None),
    ],
)
def test_attaching_some_policies_counts_if_one_can_allow_it(arn, more, expected):
    attach = allow("iam:AttachUserPolicy", when={"ArnLike": {"iam:PolicyARN": arn}})
    principals = ways(user(attach, allow(*(more or ["s3:List"]))), policies={OWN: document(allow("s3:*"))})
    assert principals is None if expected is None else principals >= expected


def test_separate_ways_are_all_reported_without_detours():
    several = user(
        allow("iam:PutUserPolicy", on=f"{ACCOUNT}:user/ann"),
        allow("iam:AddUserToGroup"),
        allow("iam:CreateRole", "iam:PutRolePolicy", on=f"{ACCOUNT}:role/x-*"),
    )
    expected = {"PutUserPolicy", "AddUserToGroup", "CreateRole", "PutRolePolicy"}
    assert ways(several, group("ops", ORGANIZATIONS)) == expected
    assert ways(user(allow("*"), name="ann"), group("ops", ORGANIZATIONS)) >= {"PutUserPolicy", "AddUserToGroup"}
    assert ways(user(allow("iam:AttachUserPolicy"))) == {"AttachUserPolicy"}


CI = role("ci", allow("iam:*"), boundary=BOUND)
CI_DENIED = allow(*LOCK_OUT_ACTIONS, "iam:*Boundary", "iam:*Version", "iam:*User*", "sso:*", effect="Deny")
CI_BOUNDARY = {BOUND: document(allow("*"), CI_DENIED)}


def test_a_path_starts_where_the_boundary_leaves_a_way():
    principals, _ = ask(CI, policies=CI_BOUNDARY)
    assert [[step["action"] for step in path] for path in principals["ci"]["paths"]] == [
        ["iam:CreateRole", "iam:PutRolePolicy", "organizations:DisableAWSServiceAccess"]
    ]


def spend_all(state):
    with suppress(BudgetSpent):
        while True:
            state.spend()


def test_dropping_detours_takes_nothing_from_the_budget():
    account = read_account([page_of(CI, policies=CI_BOUNDARY)], RELEVANT_ACTIONS)
    permissions = Permissions.of(account.principals[0], account)
    state, state_without_details = SearchState(account), SearchState(account)
    with state_without_details.budget_for_details():
        spend_all(state_without_details)
    assert state_without_details.has_budget
    without_detours, with_detours = (find_path(state, permissions) for state in (state, state_without_details))
    assert with_detours.certain_path is not None
    assert without_detours.certain_path is not None
    assert len(without_detours.certain_path.stages) < len(with_detours.certain_path.stages)
    assert without_detours.moves < with_detours.moves


def test_two_that_can_not_alone_can_together():
    tool = role("tool", allow("iam:PutUserPolicy", on=f"{ACCOUNT}:user/ann"), trust={"Principal": ROOT})
    principals, undetermined = ask(user(allow("sts:AssumeRole")), tool, user(name="bob"))
    assert (set(principals), undetermined) == ({"ann"}, set())
    assert principals["ann"]["escalation"] == ["iam:PutUserPolicy", "sts:AssumeRole"]


def test_only_customer_policies_of_permission_sets_roles_can_change():
    path = "aws-reserved/sso.amazonaws.com/"
    name = "AWSReservedSSO_Ops_0123456789abcdef"
    own_roles = f"{ACCOUNT}:role/{path}*"
    assert ways(role(name, allow("iam:PutRolePolicy", on=own_roles), path=path), of=name) is None
    assert ways(role(name, allow("iam:PutRolePolicy", on=own_roles)), role("x"), of=name) is None
    editor = role(name, allow("iam:CreatePolicyVersion"), managed=[OWN], path=path)
    assert ways(editor, of=name, policies={OWN: document(allow("s3:*"))}) == {"CreatePolicyVersion"}


def test_changing_a_roles_identity_provider_becomes_the_role():
    provider = f"{ACCOUNT}:saml-provider/idp"
    strong = role(
        "strong", allow("*"), trust={"Principal": {"Federated": provider}, "Action": "sts:AssumeRoleWithSAML"}
    )
    assert ways(user(allow("iam:UpdateSAMLProvider", on=provider)), strong) == {"UpdateSAMLProvider"}
    again = ("iam:DeleteSAMLProvider", "iam:CreateSAMLProvider")
    assert ways(user(allow(*again)), strong) == {"DeleteSAMLProvider", "CreateSAMLProvider"}
    assert ways(user(allow(again[0])), strong) is None
    assert ways(user(allow("iam:UpdateSAMLProvider", on=f"{provider}x")), strong) is None


def test_a_deny_of_detaching_the_guard_in_particular_holds():
    named = {"ArnEquals": {"iam:PolicyARN": GUARD}}
    keep = document(allow("iam:DetachUserPolicy", effect="Deny", when=named))
    ann = user(ORGANIZATIONS, allow("iam:DetachUserPolicy"), managed=[GUARD, OWN])
    assert ways(ann, policies={OWN: document(allow("s3:*"))}) == {"DetachUserPolicy"}
    # It may take off the policy that keeps the guard on, and then the guard.
    assert ways(ann, policies={OWN: keep}) == {"DetachUserPolicy"}
    both = {"ArnEquals": {"iam:PolicyARN": [GUARD, OWN]}}
    assert ways(ann, policies={OWN: document(allow("iam:DetachUserPolicy", effect="Deny", when=both))}) is None


def test_a_mixed_policy_helps_only_who_rewrites_it():
    mixed = {OWN: document(ORGANIZATIONS, allow("organizations:D*", effect="Deny"))}
    assert ways(user(allow("iam:DetachUserPolicy"), managed=[OWN]), policies=mixed) is None
    assert ways(user(allow("iam:CreatePolicyVersion"), managed=[OWN]), policies=mixed) == {"CreatePolicyVersion"}
    twice = user(allow("iam:DetachUserPolicy"), ORGANIZATIONS, managed=[OWN])
    assert ways(twice, policies=mixed) == {"DetachUserPolicy"}


def test_a_boundary_can_be_exchanged_for_a_wider_one():
    only = {"StringEquals": {"iam:PermissionsBoundary": OWN}}
    exchange = allow("iam:PutUserPermissionsBoundary", when=only)
    ann = user(ORGANIZATIONS, exchange, boundary=BOUND)
    now = {BOUND: document(allow("iam:*")), OWN: document(allow("organizations:*"))}
    assert ways(ann, policies=now) == {"PutUserPermissionsBoundary"}
    assert ways(ann, policies={**now, OWN: document(allow("s3:*"))}) is None


@walk(
    ("kind", "tags", "expected"),
    [
        ("User", {"team": "ops"}, "can"),
        ("User", {"team": "dev"}, "can't"),
        ("User", {}, "can't"),
        ("Role", {"team": "ops"}, "can"),
        ("Role", {"team": "dev"}, "undetermined"),
    ],
)
def test_a_users_tags_are_known_and_a_sessions_are_not(kind, tags, expected):
    when = {"StringEquals": {"aws:PrincipalTag/team": "ops"}}
    principals, undetermined = ask(holder(kind, "ann", allow("organizations:*", when=when), tags=tags))
    assert ("ann" in principals, "ann" in undetermined) == (expected == "can", expected == "undetermined")


def test_tags_of_which_the_input_says_nothing_are_not_known():
    when = {"StringEquals": {"aws:PrincipalTag/team": "ops"}}
    ann = user(allow("organizations:*", when=when))
    del ann["Tags"]
    assert ask(ann) == ({}, {"ann"})


@walk(("pattern", "listed"), [("IDANN:*", True), ("IDANN:me", True), ("IDBOB:*", False)])
def test_a_session_has_its_roles_id_and_any_name(pattern, listed):
    principals, undetermined = ask(role("ann", allow("organizations:*", when={"StringLike": {"aws:userid": pattern}})))
    assert ("ann" in principals, undetermined) == (listed, set())
    deny = allow("organizations:*", effect="Deny", when={"StringNotLike": {"aws:userid": pattern}})
    principals, undetermined = ask(role("ann", ORGANIZATIONS, deny))
    assert ("ann" in principals, undetermined) == (listed, set())


def test_a_condition_on_resource_tags_is_decided_by_them():
    when = {"StringEquals": {"iam:ResourceTag/open": "yes"}}
    me = allow("iam:PutUserPolicy", when=when)
    assert ways(user(me, tags={"open": "yes"})) == {"PutUserPolicy"}
    assert ways(user(me, tags={"open": "no"})) is None
    assert ways(user(me)) is None


def test_a_trust_policy_with_notprincipal_lets_in_the_others():
    strong = role("strong", allow("*"), trust={"NotPrincipal": {"AWS": f"{ACCOUNT}:user/bob"}})
    del strong["AssumeRolePolicyDocument"]["Statement"][0]["Principal"]
    people = [user(allow("sts:AssumeRole"), name=name) for name in ("ann", "bob")]
    assert ways(strong, *people) == {"AssumeRole"}
    assert ways(strong, *people, of="bob") is None


@pytest.mark.parametrize(("key", "value"), [("ExternalId", "x"), ("RoleSessionName", "${aws:username}")])
def test_what_the_caller_chooses_is_a_condition_and_no_hindrance(key, value):
    trust = {"Principal": ROOT, "Condition": {"StringEquals": {f"sts:{key}": value}}}
    principals, undetermined = ask(user(allow("sts:AssumeRole")), role("strong", allow("*"), trust=trust))
    assert undetermined == set()
    assert principals["ann"]["escalation"] == ["sts:AssumeRole"]
    assert any(f"sts:{key}" in action for action in principals["ann"]["conditions"])


def test_organizations_and_iam_are_called_in_one_region_only():
    when = {"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}
    principals, undetermined = ask(user(allow("organizations:*", "sso:DeleteInstance", "iam:PutUserPolicy", when=when)))
    assert (principals["ann"]["actions"], principals["ann"]["escalation"]) == (["sso:DeleteInstance"], [])
    assert undetermined == set()


@walk(("moment", "listed"), [("1500000000", False), ("4102444800", True), ("99999999999999", True)])
@walk("operator", ["DateLessThan", "NumericLessThan"])
def test_the_time_as_a_number_is_a_time(operator, moment, listed):
    principals, undetermined = ask(user(allow("organizations:*", when={operator: {"aws:EpochTime": moment}})))
    assert ("ann" in principals, undetermined) == (listed, set())


def test_the_end_of_time_is_a_time():
    when = {"DateLessThan": {"aws:CurrentTime": "9999-12-31T23:59:59Z"}}
    assert "ann" in ask(user(allow("organizations:*", when=when)))[0]


def test_only_a_doubt_that_decides_is_reported():
    when = {"StringEquals": {"aws:CalledVia": "x.amazonaws.com"}}
    assert ask(user(allow("iam:AddUserToGroup", when=when)), group("ops", allow("s3:*"))) == ({}, set())
    assert ask(user(allow("iam:AddUserToGroup", when=when)), group("ops", ORGANIZATIONS)) == ({}, {"ann"})


def test_a_groups_policy_is_reported_with_the_group():
    principals, _ = ask(user(groups=["ops"]), group("ops", ORGANIZATIONS))
    assert (principals["ann"]["through"], principals["ann"]["groups"]) == (["inline"], ["ops"])


def test_nobody_changes_the_trust_of_a_permission_sets_role():
    path = "aws-reserved/sso.amazonaws.com/"
    reserved = role("AWSReservedSSO_Admin_0123456789abcdef", ORGANIZATIONS, path=path)
    assert ways(user(allow("iam:UpdateAssumeRolePolicy")), reserved) is None


def test_a_trust_that_excludes_only_services_lets_principals_in():
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "NotPrincipal": {"Service": "ec2.amazonaws.com"}}
    strong = {**role("strong", ORGANIZATIONS), "AssumeRolePolicyDocument": document(statement)}
    assert ways(user(allow("sts:AssumeRole")), strong) == {"AssumeRole"}


def test_joining_a_group_with_an_unreadable_policy_is_undetermined():
    ops = {**group("ops"), "GroupPolicyList": [{"PolicyName": "broken", "PolicyDocument": "{"}]}
    _, undetermined = ask(user(allow("iam:AddUserToGroup")), ops)
    assert "ann" in undetermined
