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
    assert row["MatchedStatements"] == [{"SourcePolicyId": "S"}]


def test_a_boundary_is_counted_and_its_part_is_told(iam: Any) -> None:
    asked = {"PolicyInputList": [document("Allow", "*")], "ActionNames": ["sso:ListInstances", DISABLE]}
    bound = [document("Allow", "sso:*")]
    result = iam.simulate_custom_policy(**asked, PermissionsBoundaryPolicyInputList=bound)
    assert decisions(result) == ["allowed", "implicitDeny"]
    told = [row["PermissionsBoundaryDecisionDetail"] for row in result["EvaluationResults"]]
    assert [row["AllowedByPermissionsBoundary"] for row in told] == [True, False]


def test_each_action_is_judged_on_each_resource_in_pages(iam: Any) -> None:
    asked = {"ActionNames": ["s3:GetObject", "s3:PutObject"], "ResourceArns": ["arn:aws:s3:::a/x", "arn:aws:s3:::b/x"]}
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::a/*"}
    policies = [json.dumps({"Version": "2012-10-17", "Statement": statement})]
    first = iam.simulate_custom_policy(PolicyInputList=policies, MaxItems=3, **asked)
    assert decisions(first) == ["allowed", "implicitDeny", "implicitDeny"]
    second = iam.simulate_custom_policy(PolicyInputList=policies, MaxItems=3, Marker=first["Marker"], **asked)
    assert (decisions(second), second["IsTruncated"]) == (["implicitDeny"], False)


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
