"""who-can-disable on small accounts, each with one way to lock everybody out."""

from __future__ import annotations

import io
import json

import pytest
from pulumi_aws_identity_center.access.authorization_details import NotAuthorizationDetails, read_account
from pulumi_aws_identity_center.access.saved_account import pages
from pulumi_aws_identity_center.access.who_can_disable import RELEVANT_ACTIONS, who_can_disable
from pulumi_aws_identity_center.iam import LOCK_OUT_ACTIONS

from tests.components.access.iam_account import check_paths
from tests.walk import walk

ACCOUNT = "arn:aws:iam::111122223333"
ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"


def allow(action, resource="*", **more):
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": resource, **more}]}


def trusting(**principal):
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal}
    return {"Version": "2012-10-17", "Statement": [statement]}


def policy(arn, document):
    return {"Arn": arn, "PolicyVersionList": [{"IsDefaultVersion": True, "Document": document}]}


def user(name, *documents, **more):
    inline = [{"PolicyName": f"p{n}", "PolicyDocument": document} for n, document in enumerate(documents)]
    return {"Arn": f"{ACCOUNT}:user/{name}", "UserName": name, "UserPolicyList": inline, **more}


def role(name, *documents, path="/", trust=None, **more):
    inline = [{"PolicyName": f"p{n}", "PolicyDocument": document} for n, document in enumerate(documents)]
    arn = f"{ACCOUNT}:role{path}{name}"
    trust = trust or trusting(Service="nobody.example")
    return {"Arn": arn, "RoleName": name, "RolePolicyList": inline, "AssumeRolePolicyDocument": trust, **more}


def ask(users=(), roles=(), groups=(), policies=()):
    page = {
        "UserDetailList": list(users),
        "RoleDetailList": list(roles),
        "GroupDetailList": list(groups),
        "Policies": [policy(ADMIN, allow("*")), *policies],
    }
    report = who_can_disable(read_account([page], RELEVANT_ACTIONS))
    check_paths(report)
    return {row["arn"].rpartition("/")[2]: row for row in report["principals"]}, report["undetermined"]


def attached(*arns):
    return [{"PolicyArn": arn, "PolicyName": "x"} for arn in arns]


def test_an_administrator_is_listed_and_a_reader_is_not():
    principals, undetermined = ask(
        [user("ann", AttachedManagedPolicies=attached(ADMIN)), user("bob", allow("iam:Get*"))]
    )
    assert list(principals) == ["ann"]
    assert principals["ann"]["actions"] == list(LOCK_OUT_ACTIONS)
    assert principals["ann"]["through"] == [ADMIN]
    assert undetermined == []


def test_a_group_member_can_through_the_group():
    group = {"Arn": f"{ACCOUNT}:group/ops", "GroupName": "ops", "AttachedManagedPolicies": attached(ADMIN)}
    principals, _ = ask([user("ann", GroupList=["ops"]), user("bob")], groups=[group])
    assert list(principals) == ["ann"]


@pytest.mark.parametrize(("bound", "listed"), [("organizations:*", True), ("s3:*", False)])
def test_a_boundary_limits(bound, listed):
    boundary = f"{ACCOUNT}:policy/b"
    ann = user("ann", allow("organizations:*"), PermissionsBoundary={"PermissionsBoundaryArn": boundary})
    principals, undetermined = ask([ann], policies=[policy(boundary, allow(bound))])
    assert (("ann" in principals), undetermined) == (listed, [])


def test_taking_off_ones_boundary_is_an_escalation():
    boundary = f"{ACCOUNT}:policy/b"
    ann = user(
        "ann",
        allow(["organizations:*", "iam:DeleteUserPermissionsBoundary"]),
        PermissionsBoundary={"PermissionsBoundaryArn": boundary},
    )
    principals, _ = ask([ann], policies=[policy(boundary, allow("iam:*"))])
    assert principals["ann"]["actions"] == []
    assert principals["ann"]["escalation"] == ["iam:DeleteUserPermissionsBoundary"]


def test_a_deny_wins_and_another_service_does_not_count():
    deny = {"Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}}
    other_service = allow(
        "organizations:Dis*", Condition={"StringEquals": {"organizations:ServicePrincipal": "x.amazonaws.com"}}
    )
    assert ask([user("ann", allow("*"), deny), user("bob", other_service)]) == ({}, [])


def test_an_unknown_key_is_undetermined_and_a_circumstance_is_listed():
    mfa = allow("organizations:*", Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}})
    tag = allow("organizations:*", Condition={"StringEquals": {"aws:ResourceTag/x": "y"}})
    principals, undetermined = ask([user("ann", mfa), user("bob", tag)])
    assert list(principals) == ["ann"]
    assert "MultiFactorAuthPresent" in principals["ann"]["conditions"][0]
    assert {row["arn"].rpartition("/")[2] for row in undetermined} == {"bob"}


@walk("action", ["iam:PutUserPolicy", "iam:AttachUserPolicy"])
@walk(("of", "listed"), [("ann", True), ("bob", False)])
def test_changing_only_another_users_policies_is_no_escalation(action, of, listed):
    principals, _ = ask([user("ann", allow(action, f"{ACCOUNT}:user/{of}")), user("bob")])
    assert (principals["ann"]["escalation"] == [action]) if listed else "ann" not in principals


@walk("action", ["iam:CreateAccessKey", "iam:CreateLoginProfile", "iam:UpdateLoginProfile"])
def test_only_a_capable_users_credentials_are_an_escalation(action):
    users = [
        user("root", allow("*")),
        user("poor"),
        user("ann", allow(action, f"{ACCOUNT}:user/root")),
        user("bob", allow(action, f"{ACCOUNT}:user/poor")),
    ]
    principals, _ = ask(users)
    assert principals["ann"]["escalation"] == [action]
    assert "bob" not in principals


def test_assuming_a_capable_role_counts_also_in_two_steps():
    strong = role("strong", allow("*"), trust=trusting(AWS=f"{ACCOUNT}:role/middle"))
    middle = role("middle", trust=trusting(AWS=f"{ACCOUNT}:root"))
    principals, _ = ask([user("ann", allow("sts:AssumeRole")), user("bob")], roles=[strong, middle])
    assert principals["middle"]["escalation"] == ["sts:AssumeRole"]
    assert principals["ann"]["escalation"] == ["sts:AssumeRole"]
    assert "bob" not in principals


@pytest.mark.parametrize(("service", "listed"), [("lambda.amazonaws.com", True), ("ec2.amazonaws.com", False)])
def test_passing_a_capable_role_to_its_service_is_an_escalation(service, listed):
    strong = role("strong", allow("*"), trust=trusting(Service="lambda.amazonaws.com"))
    passing = allow("iam:PassRole", strong["Arn"], Condition={"StringEquals": {"iam:PassedToService": service}})
    principals, _ = ask([user("ann", passing)], roles=[strong])
    assert ("ann" in principals) is listed


def test_a_role_for_ci_is_listed_without_any_user():
    statement = {
        "Effect": "Allow",
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Principal": {"Federated": f"{ACCOUNT}:oidc-provider/token.actions.githubusercontent.com"},
        "Condition": {"StringEquals": {"token.actions.githubusercontent.com:sub": "repo:o/r:environment:production"}},
    }
    deployer = role("deployer", allow("*"), trust={"Version": "2012-10-17", "Statement": [statement]})
    principals, undetermined = ask([user("ann", allow("sts:*"))], [deployer])
    assert (list(principals), undetermined) == (["deployer"], [])


def test_a_service_linked_role_is_nobodys_way_in():
    linked = role("AWSServiceRoleForX", allow("organizations:*"), path="/aws-service-role/x.amazonaws.com/")
    principals, _ = ask([user("ann", allow(["iam:PassRole", "iam:UpdateAssumeRolePolicy"]))], roles=[linked])
    assert list(principals) == ["AWSServiceRoleForX"]


def test_rewriting_counts_for_own_policies_not_for_aws_ones():
    own = f"{ACCOUNT}:policy/own"
    ann = user("ann", AttachedManagedPolicies=attached(own))
    principals, _ = ask([ann], policies=[policy(own, allow("iam:CreatePolicyVersion"))])
    assert principals["ann"]["escalation"] == ["iam:CreatePolicyVersion"]


def test_a_role_of_a_permission_set_is_named_by_it():
    principals, _ = ask(roles=[role("AWSReservedSSO_Admin_Set_0123456789abcdef", allow("*"))])
    assert next(iter(principals.values()))["permission_set"] == "Admin_Set"


def test_what_can_not_be_read_is_undetermined_and_never_dropped():
    _, undetermined = ask([user("ann", {"Statement": {"Effect": "Perhaps"}}), user("bob", GroupList=["gone"])])
    assert [row["arn"].rpartition("/")[2] for row in undetermined] == ["ann", "bob"]


@walk("text", ["", "{", "[1]", "{}", '{"UserDetailList": [', '{"UserDetailList": null}', '{"UserDetailList": [1]}'])
def test_cut_off_or_foreign_input_is_refused_in_a_sentence(text):
    with pytest.raises(NotAuthorizationDetails, match=r"\.$"):
        read_account(pages(io.StringIO(text)), RELEVANT_ACTIONS)


def test_pages_one_after_the_other_are_one_account():
    first = {"UserDetailList": [user("ann", AttachedManagedPolicies=attached(ADMIN))], "IsTruncated": True}
    last = {"Policies": [policy(ADMIN, allow("*"))], "IsTruncated": False}
    account = read_account(pages(io.StringIO(json.dumps(first) + "\n" + json.dumps(last))), RELEVANT_ACTIONS)
    assert who_can_disable(account)["principals"][0]["actions"] == list(LOCK_OUT_ACTIONS)


@walk("text", ["2030", "2030-01", "not a date", "nan", "1_0", " 1 "])
@walk(("operator", "key"), [("DateLessThan", "aws:CurrentTime"), ("NumericLessThan", "aws:EpochTime")])
def test_a_time_that_no_page_explains_is_undetermined(text, operator, key):
    principals, undetermined = ask([user("ann", allow("*", Condition={operator: {key: text}}))])
    assert not principals
    assert undetermined


def test_what_is_there_twice_with_two_contents_is_undetermined():
    own = f"{ACCOUNT}:policy/own"
    harmless, harmful = allow("s3:*"), allow("*")
    group = {"Arn": f"{ACCOUNT}:group/g", "GroupName": "g", "AttachedManagedPolicies": []}
    inline = {"PolicyName": "p0", "PolicyDocument": harmless}
    twice = [user("ann", harmful, UserPolicyList=[{**inline, "PolicyDocument": harmful}, inline])]
    two_defaults = policy(own, harmful)
    two_defaults["PolicyVersionList"] += policy(own, harmless)["PolicyVersionList"]
    with_another_version = policy(own, harmless)
    with_another_version["PolicyVersionList"].append({"VersionId": "v2", "Document": harmful})
    with_a_harmless_one = policy(own, harmless)
    with_a_harmless_one["PolicyVersionList"].append({"VersionId": "v3", "Document": harmless})
    accounts = [
        {
            "users": [user("ann", allow("iam:SetDefaultPolicyVersion"), AttachedManagedPolicies=attached(own))],
            "policies": [with_another_version, with_a_harmless_one],
        },
        {
            "users": [user("ann", AttachedManagedPolicies=attached(own))],
            "policies": [policy(own, harmful), policy(own, harmless)],
        },
        {"users": [user("ann", AttachedManagedPolicies=attached(own))], "policies": [two_defaults]},
        {
            "users": [user("ann", GroupList=["g"])],
            "groups": [{**group, "GroupPolicyList": [{**inline, "PolicyDocument": harmful}]}, group],
        },
    ]
    for account in accounts:
        _, undetermined = ask(**account)
        assert [row["arn"].rpartition("/")[2] for row in undetermined] == ["ann"]
    principals, _ = ask(twice)
    assert list(principals) == ["ann"]
    same = [policy(own, harmless), policy(own, harmless)]
    assert ask([user("ann", AttachedManagedPolicies=attached(own))], policies=same) == ({}, [])


@walk(
    "twice",
    [
        {"users": [user("ann", allow("s3:*")), user("ann")]},
        {
            "users": [user("bob", allow("sts:AssumeRole"))],
            "roles": [role("ann"), role("ann", trust=trusting(AWS="*"))],
        },
    ],
)
def test_a_principal_twice_leaves_the_account_undetermined(twice):
    """Also who can become it: what it trusts isn't known."""
    _, (row,) = ask(**twice)
    assert (row["kind"], row["detail"].partition(" is ")[0][-3:]) == ("account", "ann")
