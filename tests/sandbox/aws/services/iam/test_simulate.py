"""What IAM's simulator says, said by the package's evaluator."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

SSO, DISABLE = "sso.amazonaws.com", "organizations:DisableAWSServiceAccess"
CONTEXT = [{"ContextKeyName": "organizations:ServicePrincipal", "ContextKeyValues": [SSO], "ContextKeyType": "string"}]


def document(effect: str, action: str, principal: str | None = None) -> str:
    statement: dict[str, Any] = {"Sid": "S", "Effect": effect, "Action": action, "Resource": "*"}
    if principal:
        statement["Condition"] = {"StringEquals": {"organizations:ServicePrincipal": principal}}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@pytest.fixture
def iam(aws: Callable) -> Any:
    iam = aws("sso-enabled").client("iam")
    iam.create_user(UserName="u")
    return iam


def decisions(result: dict[str, Any]) -> list[str]:
    return [row["EvalDecision"] for row in result["EvaluationResults"]]


def test_a_principal_is_judged_by_its_own_policies_and_its_groups(iam: Any) -> None:
    arn = iam.get_user(UserName="u")["User"]["Arn"]
    asked = {"PolicySourceArn": arn, "ActionNames": [DISABLE, "sso:ListInstances"], "ContextEntries": CONTEXT}
    assert decisions(iam.simulate_principal_policy(**asked)) == ["implicitDeny", "implicitDeny"]
    iam.create_group(GroupName="g")
    iam.put_group_policy(GroupName="g", PolicyName="p", PolicyDocument=document("Allow", "organizations:*", SSO))
    iam.add_user_to_group(GroupName="g", UserName="u")
    assert decisions(iam.simulate_principal_policy(**asked)) == ["allowed", "implicitDeny"]
    iam.put_user_policy(UserName="u", PolicyName="guard", PolicyDocument=document("Deny", DISABLE, SSO))
    assert decisions(iam.simulate_principal_policy(**asked)) == ["explicitDeny", "implicitDeny"]


def test_a_key_that_is_missing_is_named_and_taken_as_absent(iam: Any) -> None:
    policies = [document("Allow", "organizations:*", SSO)]
    (row,) = iam.simulate_custom_policy(PolicyInputList=policies, ActionNames=[DISABLE])["EvaluationResults"]
    assert (row["EvalDecision"], row["MissingContextValues"]) == ("implicitDeny", ["organizations:ServicePrincipal"])
    asked = {"PolicyInputList": policies, "ActionNames": [DISABLE], "ContextEntries": CONTEXT}
    (row,) = iam.simulate_custom_policy(**asked)["EvaluationResults"]
    assert (row["EvalDecision"], row["MissingContextValues"]) == ("allowed", [])
    assert row["MatchedStatements"] == [{"SourcePolicyId": "PolicyInputList.1", "SourcePolicyType": "none"}]


def test_a_boundary_is_counted_and_its_part_is_told(iam: Any) -> None:
    asked = {"PolicyInputList": [document("Allow", "*")], "ActionNames": ["sso:ListInstances", DISABLE]}
    bound = [document("Allow", "sso:*")]
    result = iam.simulate_custom_policy(**asked, PermissionsBoundaryPolicyInputList=bound)
    assert decisions(result) == ["allowed", "implicitDeny"]
    told = [row["PermissionsBoundaryDecisionDetail"] for row in result["EvaluationResults"]]
    assert [row["AllowedByPermissionsBoundary"] for row in told] == [True, False]


def test_an_actions_result_is_the_worst_of_its_resources_and_has_each_of_them(iam: Any) -> None:
    both = ["arn:aws:s3:::a/x", "arn:aws:s3:::b/x"]
    statement = {"Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::a/*"}
    keyed = {**statement, "Action": "s3:PutObject", "Condition": {"StringEquals": {"s3:x-amz-acl": "private"}}}
    policies = [json.dumps({"Version": "2012-10-17", "Statement": [statement, keyed]})]
    asked = {"ActionNames": ["s3:GetObject", "s3:PutObject"], "ResourceArns": both}
    got, put = iam.simulate_custom_policy(PolicyInputList=policies, **asked)["EvaluationResults"]
    assert (got["EvalDecision"], put["EvalDecision"]) == ("implicitDeny", "implicitDeny")
    rows = got["ResourceSpecificResults"]
    assert [row["EvalResourceName"] for row in rows] == both
    assert [row["EvalResourceDecision"] for row in rows] == ["allowed", "implicitDeny"]
    assert got["MatchedStatements"] == rows[0]["MatchedStatements"] != []
    assert put["MissingContextValues"] == []
    assert [row["MissingContextValues"] for row in put["ResourceSpecificResults"]] == [["s3:x-amz-acl"]] * 2
    (one,) = iam.simulate_custom_policy(PolicyInputList=policies, ActionNames=["s3:GetObject"], ResourceArns=both[:1])[
        "EvaluationResults"
    ]
    assert (one["EvalDecision"], one["EvalResourceName"]) == ("allowed", both[0])


def test_a_statement_that_matches_on_two_resources_is_told_once(iam: Any) -> None:
    asked = {"ActionNames": ["s3:GetObject"], "ResourceArns": ["arn:aws:s3:::a/x", "arn:aws:s3:::b/x"]}
    (row,) = iam.simulate_custom_policy(PolicyInputList=[document("Allow", "s3:*")], **asked)["EvaluationResults"]
    assert len(row["MatchedStatements"]) == 1
    assert [len(each["MatchedStatements"]) for each in row["ResourceSpecificResults"]] == [1, 1]


def test_actions_come_in_pages(iam: Any) -> None:
    asked = {"PolicyInputList": [document("Allow", "s3:*")], "ActionNames": [f"s3:Get{n}" for n in "abc"]}
    first = iam.simulate_custom_policy(MaxItems=2, **asked)
    assert [row["EvalActionName"] for row in first["EvaluationResults"]] == ["s3:Geta", "s3:Getb"]
    second = iam.simulate_custom_policy(MaxItems=2, Marker=first["Marker"], **asked)
    assert [row["EvalActionName"] for row in second["EvaluationResults"]] == ["s3:Getc"]
    assert second["IsTruncated"] is False


def test_a_statements_policy_is_named_and_can_be_left_out(iam: Any) -> None:
    arn = iam.get_user(UserName="u")["User"]["Arn"]
    own = iam.create_policy(PolicyName="own", PolicyDocument=document("Allow", "sso:*"))["Policy"]["Arn"]
    iam.attach_user_policy(UserName="u", PolicyArn=own)
    iam.attach_user_policy(UserName="u", PolicyArn="arn:aws:iam::aws:policy/IAMReadOnlyAccess")
    iam.create_group(GroupName="g")
    iam.add_user_to_group(GroupName="g", UserName="u")
    iam.put_group_policy(GroupName="g", PolicyName="of-g", PolicyDocument=document("Allow", "s3:*"))
    iam.put_user_policy(UserName="u", PolicyName="of-u", PolicyDocument=document("Allow", "ec2:*"))
    actions = ["sso:ListInstances", "iam:ListRoles", "s3:GetObject", "ec2:RunInstances"]
    asked = {"PolicySourceArn": arn, "ActionNames": actions}
    rows = iam.simulate_principal_policy(**asked)["EvaluationResults"]
    sources = [tuple(row["MatchedStatements"][0].values()) for row in rows]
    assert sources == [
        ("own", "user-managed"),
        ("IAMReadOnlyAccess", "aws-managed"),
        ("of-g", "group"),
        ("of-u", "user"),
    ]

    def left(*exclusions: dict[str, Any]) -> str:
        result = iam.simulate_principal_policy(**asked, PolicyExclusionList=list(exclusions))
        return "".join("a" if decision == "allowed" else "-" for decision in decisions(result))

    inline = {"PolicyName": "of-g", "AttachmentType": "group", "AttachmentName": "g"}
    assert left({"PolicyArn": own}) == "-aaa"
    assert left({"PolicyType": "aws-managed"}) == "a-aa"
    assert left({"PolicyType": "user-managed"}) == "-aaa"
    assert left({"PolicyType": "inline"}) == "aa--"
    assert left({"InlinePolicyIdentifier": inline}) == "aa-a"
    assert left({"InlinePolicyIdentifier": {**inline, "AttachmentName": "other"}}) == "aaaa"
    iam.put_user_permissions_boundary(UserName="u", PermissionsBoundary=own)
    assert left() == "a---"
    assert left({"PolicyType": "permission-boundary"}) == "aaaa"


def test_a_resources_policy_counts_beside_the_callers_own_and_across_accounts_both_have_to_allow(
    iam: Any, code: Callable
) -> None:
    user, action = iam.get_user(UserName="u")["User"]["Arn"], "sqs:SendMessage"

    def of_queue(name: str) -> str:
        statement = {"Effect": "Allow", "Action": "sqs:*", "Principal": {"AWS": name}, "Resource": "*"}
        return json.dumps({"Version": "2012-10-17", "Statement": [statement]})

    def decided(account: str, policy: str, *own: str, **more: Any) -> str:
        queue = f"arn:aws:sqs:us-east-1:{account}:q"
        asked = {"ActionNames": [action], "ResourceArns": [queue], "ResourcePolicy": policy, **more}
        result = iam.simulate_principal_policy(PolicySourceArn=user, PolicyInputList=list(own), **asked)
        return decisions(result)[0]

    allow, other = document("Allow", action), "arn:aws:iam::111122223333:user/other"
    assert decided("111122223333", of_queue(user)) == "allowed"
    assert decided("111122223333", of_queue(other)) == "implicitDeny"
    assert decided("111122223333", of_queue(other), CallerArn=other) == "allowed"
    assert decided("222233334444", of_queue(user)) == "implicitDeny"
    assert decided("222233334444", of_queue(user), allow) == "allowed"
    assert decided("222233334444", of_queue(other), allow) == "implicitDeny"
    bucket = {
        "PolicyInputList": [document("Allow", "ec2:*")],
        "ActionNames": [action],
        "ResourceArns": ["arn:aws:s3:::b"],
    }
    owned = {"ResourcePolicy": of_queue(user), "CallerArn": user, "ResourceOwner": "arn:aws:iam::222233334444:root"}
    assert decisions(iam.simulate_custom_policy(**bucket, **owned)) == ["implicitDeny"]
    del owned["ResourceOwner"]
    assert decisions(iam.simulate_custom_policy(**bucket, **owned)) == ["allowed"]
    assert code(iam.simulate_custom_policy, **bucket, ResourcePolicy=of_queue(user)) == "InvalidInput"


def test_an_organizations_levels_can_be_given_as_text(iam: Any) -> None:
    asked = {"PolicyInputList": [document("Allow", "*")], "ActionNames": ["sso:ListInstances", "s3:GetObject"]}
    levels = [{"ServiceControlPolicyInputList": [document("Allow", each)]} for each in ("*", "sso:*")]
    result = iam.simulate_custom_policy(**asked, OrderedOrganizationPolicyInputList=levels)
    assert decisions(result) == ["allowed", "implicitDeny"]
    told = [row["OrganizationsDecisionDetail"]["AllowedByOrganizations"] for row in result["EvaluationResults"]]
    assert told == [True, False]


def test_the_keys_that_policies_ask_for_are_told(iam: Any, code: Callable) -> None:
    arn = iam.get_user(UserName="u")["User"]["Arn"]
    statement = {
        "Effect": "Allow",
        "Action": "s3:*",
        "Resource": "arn:aws:s3:::b/${aws:username}/*",
        "Condition": {"StringEquals": {"s3:prefix": "${aws:PrincipalTag/team}"}},
    }
    text = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    keys = ["aws:PrincipalTag/team", "aws:username", "s3:prefix"]
    assert iam.get_context_keys_for_custom_policy(PolicyInputList=[text])["ContextKeyNames"] == keys
    iam.put_user_policy(UserName="u", PolicyName="p", PolicyDocument=document("Allow", "organizations:*", SSO))
    found = iam.get_context_keys_for_principal_policy(PolicySourceArn=arn, PolicyInputList=[text])["ContextKeyNames"]
    assert found == [*keys[:2], "organizations:ServicePrincipal", keys[2]]
    assert code(iam.get_context_keys_for_principal_policy, PolicySourceArn=f"{arn}x") == "NoSuchEntity"


def test_whom_there_is_not_and_what_is_no_policy_are_refused(iam: Any, code: Callable) -> None:
    nobody = "arn:aws:iam::111122223333:user/nobody"
    assert code(iam.simulate_principal_policy, PolicySourceArn=nobody, ActionNames=[DISABLE]) == "NoSuchEntity"
    assert code(iam.simulate_custom_policy, PolicyInputList=["{"], ActionNames=[DISABLE]) == "InvalidInput"


def test_a_member_accounts_service_control_policies_are_counted(aws: Callable) -> None:
    running = aws("organization")
    client, iam = running.client("organizations"), running.client("iam", account="222233334444")
    user = iam.create_user(UserName="u")["User"]["Arn"]
    iam.put_user_policy(UserName="u", PolicyName="all", PolicyDocument=document("Allow", "*"))
    client.enable_policy_type(RootId="r-exam", PolicyType="SERVICE_CONTROL_POLICY")
    made = client.create_policy(
        Name="no", Description="", Type="SERVICE_CONTROL_POLICY", Content=document("Deny", "sso:*")
    )
    client.attach_policy(PolicyId=made["Policy"]["PolicySummary"]["Id"], TargetId="r-exam")
    actions = ["sso:ListInstances", "iam:ListRoles"]
    result = iam.simulate_principal_policy(PolicySourceArn=user, ActionNames=actions)
    assert decisions(result) == ["explicitDeny", "allowed"]
    told = [row["OrganizationsDecisionDetail"] for row in result["EvaluationResults"]]
    assert [row["AllowedByOrganizations"] for row in told] == [False, True]
