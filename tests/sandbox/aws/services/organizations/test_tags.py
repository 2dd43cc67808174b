"""Tags, and the resource policy by which a member account reads or administers policies."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

MEMBER, OTHER = "222233334444", "333344445555"


def test_tags_are_kept_merged_and_taken_away(aws: Callable, code: Callable) -> None:
    client = aws("organization").client("organizations")
    for resource in (MEMBER, "r-exam", "p-FullAWSAccess"):
        client.tag_resource(ResourceId=resource, Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}])
        client.tag_resource(ResourceId=resource, Tags=[{"Key": "b", "Value": "3"}])
        client.untag_resource(ResourceId=resource, TagKeys=["a"])
        assert client.list_tags_for_resource(ResourceId=resource)["Tags"] == [{"Key": "b", "Value": "3"}]
    assert code(client.list_tags_for_resource, ResourceId="999999999999") == "TargetNotFoundException"


@pytest.mark.parametrize(
    ("keys", "error"),
    [
        (["a", "a"], "InvalidInputException"),
        (["aws:a"], "InvalidInputException"),
        ([f"k{number}" for number in range(51)], "ConstraintViolationException"),
    ],
)
def test_tags_that_can_not_be_are_refused(aws: Callable, code: Callable, keys: list[str], error: str) -> None:
    client = aws("organization").client("organizations")
    tags = [{"Key": key, "Value": "v"} for key in keys]
    assert code(client.tag_resource, ResourceId=MEMBER, Tags=tags) == error
    assert client.list_tags_for_resource(ResourceId=MEMBER)["Tags"] == []


def policy(principal: str, action: Any) -> str:
    statement = {"Sid": "a", "Effect": "Allow", "Principal": {"AWS": principal}, "Action": action, "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def test_a_resource_policy_is_put_described_and_deleted(aws: Callable, code: Callable) -> None:
    client = aws("organization").client("organizations")
    assert code(client.describe_resource_policy) == "ResourcePolicyNotFoundException"
    content = policy(f"arn:aws:iam::{MEMBER}:root", "organizations:List*")
    summary = client.put_resource_policy(Content=content)["ResourcePolicy"]["ResourcePolicySummary"]
    assert client.describe_resource_policy()["ResourcePolicy"]["ResourcePolicySummary"] == summary
    client.delete_resource_policy()
    assert code(client.delete_resource_policy) == "ResourcePolicyNotFoundException"
    for bad in ("{", "[]", '{"Statement": [{"Effect": "Allow", "Action": "*"}]}'):
        assert code(client.put_resource_policy, Content=bad) == "InvalidInputException"


def test_it_delegates_what_it_names_to_whom_it_names_and_nothing_that_can_not_be_delegated(
    aws: Callable, code: Callable
) -> None:
    running = aws("organization")
    client = running.client("organizations")
    actions = ["organizations:ListPolicies", "organizations:CreatePolicy", "organizations:DisableAWSServiceAccess"]
    client.put_resource_policy(Content=policy(f"arn:aws:iam::{MEMBER}:root", actions))
    named, other = running.client("organizations", account=MEMBER), running.client("organizations", account=OTHER)
    named.list_policies(Filter="SERVICE_CONTROL_POLICY")
    named.create_policy(Name="a", Description="", Type="TAG_POLICY", Content="{}")
    assert code(named.list_accounts) == "AccessDeniedException"
    assert code(named.disable_aws_service_access, ServicePrincipal="sso.amazonaws.com") == "AccessDeniedException"
    assert code(other.list_policies, Filter="SERVICE_CONTROL_POLICY") == "AccessDeniedException"


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        (["a", "a"], "DUPLICATE_TAG_KEY"),
        (["aws:a"], "INVALID_SYSTEM_TAGS_PARAMETER"),
        ([f"k{number}" for number in range(51)], "MAX_TAG_LIMIT_EXCEEDED"),
    ],
)
def test_what_is_made_with_tags_is_held_to_the_same_rules(
    aws: Callable, reason: Callable, keys: list[str], expected: str
) -> None:
    client = aws("organization").client("organizations")
    tags = [{"Key": key, "Value": "v"} for key in keys]
    content = policy(f"arn:aws:iam::{MEMBER}:root", "organizations:List*")
    outsider = {"Id": "999988887777", "Type": "ACCOUNT"}
    for call, arguments in (
        (client.create_account, {"Email": "new@example.org", "AccountName": "new"}),
        (client.create_organizational_unit, {"ParentId": "r-exam", "Name": "a"}),
        (client.create_policy, {"Name": "a", "Description": "", "Type": "TAG_POLICY", "Content": "{}"}),
        (client.invite_account_to_organization, {"Target": outsider}),
        (client.put_resource_policy, {"Content": content}),
    ):
        assert reason(call, Tags=tags, **arguments) == expected
    assert client.list_organizational_units_for_parent(ParentId="r-exam")["OrganizationalUnits"] == []


def test_a_resource_policy_names_organizations_own_actions_and_gets_tags_only_when_it_is_made(
    aws: Callable, reason: Callable
) -> None:
    client = aws("organization").client("organizations")
    put, tags = client.put_resource_policy, [{"Key": "a", "Value": "b"}]
    refused = reason(put, Content=policy(f"arn:aws:iam::{MEMBER}:root", ["organizations:List*", "iam:*"]))
    assert refused == "UNSUPPORTED_ACTION_IN_RESOURCE_POLICY"
    content = policy(f"arn:aws:iam::{MEMBER}:root", "organizations:List*")
    made = put(Content=content, Tags=tags)["ResourcePolicy"]["ResourcePolicySummary"]["Id"]
    assert client.list_tags_for_resource(ResourceId=made)["Tags"] == tags
    assert reason(put, Content=content, Tags=tags) == "INVALID_LIST_MEMBER"
    assert put(Content=content)["ResourcePolicy"]["ResourcePolicySummary"]["Id"] == made
