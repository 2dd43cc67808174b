"""Who is in which group."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import boto3
from botocore.config import Config


def test_a_membership_is_made_once_found_both_ways_and_deleted(store: Any, code: Callable) -> None:
    readers, bob = store.group("readers"), store.user("bob")
    pair = {"GroupId": readers, "MemberId": {"UserId": bob}}
    membership_id = store.call("create_group_membership", **pair)["MembershipId"]
    assert code(store.call, operation="create_group_membership", **pair) == "ConflictException"
    membership = store.call("describe_group_membership", MembershipId=membership_id)
    assert (membership["GroupId"], membership["MemberId"]) == (readers, {"UserId": bob})
    of_group = store.call("list_group_memberships", GroupId=readers)["GroupMemberships"]
    of_user = store.call("list_group_memberships_for_member", MemberId={"UserId": bob})["GroupMemberships"]
    assert [row["MembershipId"] for row in of_group] == [row["MembershipId"] for row in of_user] == [membership_id]
    store.call("delete_group_membership", MembershipId=membership_id)
    assert (
        code(store.call, operation="describe_group_membership", MembershipId=membership_id)
        == "ResourceNotFoundException"
    )
    assert store.call("list_group_memberships", GroupId=readers)["GroupMemberships"] == []


def test_memberships_go_with_their_group_and_with_their_user(store: Any, code: Callable) -> None:
    ann = store.user("ann")
    store.call("delete_group", GroupId=store.group("admins"))
    of_user = store.call("list_group_memberships_for_member", MemberId={"UserId": ann})
    assert of_user["GroupMemberships"] == []
    readers = store.group("readers")
    store.call("create_group_membership", GroupId=readers, MemberId={"UserId": ann})
    store.call("delete_user", UserId=ann)
    assert store.call("list_group_memberships", GroupId=readers)["GroupMemberships"] == []


def test_members_and_groups_that_are_not_there_are_refused(store: Any, code: Callable) -> None:
    nobody = "00000000-0000-4000-8000-000000000000"
    create = {"operation": "create_group_membership"}
    admins, bob = store.group("admins"), store.user("bob")
    assert code(store.call, **create, GroupId=nobody, MemberId={"UserId": bob}) == "ResourceNotFoundException"
    assert code(store.call, **create, GroupId=admins, MemberId={"UserId": nobody}) == "ResourceNotFoundException"
    assert code(store.call, operation="delete_group_membership", MembershipId=nobody) == "ResourceNotFoundException"


def test_a_member_that_names_no_user_is_refused(store: Any, code: Callable) -> None:
    client = boto3.client(
        "identitystore",
        region_name="us-east-1",
        endpoint_url=store.cloud.endpoint,
        aws_access_key_id=store.cloud.environment()["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key="x",
        config=Config(parameter_validation=False),  # boto3 would not send it
    )
    arguments = {"IdentityStoreId": store.id, "MemberId": {}}
    assert code(client.list_group_memberships_for_member, **arguments) == "ValidationException"
