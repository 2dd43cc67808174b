"""Ways through what a policy could be: another of its versions, one that is written, a boundary that is put on."""

from __future__ import annotations

import pytest

from tests.components.access.iam_account import (
    ACCOUNT,
    BOUND,
    ORGANIZATIONS,
    OWN,
    allow,
    ask,
    document,
    group,
    role,
    user,
    ways,
)

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
def test_a_policy_that_allowed_it_once_can_be_attached_and_set_back_by_whoever_may_do_both(actions, more):
    place = f"{ACCOUNT}:group/ops" if not any("Create" in each for each in actions) and not more else "*"
    attach = [
        allow(*(f"iam:{each}" for each in actions if "Attach" in each), when=ONLY_OWN),
        *(allow(f"iam:{each}", on=NEW if "Create" in each else place) for each in actions if "Attach" not in each),
    ]
    ops = group("ops", allow("s3:*"))
    found = ways(user(SWAP, *attach, **more), ops, policies=NOW, versions=OLDER)
    assert found is not None
    assert found >= {"SetDefaultPolicyVersion"} | {each for each in actions if "Attach" in each}
    assert ways(user(*attach, **more), ops, policies=NOW, versions=OLDER) is None
    assert ways(user(SWAP, *attach, **more), ops, policies=NOW) is None


def test_a_group_whose_policy_allowed_it_once_is_joined_and_set_back():
    join, ops = allow("iam:AddUserToGroup"), group("ops", managed=[OWN])
    both = {"SetDefaultPolicyVersion", "AddUserToGroup"}
    assert ways(user(SWAP, join), ops, policies=NOW, versions=OLDER) == both
    assert ways(user(join), ops, policies=NOW, versions=OLDER) is None
    assert ways(user(SWAP, join), group("ops"), policies=NOW, versions=OLDER) is None


@pytest.mark.parametrize("more", ["SetDefaultPolicyVersion", "CreatePolicyVersion", "CreatePolicy"])
def test_a_boundary_that_may_be_exchanged_for_one_that_one_writes_is_none(more):
    target = f"{ACCOUNT}:policy/mine" if more == "CreatePolicy" else OWN
    rebind = allow("iam:PutUserPermissionsBoundary", when={"StringEquals": {"iam:PermissionsBoundary": target}})
    policies = {**NOW, BOUND: document(allow("iam:*"))}
    able = user(ORGANIZATIONS, rebind, allow(f"iam:{more}", on=target), boundary=BOUND)
    versions = OLDER if more == "SetDefaultPolicyVersion" else None
    assert ways(able, policies=policies, versions=versions) == {"PutUserPermissionsBoundary", more}
    elsewhere = user(ORGANIZATIONS, rebind, allow(f"iam:{more}", on=BOUND + "x"), boundary=BOUND)
    assert ways(elsewhere, policies=policies, versions=versions) is None


def test_a_role_within_a_boundary_that_its_maker_writes_is_not_bound():
    mine = f"{ACCOUNT}:policy/mine"
    within = {"StringEquals": {"iam:PermissionsBoundary": mine}}
    make = allow("iam:CreateRole", "iam:PutRolePolicy", when=within)
    found = ways(user(make, allow("iam:CreatePolicy", on=mine)))
    assert found == {"CreateRole", "PutRolePolicy", "CreatePolicy"}
    assert ways(user(make), policies={mine: document(allow("s3:*"))}) is None


def test_a_boundary_that_is_put_on_for_the_condition_and_taken_off_again_is_a_way():
    within = {"ArnEquals": {"iam:PermissionsBoundary": OWN}}
    tool = role("tool", trust={"Principal": {"AWS": f"{ACCOUNT}:user/ann"}})
    able = user(allow("iam:PutRole*", "iam:DeleteRolePermissionsBoundary", when=within))
    assert ways(able, tool, policies=NOW) == {
        *("PutRolePermissionsBoundary", "PutRolePolicy", "DeleteRolePermissionsBoundary", "AssumeRole")
    }
    assert ways(user(allow("iam:PutRole*", when=within)), tool, policies=NOW) is None


def test_a_boundary_that_somebody_else_rewrites_still_is_the_one_that_the_condition_wants():
    within = {"ArnEquals": {"iam:PermissionsBoundary": OWN}}
    ann = user(allow("iam:PutUserPolicy", when=within), boundary=OWN)
    one = role("one", allow("iam:CreatePolicyVersion", on=OWN), trust={"Principal": {"AWS": f"{ACCOUNT}:user/ann"}})
    assert ways(ann, one, policies=NOW) == {"PutUserPolicy", "CreatePolicyVersion", "AssumeRole"}
    assert ways(ann, policies=NOW) is None


def test_calls_that_have_no_boundary_in_them_meet_no_condition_on_one():
    admin = user(allow("*"), name="admin", boundary=None)
    keys = allow(
        "iam:CreateAccessKey", "iam:PutUserPermissionsBoundary", when={"ArnEquals": {"iam:PermissionsBoundary": OWN}}
    )
    assert ways(user(keys), admin, policies=NOW) is None


def test_a_policy_that_no_condition_names_may_be_the_one_that_can_be_rewritten_and_attached():
    aws = {"ArnLike": {"iam:PolicyARN": "arn:aws:iam::aws:policy/*"}}
    attach = [allow("iam:AttachUserPolicy"), allow("iam:AttachUserPolicy", effect="Deny", when=aws)]
    found = ways(user(*attach, allow("iam:CreatePolicyVersion", on=OWN)), policies=NOW)
    assert found == {"AttachUserPolicy", "CreatePolicyVersion"}
    assert ways(user(*attach), policies=NOW) is None


def test_a_boundary_of_awss_that_nobody_has_yet_can_be_had():
    power = {"StringEquals": {"iam:PermissionsBoundary": "arn:aws:iam::aws:policy/PowerUserAccess"}}
    make = allow("iam:CreateRole", "iam:PutRolePolicy", when=power)
    assert ways(user(make)) == {"CreateRole", "PutRolePolicy"}


def test_what_can_not_be_read_of_a_policy_leaves_open_whoever_may_attach_or_join_it():
    broken = {OWN: {"Version": "2012-10-17", "Statement": [{"Effect": "Maybe"}]}}
    assert ask(user(allow("iam:AttachUserPolicy", when=ONLY_OWN)), policies=broken) == ({}, {"ann"})
    assert ask(user(allow("iam:AddUserToGroup")), group("ops", managed=[OWN]), policies=broken) == ({}, {"ann"})
    assert ask(user(allow("iam:AddUserToGroup")), group("ops"), policies=broken) == ({}, set())


def test_a_version_that_can_not_be_read_leaves_it_open_for_whoever_may_make_it_the_default():
    broken = {OWN: [{"Version": "2012-10-17", "Statement": [{"Effect": "Maybe"}]}]}
    assert ask(user(SWAP, managed=[OWN]), policies=NOW, versions=broken) == ({}, {"ann"})
    assert ask(user(managed=[OWN]), policies=NOW, versions=broken) == ({}, set())
    attach = allow("iam:AttachUserPolicy", when=ONLY_OWN)
    assert ask(user(SWAP, attach), policies=NOW, versions=broken) == ({}, {"ann"})


def test_keys_of_iam_are_in_no_call_to_organizations_or_sts():
    deny = allow("organizations:*", "sts:*", effect="Deny", when={"ArnEquals": {"iam:PolicyARN": OWN}})
    assert ask(user(ORGANIZATIONS, deny))[0].keys() == {"ann"}
    strong = role("strong", allow("*"), trust={"Principal": {"AWS": f"{ACCOUNT}:root"}})
    assert ways(user(allow("sts:AssumeRole"), deny), strong) == {"AssumeRole"}
