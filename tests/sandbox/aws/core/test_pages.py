"""Pages of every service of our own: their length, and the tokens that they accept."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore import xform_name
from botocore.exceptions import ParamValidationError

from sandbox.aws.core import models
from sandbox.aws.core.pages import greatest
from sandbox.aws.core.registry import HANDLERS

SEED = """
organization: {}
account_count: 45
trusted_services: [sso.amazonaws.com]
policy_types: [SERVICE_CONTROL_POLICY]
identity_center:
  users: [{name: ada}]
  groups: [{name: admins, members: [ada]}]
  user_count: 120
  group_count: 230
  permission_set_count: 130
  assignment_count: 5850
  assignments: [{permission_set: permission-set-0001, group: admins}]
"""
MANAGEMENT, MEMBER, SSO = "111122223333", "500000000001", "sso.amazonaws.com"


@pytest.fixture
def cloud(aws: Callable, tmp_path: Path) -> Any:
    (tmp_path / "seed.yaml").write_text(SEED)
    return aws(tmp_path / "seed.yaml")


def lists(cloud: Any) -> Iterator[tuple[Any, str, str, dict[str, Any], int]]:
    """(client, operation, key, arguments, how many there are)."""
    organizations, sso, store = (cloud.client(name) for name in ("organizations", "sso-admin", "identitystore"))
    instance = sso.list_instances()["Instances"][0]
    named = {"InstanceArn": instance["InstanceArn"]}
    some_set = sso.list_permission_sets(**named)["PermissionSets"][0]
    ids = {"IdentityStoreId": instance["IdentityStoreId"]}
    unique = {"UniqueAttribute": {"AttributePath": "displayName", "AttributeValue": "admins"}}
    admins = store.get_group_id(**ids, AlternateIdentifier=unique)["GroupId"]
    some_group = {**named, "PrincipalType": "GROUP", "PrincipalId": admins}
    yield organizations, "list_accounts", "Accounts", {}, 45
    yield organizations, "list_accounts_for_parent", "Accounts", {"ParentId": "r-exam"}, 45
    yield organizations, "list_children", "Children", {"ParentId": "r-exam", "ChildType": "ACCOUNT"}, 45
    yield organizations, "list_targets_for_policy", "Targets", {"PolicyId": "p-FullAWSAccess"}, 46
    yield sso, "list_permission_sets", "PermissionSets", named, 130
    yield (
        sso,
        "list_permission_sets_provisioned_to_account",
        "PermissionSets",
        {**named, "AccountId": "111122223333"},
        130,
    )
    yield sso, "list_accounts_for_provisioned_permission_set", "AccountIds", {**named, "PermissionSetArn": some_set}, 45
    yield sso, "list_account_assignments_for_principal", "AccountAssignments", some_group, 45
    yield store, "list_users", "Users", ids, 120
    yield store, "list_groups", "Groups", ids, 230
    yield store, "list_group_memberships", "GroupMemberships", {**ids, "GroupId": admins}, 1


def all_of(client: Any, operation: str, key: str, arguments: dict[str, Any], size: int | None) -> list[list[Any]]:
    """Every page's rows."""
    pages, token = [], None
    while True:
        more = {**({"MaxResults": size} if size else {}), **({"NextToken": token} if token else {})}
        answer = getattr(client, operation)(**arguments, **more)
        pages.append(answer[key])
        token = answer.get("NextToken")
        if token is None:
            return pages


def test_pages_of_any_size_join_to_the_same_list(cloud: Any) -> None:
    for client, operation, key, arguments, count in lists(cloud):
        whole = [row for page in all_of(client, operation, key, arguments, None) for row in page]
        assert len(whole) == count, operation
        assert len({repr(row) for row in whole}) == count, operation
        pages = all_of(client, operation, key, arguments, 7)
        assert [row for page in pages for row in page] == whole, operation
        assert [len(page) for page in pages[:-1]] == [7] * (len(pages) - 1), operation
        assert pages[-1], operation


def test_no_page_is_longer_than_the_model_allows(cloud: Any, code: Callable) -> None:
    for client, operation, key, arguments, count in lists(cloud):
        service = client.meta.service_model.service_name
        most = greatest(service, client.meta.method_to_api_mapping[operation])
        assert len(all_of(client, operation, key, arguments, None)[0]) == min(most, count)
        refused = "InvalidInputException" if service == "organizations" else "ValidationException"
        assert code(getattr(client, operation), **arguments, MaxResults=most + 1) == refused, operation
        with pytest.raises(ParamValidationError):  # by boto3: test_validation.py has what it does not look at
            getattr(client, operation)(**arguments, MaxResults=0)


def test_a_page_token_is_for_its_own_call_only(cloud: Any, code: Callable) -> None:
    tokens = {}
    for client, operation, _, arguments, count in lists(cloud):
        if count > 1:
            tokens[operation] = getattr(client, operation)(**arguments, MaxResults=1)["NextToken"]
    for client, operation, _, arguments, _ in lists(cloud):
        organizations = client.meta.service_model.service_name == "organizations"
        refused = "InvalidInputException" if organizations else "ValidationException"
        call = getattr(client, operation)
        foreign = [token for name, token in tokens.items() if name != operation]
        for token in (*foreign[:3], "AAAA", "x", "bm90IG91cnM6MQ=="):
            assert code(call, **arguments, NextToken=token) == refused, operation
    organizations, sso = cloud.client("organizations"), cloud.client("sso-admin")
    named = {"InstanceArn": sso.list_instances()["Instances"][0]["InstanceArn"]}
    # The same operation, asked of something else.
    refusal = code(
        organizations.list_children,
        ParentId="r-exam",
        ChildType="ORGANIZATIONAL_UNIT",
        NextToken=tokens["list_children"],
    )
    assert refusal == "InvalidInputException"
    sets = sso.list_permission_sets(**named)["PermissionSets"]
    token = tokens["list_accounts_for_provisioned_permission_set"]
    listed = sso.list_accounts_for_provisioned_permission_set
    assert code(listed, **named, PermissionSetArn=sets[1], NextToken=token) == "ValidationException"


def test_changes_between_pages_repeat_and_skip_no_row(cloud: Any) -> None:
    client = cloud.client("organizations")
    first = client.list_children(ParentId="r-exam", ChildType="ACCOUNT", MaxResults=20)
    cloud.world.organization.remove_account(first["Children"][3]["Id"])
    second_page = client.list_children(ParentId="r-exam", ChildType="ACCOUNT", NextToken=first["NextToken"])["Children"]
    last = client.list_children(
        ParentId="r-exam",
        ChildType="ACCOUNT",
        NextToken=client.list_children(ParentId="r-exam", ChildType="ACCOUNT", NextToken=first["NextToken"])[
            "NextToken"
        ],
    )["Children"]
    listed_ids = [row["Id"] for row in (*first["Children"], *second_page, *last)]
    assert len(listed_ids) == len(set(listed_ids)) == 45


def values(cloud: Any) -> dict[str, Any]:
    """What to ask each list for, by the name of its member."""
    client = cloud.client("sso-admin")
    row = client.list_instances()["Instances"][0]
    named, store = {"InstanceArn": row["InstanceArn"]}, {"IdentityStoreId": row["IdentityStoreId"]}
    group = cloud.client("identitystore").list_groups(**store)["Groups"][0]["GroupId"]
    user = cloud.client("identitystore").list_users(**store)["Users"][0]["UserId"]
    return {
        **named,
        **store,
        "PermissionSetArn": client.list_permission_sets(**named)["PermissionSets"][0],
        "GroupId": group,
        "MemberId": {"UserId": user},
        "PrincipalId": group,
        "PrincipalType": "GROUP",
        "AccountId": MEMBER,
        "ChildType": "ACCOUNT",
        "ParentId": "r-exam",
        "ChildId": MEMBER,
        "TargetId": MEMBER,
        "ResourceId": MEMBER,
        "ResourceArn": named["InstanceArn"],
        "Filter": "SERVICE_CONTROL_POLICY",
        "PolicyId": "p-FullAWSAccess",
    }


def test_no_list_takes_a_token_of_ones_own_making(cloud: Any, code: Callable) -> None:
    """Parameters of every operation that the sandbox answers and whose model has a NextToken."""
    cloud.client("organizations").register_delegated_administrator(AccountId=MEMBER, ServicePrincipal=SSO)
    parameters, seen_operations = values(cloud), 0
    for service, operation in sorted(HANDLERS):
        model = models.operation(service, operation)
        members = dict(model.input_shape.members) if model is not None and model.input_shape is not None else {}
        if service not in ("organizations", "sso-admin", "identitystore") or "NextToken" not in members:
            continue
        arguments = {name: parameters[name] for name in members if name in parameters}
        if members.get("Filter") is not None and members["Filter"].type_name != "string":
            del arguments["Filter"]
        refused = code(getattr(cloud.client(service), xform_name(operation)), **arguments, NextToken="made-up")
        assert refused == ("InvalidInputException" if service == "organizations" else "ValidationException"), operation
        seen_operations += 1
    assert seen_operations >= 30
