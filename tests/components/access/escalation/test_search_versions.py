"""Escalation through a policy: another version of it, a new version, a boundary that is set."""

from __future__ import annotations

import pytest
from pulumi_aws_identity_center.access.authorization_details import read_account
from pulumi_aws_identity_center.access.who_can_disable import RELEVANT_ACTIONS, who_can_disable

from tests.components.access.iam_account import (
    ACCOUNT,
    BOUND,
    ORGANIZATIONS,
    OWN,
    allow,
    ask,
    document,
    group,
    page_of,
    role,
    user,
    ways,
)
from tests.walk import walk

NOW, OLDER = {OWN: document(allow("s3:*"))}, {OWN: [document(ORGANIZATIONS)]}
SWAP = allow("iam:SetDefaultPolicyVersion", on=OWN)
ONLY_OWN = {"ArnEquals": {"iam:PolicyARN": OWN}}
NEW = f"{ACCOUNT}:*/x-*"


@pytest.mark.parametrize(
    ("actions", "more"),
    [
        ({"AttachUserPolicy"}, {}),
        ({"AttachGroupPolicy"}, {"groups": ["ops"]}),
        ({"AttachGroupPolicy", "AddUserToGroup"}, {}),
        ({"CreateRole", "AttachRolePolicy"}, {}),
        ({"CreateUser", "AttachUserPolicy", "CreateAccessKey"}, {}),
        ({"CreateGroup", "AttachGroupPolicy", "AddUserToGroup"}, {}),
    ],
)
def test_attaching_and_setting_back_a_policy_is_a_way(actions, more):
    place = f"{ACCOUNT}:group/ops" if not any("Create" in action for action in actions) and not more else "*"
    attach = [
        allow(*(f"iam:{action}" for action in actions if "Attach" in action), when=ONLY_OWN),
        *(
            allow(f"iam:{action}", on=NEW if "Create" in action else place)
            for action in actions
            if "Attach" not in action
        ),
    ]
    ops = group("ops", allow("s3:*"))
    principals = ways(user(SWAP, *attach, **more), ops, policies=NOW, versions=OLDER)
    assert principals is not None
    assert principals >= {"SetDefaultPolicyVersion"} | {action for action in actions if "Attach" in action}
    assert ways(user(*attach, **more), ops, policies=NOW, versions=OLDER) is None
    assert ways(user(SWAP, *attach, **more), ops, policies=NOW) is None


def test_joining_and_setting_back_a_policy_is_a_way():
    join, ops = allow("iam:AddUserToGroup"), group("ops", managed=[OWN])
    both = {"SetDefaultPolicyVersion", "AddUserToGroup"}
    assert ways(user(SWAP, join), ops, policies=NOW, versions=OLDER) == both
    assert ways(user(join), ops, policies=NOW, versions=OLDER) is None
    assert ways(user(SWAP, join), group("ops"), policies=NOW, versions=OLDER) is None


@walk("more", ["SetDefaultPolicyVersion", "CreatePolicyVersion", "CreatePolicy"])
def test_a_boundary_of_ones_own_writing_limits_nothing(more):
    target = f"{ACCOUNT}:policy/mine" if more == "CreatePolicy" else OWN
    rebind = allow("iam:PutUserPermissionsBoundary", when={"StringEquals": {"iam:PermissionsBoundary": target}})
    policies = {**NOW, BOUND: document(allow("iam:*"))}
    able = user(ORGANIZATIONS, rebind, allow(f"iam:{more}", on=target), boundary=BOUND)
    versions = OLDER if more == "SetDefaultPolicyVersion" else None
    assert ways(able, policies=policies, versions=versions) == {"PutUserPermissionsBoundary", more}
    elsewhere = user(ORGANIZATIONS, rebind, allow(f"iam:{more}", on=BOUND + "x"), boundary=BOUND)
    assert ways(elsewhere, policies=policies, versions=versions) is None


def test_a_new_role_is_not_bound_by_its_makers_policy():
    own_policy = f"{ACCOUNT}:policy/mine"
    within = {"StringEquals": {"iam:PermissionsBoundary": own_policy}}
    make = allow("iam:CreateRole", "iam:PutRolePolicy", when=within)
    principals = ways(user(make, allow("iam:CreatePolicy", on=own_policy)))
    assert principals == {"CreateRole", "PutRolePolicy", "CreatePolicy"}
    assert ways(user(make), policies={own_policy: document(allow("s3:*"))}) is None


def test_a_boundary_can_be_put_on_for_a_condition():
    within = {"ArnEquals": {"iam:PermissionsBoundary": OWN}}
    tool = role("tool", trust={"Principal": {"AWS": f"{ACCOUNT}:user/ann"}})
    able = user(allow("iam:PutRole*", "iam:DeleteRolePermissionsBoundary", when=within))
    assert ways(able, tool, policies=NOW) == {
        *("PutRolePermissionsBoundary", "PutRolePolicy", "DeleteRolePermissionsBoundary", "AssumeRole")
    }
    assert ways(user(allow("iam:PutRole*", when=within)), tool, policies=NOW) is None


def test_a_rewritten_boundary_still_meets_the_condition():
    within = {"ArnEquals": {"iam:PermissionsBoundary": OWN}}
    ann = user(allow("iam:PutUserPolicy", when=within), boundary=OWN)
    editor = role("one", allow("iam:CreatePolicyVersion", on=OWN), trust={"Principal": {"AWS": f"{ACCOUNT}:user/ann"}})
    assert ways(ann, editor, policies=NOW) == {"PutUserPolicy", "CreatePolicyVersion", "AssumeRole"}
    assert ways(ann, policies=NOW) is None


def test_calls_without_a_boundary_meet_no_condition_on_one():
    admin = user(allow("*"), name="admin", boundary=None)
    keys = allow(
        "iam:CreateAccessKey", "iam:PutUserPermissionsBoundary", when={"ArnEquals": {"iam:PermissionsBoundary": OWN}}
    )
    assert ways(user(keys), admin, policies=NOW) is None


def test_a_policy_that_no_condition_names_can_be_rewritten():
    aws = {"ArnLike": {"iam:PolicyARN": "arn:aws:iam::aws:policy/*"}}
    attach = [allow("iam:AttachUserPolicy"), allow("iam:AttachUserPolicy", effect="Deny", when=aws)]
    principals = ways(user(*attach, allow("iam:CreatePolicyVersion", on=OWN)), policies=NOW)
    assert principals == {"AttachUserPolicy", "CreatePolicyVersion"}
    assert ways(user(*attach), policies=NOW) is None


def test_an_unused_policy_of_aws_can_be_the_boundary():
    power = {"StringEquals": {"iam:PermissionsBoundary": "arn:aws:iam::aws:policy/PowerUserAccess"}}
    make = allow("iam:CreateRole", "iam:PutRolePolicy", when=power)
    assert ways(user(make)) == {"CreateRole", "PutRolePolicy"}


def test_an_unreadable_policy_leaves_its_attachers_open():
    broken = {OWN: {"Version": "2012-10-17", "Statement": [{"Effect": "Maybe"}]}}
    assert ask(user(allow("iam:AttachUserPolicy", when=ONLY_OWN)), policies=broken) == ({}, {"ann"})
    assert ask(user(allow("iam:AddUserToGroup")), group("ops", managed=[OWN]), policies=broken) == ({}, {"ann"})
    assert ask(user(allow("iam:AddUserToGroup")), group("ops"), policies=broken) == ({}, set())


def test_an_unreadable_version_leaves_whoever_sets_it_open():
    broken = {OWN: [{"Version": "2012-10-17", "Statement": [{"Effect": "Maybe"}]}]}
    assert ask(user(SWAP, managed=[OWN]), policies=NOW, versions=broken) == ({}, {"ann"})
    assert ask(user(managed=[OWN]), policies=NOW, versions=broken) == ({}, set())
    attach = allow("iam:AttachUserPolicy", when=ONLY_OWN)
    assert ask(user(SWAP, attach), policies=NOW, versions=broken) == ({}, {"ann"})


def test_only_calls_to_iam_have_the_keys_of_iam():
    deny = allow("organizations:*", "sts:*", effect="Deny", when={"ArnEquals": {"iam:PolicyARN": OWN}})
    assert ask(user(ORGANIZATIONS, deny))[0].keys() == {"ann"}
    strong = role("strong", allow("*"), trust={"Principal": {"AWS": f"{ACCOUNT}:root"}})
    assert ways(user(allow("sts:AssumeRole"), deny), strong) == {"AssumeRole"}


def test_the_order_of_policies_and_versions_changes_nothing():
    conditions = ({"Bool": {"aws:MultiFactorAuthPresent": "true"}}, {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}})
    older = [document({**ORGANIZATIONS, "Condition": condition}) for condition in conditions]
    ann = user(SWAP, managed=[OWN])
    broken = [{"PolicyName": name, "PolicyDocument": document(allow(5))} for name in ("p", "q")]
    page = page_of(ann, {**user(name="bob"), "UserPolicyList": broken}, policies=NOW, versions={OWN: older})
    versions = page["Policies"][-1]["PolicyVersionList"]
    for number, version in enumerate(versions):
        version["VersionId"] = f"v{number + 1}"
    report = who_can_disable(read_account([page], RELEVANT_ACTIONS))
    versions.reverse()
    broken.reverse()
    assert who_can_disable(read_account([page], RELEVANT_ACTIONS)) == report
    assert len(report["principals"]) == len(report["undetermined"]) == 1


def test_a_doubt_behind_a_change_that_takes_something_away_is_told():
    unknown = {"StringEquals": {"aws:PrincipalOrgID": "o-example"}}
    denies = {OWN: document(allow("organizations:*", effect="Deny"), allow("s3:*"))}
    ann = user(allow("organizations:*", when=unknown), SWAP, managed=[OWN])
    assert ask(ann, policies=denies, versions={OWN: [document(allow("s3:Get*"))]}) == ({}, {"ann"})
    assert ask(ann, policies=denies) == ({}, set())


def test_another_version_is_that_of_the_boundary_too():
    own = user(managed=[OWN], boundary=OWN)
    now, older = {OWN: document(SWAP)}, {OWN: [document(allow("iam:CreatePolicyVersion"))]}
    assert ways(own, policies=now, versions=older) == {"SetDefaultPolicyVersion", "CreatePolicyVersion"}
    assert ways(own, policies=now) is None


def test_the_boundarys_version_may_be_the_last_change():
    attach = allow("iam:AttachUserPolicy", when=ONLY_OWN)
    own = user(attach, allow("iam:SetDefaultPolicyVersion", on=BOUND), boundary=BOUND)
    policies = {BOUND: document(allow("iam:*")), OWN: document(ORGANIZATIONS, allow("sts:*", effect="Deny"))}
    assert ways(own, policies=policies, versions={BOUND: [document(ORGANIZATIONS)]}) == {
        "AttachUserPolicy",
        "SetDefaultPolicyVersion",
    }
