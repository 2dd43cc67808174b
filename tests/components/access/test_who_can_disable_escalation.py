"""Ways around: Denies and boundaries taken off, others raised and then become, doubts passed on, circumstances."""

from __future__ import annotations

import time

import pytest
from pulumi_aws_identity_center import guard_document
from pulumi_aws_identity_center.access.authorization_details import read_account
from pulumi_aws_identity_center.access.who_can_disable import RELEVANT_ACTIONS, who_can_disable

from tests.components.access.iam_account import check_paths
from tests.walk import walk

ACCOUNT = "arn:aws:iam::111122223333"
ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"
OWN = f"{ACCOUNT}:policy/own"
GUARD = f"{ACCOUNT}:policy/guard"


def allow(action, resource="*", effect="Allow", **more):
    return {"Version": "2012-10-17", "Statement": [{"Effect": effect, "Action": action, "Resource": resource, **more}]}


def trusting(**principal):
    return {"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal}]}


def holder(kind, name, *documents, managed=(), boundary=None, **more):
    inline = [{"PolicyName": f"p{n}", "PolicyDocument": document} for n, document in enumerate(documents)]
    row = {"Arn": f"{ACCOUNT}:{kind.lower()}/{name}", f"{kind}Name": name, f"{kind}PolicyList": inline, **more}
    row["AttachedManagedPolicies"] = [{"PolicyArn": arn, "PolicyName": "x"} for arn in managed]
    if boundary:
        row["PermissionsBoundary"] = {"PermissionsBoundaryArn": boundary}
    return row


def user(name, *documents, **more):
    return holder("User", name, *documents, **more)


def role(name, *documents, trust=None, **more):
    trust = trust or trusting(Service="nobody.example")
    return holder("Role", name, *documents, AssumeRolePolicyDocument=trust, **more)


def ask(*rows, policies=None):
    documents = {ADMIN: allow("*"), GUARD: guard_document(), **(policies or {})}
    page = {
        "UserDetailList": [row for row in rows if "UserName" in row],
        "RoleDetailList": [row for row in rows if "RoleName" in row],
        "GroupDetailList": [row for row in rows if "GroupName" in row],
        "Policies": [
            {"Arn": arn, "PolicyVersionList": [{"IsDefaultVersion": True, "Document": document}]}
            for arn, document in documents.items()
        ],
    }
    report = who_can_disable(read_account([page], RELEVANT_ACTIONS))
    check_paths(report)
    principals = {row["arn"].rpartition("/")[2]: row for row in report["principals"]}
    return principals, {row["arn"].rpartition("/")[2] for row in report["undetermined"]}


def escalation(*rows, of="ann", **more):
    principals, undetermined = ask(*rows, **more)
    assert undetermined == set()
    return principals[of]["escalation"] if of in principals else None


ORGANIZATIONS = allow("organizations:*")


@walk(
    ("action", "how"),
    [
        ("iam:DetachUserPolicy", {"managed": [GUARD]}),
        ("iam:CreatePolicyVersion", {"managed": [GUARD]}),
        ("iam:DeleteUserPolicy", {"documents": [guard_document()]}),
        ("iam:PutUserPolicy", {"documents": [guard_document()]}),
    ],
)
def test_taking_off_ones_own_deny_is_an_escalation(action, how):
    documents = how.get("documents", [])
    guarded = user("ann", ORGANIZATIONS, allow(action), *documents, managed=how.get("managed", []))
    assert escalation(guarded) == [action]
    assert escalation(user("ann", ORGANIZATIONS, *documents, managed=how.get("managed", []))) is None
    elsewhere = user(
        "ann", ORGANIZATIONS, allow(action, f"{ACCOUNT}:user/b"), *documents, managed=how.get("managed", [])
    )
    assert escalation(elsewhere) is None


@walk("action", ["iam:DetachGroupPolicy", "iam:RemoveUserFromGroup", "iam:CreatePolicyVersion"])
def test_a_groups_guard_can_be_left_behind(action):
    group = holder("Group", "all", managed=[GUARD])
    assert escalation(group, user("ann", ORGANIZATIONS, allow(action), GroupList=["all"])) == [action]


def test_a_guarded_administrator_can_take_the_guard_off():
    principals, _ = ask(user("ann", managed=[ADMIN, GUARD]))
    assert principals["ann"]["actions"] == []
    assert "iam:DetachUserPolicy" in principals["ann"]["escalation"]


def test_a_guard_that_forbids_taking_it_off_holds():
    keep = allow(["iam:*", "sso:*", "sso-directory:*", "identitystore:*"], effect="Deny")
    assert escalation(user("ann", managed=[ADMIN, GUARD, OWN]), policies={OWN: keep}) is None


def test_rewriting_the_policy_that_is_ones_boundary_is_an_escalation():
    boundary = allow("iam:CreatePolicyVersion")
    ann = user("ann", ORGANIZATIONS, allow("iam:CreatePolicyVersion", OWN), boundary=OWN)
    assert escalation(ann, policies={OWN: boundary}) == ["iam:CreatePolicyVersion"]


def test_a_condition_can_keep_the_boundary_the_same():
    same = {"StringEquals": {"iam:PermissionsBoundary": OWN}}
    ann = user("ann", ORGANIZATIONS, allow("iam:PutUserPermissionsBoundary", Condition=same), boundary=OWN)
    assert escalation(ann, policies={OWN: allow("iam:*")}) is None


@pytest.mark.parametrize("arn", [ADMIN, OWN])
def test_attaching_counts_if_an_attachable_policy_grants_it(arn):
    condition = {"ArnEquals": {"iam:PolicyARN": arn}}
    ann = user("ann", allow("iam:AttachUserPolicy", Condition=condition))
    assert escalation(ann, policies={OWN: ORGANIZATIONS}) == ["iam:AttachUserPolicy"]
    assert (escalation(ann, policies={OWN: allow("s3:*")}) is not None) is (arn == ADMIN)


def test_raising_another_role_counts_only_with_becoming_it():
    tool = role("tool", trust=trusting(AWS=f"{ACCOUNT}:root"))
    both = allow(["iam:AttachRolePolicy", "sts:AssumeRole"], f"{ACCOUNT}:role/t*")
    assert escalation(tool, user("ann", both)) == ["iam:AttachRolePolicy", "sts:AssumeRole"]
    for action in ("iam:AttachRolePolicy", "sts:AssumeRole"):
        assert escalation(tool, user("ann", allow(action, f"{ACCOUNT}:role/t*"))) is None
    bound = role("tool", trust=trusting(AWS=f"{ACCOUNT}:root"), boundary=OWN)
    assert escalation(bound, user("ann", both), policies={OWN: allow("s3:*")}) is None


def test_a_trust_policy_that_names_a_user_is_enough():
    strong = role("strong", allow("*"), trust=trusting(AWS=f"{ACCOUNT}:user/ann"))
    assert escalation(strong, user("ann"), user("bob")) == ["sts:AssumeRole"]
    assert escalation(strong, user("ann"), user("bob"), of="bob") is None


def test_becoming_an_undetermined_principal_is_undetermined_also_in_two_steps():
    open_ = allow("organizations:*", Condition={"StringEquals": {"aws:PrincipalOrgID": "o-1"}})
    perhaps = role("perhaps", open_, trust=trusting(AWS=f"{ACCOUNT}:role/middle"))
    middle = role("middle", trust=trusting(AWS=f"{ACCOUNT}:user/ann"))
    principals, undetermined = ask(perhaps, middle, user("ann"), user("bob"))
    assert (principals, undetermined) == ({}, {"perhaps", "middle", "ann"})


@walk(
    ("condition", "listed"),
    [
        ({"Bool": {"aws:MultiFactorAuthPresent": "true"}}, True),
        ({"BoolIfExists": {"aws:MultiFactorAuthPresent": "true"}}, True),
        ({"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}, True),
        ({"StringEquals": {"aws:RequestedRegion": "us-east-1"}}, True),
        ({"NumericLessThan": {"aws:MultiFactorAuthAge": "3600"}}, True),
        ({"DateLessThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}}, False),
        ({"DateGreaterThan": {"aws:CurrentTime": "2120-01-01T00:00:00Z"}}, True),
        ({"DateEquals": {"aws:CurrentTime": "2120-01-01T00:00:00Z"}}, True),
        ({"Null": {"aws:MultiFactorAuthPresent": "true"}}, True),
        (
            {"Null": {"aws:SourceIp": "false"}, "NotIpAddress": {"aws:SourceIp": ["192.0.2.0/24", "2001:db8::/32"]}},
            True,
        ),
        ({"Null": {"aws:SourceIp": "false"}, "NotIpAddress": {"aws:SourceIp": "0.0.0.0/0"}}, True),
        ({"StringEquals": {"aws:UserAgent": "what?*"}}, True),
        ({"Bool": {"aws:SecureTransport": "false"}}, False),
    ],
)
def test_a_condition_on_circumstances_counts_if_they_can_come_about(condition, listed):
    principals, undetermined = ask(user("ann", allow("organizations:*", Condition=condition)))
    assert ("ann" in principals) is listed
    assert undetermined == set()
    if listed:
        assert principals["ann"]["conditions"]


def test_a_service_that_calls_in_the_callers_name_is_undetermined():
    by_service = {"Bool": {"aws:ViaAWSService": "true"}}
    assert ask(user("ann", allow("organizations:*", Condition=by_service))) == ({}, {"ann"})


def test_conditions_that_exclude_each_other_are_no_way():
    mfa = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
    both = user("ann", allow("organizations:*", Condition=mfa), allow("*", effect="Deny", Condition=mfa))
    assert ask(both) == ({}, set())


def test_with_mfa_and_without_it_is_all_there_is():
    denies = [
        allow("*", effect="Deny", Condition=condition)
        for condition in (
            {"Bool": {"aws:MultiFactorAuthPresent": "true"}},
            {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}},
        )
    ]
    assert ask(user("ann", allow("*"), *denies)) == ({}, set())


def test_chains_and_many_that_may_become_many_stay_cheap():
    roles = [
        role(f"r{n}", allow("sts:AssumeRole", f"{ACCOUNT}:role/r{n + 1}"), trust=trusting(AWS=f"{ACCOUNT}:root"))
        for n in range(1_000)
    ]
    last = role("r1000", allow("*"), trust=trusting(AWS=f"{ACCOUNT}:root"))
    start = time.process_time()  # of this process alone, whatever else the machine does
    principals, _ = ask(*roles, last)
    assert len(principals) == 1_001
    assert time.process_time() - start < 60


def test_trusting_a_named_session_reaches_beyond_the_boundary():
    # access_policies_boundaries.html: what a resource's policy grants a session isn't limited by an implicit deny of
    # the role's boundary; what it grants the role is.
    bound = f"{ACCOUNT}:policy/bound"
    session = f"arn:aws:sts::{ACCOUNT.split(':')[4]}:assumed-role/clerk/night"
    clerk = role("clerk", boundary=bound)
    policies = {bound: allow("s3:*")}
    lets_in_session = role("breaker", allow("organizations:*"), trust=trusting(AWS=session))
    lets_in_role = role("breaker", allow("organizations:*"), trust=trusting(AWS=clerk["Arn"]))
    assert escalation(clerk, lets_in_session, of="clerk", policies=policies) == ["sts:AssumeRole"]
    assert escalation(clerk, lets_in_role, of="clerk", policies=policies) is None


def test_a_trust_policy_without_one_session_lets_in_another():
    session = {"AWS": f"arn:aws:sts::{ACCOUNT.split(':')[4]}:assumed-role/clerk/night"}
    clerk = role("clerk", allow("sts:AssumeRole"))
    trust = trusting(AWS=clerk["Arn"])
    trust["Statement"].append({"Effect": "Deny", "Action": "sts:AssumeRole", "Principal": session})
    by_exclusion = {"Statement": {"Effect": "Allow", "Action": "sts:AssumeRole", "NotPrincipal": session}}
    for trust_policy in (trust, by_exclusion):
        breaker = role("breaker", allow("organizations:*"), trust=trust_policy)
        assert escalation(clerk, breaker, of="clerk") == ["sts:AssumeRole"]


def test_a_role_has_no_user_name():
    clerk = role("clerk", allow("organizations:*", Condition={"StringEquals": {"aws:username": "ann"}}))
    assert ask(clerk) == ({}, set())


def test_a_session_of_another_account_is_not_of_this_role():
    session = "arn:aws:sts::999999999999:assumed-role/clerk/night"
    breaker = role("breaker", allow("organizations:*"), trust=trusting(AWS=session))
    assert escalation(role("clerk"), breaker, of="clerk") is None
