"""The seed page's statements on AWSServiceRoleForSSO."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

SSO = "sso.amazonaws.com"
ROLE = "AWSServiceRoleForSSO"


def test_enabling_trusted_access_makes_the_role(aws: Callable, code: Callable) -> None:
    cloud = aws("organization")
    iam = cloud.client("iam")
    assert code(iam.get_role, RoleName=ROLE) == "NoSuchEntity"
    cloud.client("organizations").enable_aws_service_access(ServicePrincipal=SSO)
    role = iam.get_role(RoleName=ROLE)["Role"]
    assert role["Path"] == "/aws-service-role/sso.amazonaws.com/"
    statements = role["AssumeRolePolicyDocument"]["Statement"]
    assert [(row["Principal"], row["Action"]) for row in statements] == [({"Service": SSO}, "sts:AssumeRole")]
    attached = iam.list_attached_role_policies(RoleName=ROLE)["AttachedPolicies"]
    assert [row["PolicyName"] for row in attached] == ["AWSSSOServiceRolePolicy"]


def test_enabling_another_service_does_not_make_it(aws: Callable, code: Callable) -> None:
    cloud = aws("organization")
    cloud.client("organizations").enable_aws_service_access(ServicePrincipal="ram.amazonaws.com")
    assert code(cloud.client("iam").get_role, RoleName=ROLE) == "NoSuchEntity"


@pytest.mark.parametrize("service", ["x", "amazonaws.com"])
def test_what_is_no_service_has_no_role(aws: Callable, code: Callable, service: str) -> None:
    iam = aws("organization").client("iam")
    assert code(iam.create_service_linked_role, AWSServiceName=service) == "InvalidInput"


@pytest.mark.parametrize(
    ("operation", "arguments"),
    [
        ("delete_role", {}),
        ("update_role", {"Description": "x"}),
        ("attach_role_policy", {"PolicyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}),
        ("put_role_policy", {"PolicyName": "x", "PolicyDocument": "{}"}),
        ("update_assume_role_policy", {"PolicyDocument": "{}"}),
    ],
)
def test_nobody_but_aws_changes_it(aws: Callable, code: Callable, operation: str, arguments: dict) -> None:
    iam = aws("sso-enabled").client("iam")
    assert code(getattr(iam, operation), RoleName=ROLE, **arguments) == "UnmodifiableEntity"


@pytest.mark.parametrize("account", ["111122223333", "222233334444"])
def test_it_can_be_deleted_only_without_trusted_access(aws: Callable, code: Callable, account: str) -> None:
    cloud = aws("sso-enabled")
    iam = cloud.client("iam", account)
    task = iam.delete_service_linked_role(RoleName=ROLE)["DeletionTaskId"]
    status = iam.get_service_linked_role_deletion_status(DeletionTaskId=task)
    assert status["Status"] == "FAILED"
    assert ROLE in status["Reason"]["Reason"]
    cloud.client("organizations").disable_aws_service_access(ServicePrincipal=SSO)
    assert iam.get_role(RoleName=ROLE)["Role"]["RoleName"] == ROLE
    task = iam.delete_service_linked_role(RoleName=ROLE)["DeletionTaskId"]
    assert iam.get_service_linked_role_deletion_status(DeletionTaskId=task)["Status"] == "SUCCEEDED"
    assert code(iam.get_role, RoleName=ROLE) == "NoSuchEntity"
    assert code(iam.get_service_linked_role_deletion_status, DeletionTaskId="task/none") == "NoSuchEntity"


def test_only_its_description_and_tags_may_be_edited(aws: Callable, code: Callable) -> None:
    cloud = aws("sso-enabled")
    iam = cloud.client("iam")
    edits: list[tuple[Any, dict[str, Any]]] = [
        (iam.update_role, {"Description": "one"}),
        (iam.update_role_description, {"Description": "two"}),
        (iam.tag_role, {"Tags": [{"Key": "a", "Value": "b"}]}),
        (iam.untag_role, {"TagKeys": ["a"]}),
    ]
    for call, arguments in edits:
        assert code(call, RoleName=ROLE, **arguments) == "UnmodifiableEntity"
    cloud.client("organizations").disable_aws_service_access(ServicePrincipal=SSO)
    for call, arguments in edits:
        call(RoleName=ROLE, **arguments)
    assert iam.get_role(RoleName=ROLE)["Role"]["Description"] == "two"
    assert code(iam.update_role, RoleName=ROLE, MaxSessionDuration=7_200) == "UnmodifiableEntity"
    assert code(iam.delete_role, RoleName=ROLE) == "UnmodifiableEntity"
    own = iam.create_service_linked_role(AWSServiceName="ecs.amazonaws.com")["Role"]["RoleName"]
    iam.update_role(RoleName=own, Description="of another service")
    cloud.client("organizations").enable_aws_service_access(ServicePrincipal=SSO)
    iam.update_role(RoleName=own, Description="whatever Identity Center does")


def test_an_account_outside_is_not_bound_by_trusted_access(aws: Callable, code: Callable) -> None:
    cloud = aws("sso-enabled")
    iam = cloud.client("iam", account="999988887777")
    iam.create_service_linked_role(AWSServiceName=SSO)
    iam.update_role_description(RoleName=ROLE, Description="of one's own")
    policy = "arn:aws:iam::aws:policy/aws-service-role/AWSSSOServiceRolePolicy"
    assert iam.get_policy(PolicyArn=policy)["Policy"]["AttachmentCount"] == 1
    task = iam.delete_service_linked_role(RoleName=ROLE)["DeletionTaskId"]
    assert iam.get_service_linked_role_deletion_status(DeletionTaskId=task)["Status"] == "SUCCEEDED"
    assert iam.get_policy(PolicyArn=policy)["Policy"]["AttachmentCount"] == 0


def test_off_and_on_again_leaves_the_same_role(aws: Callable, code: Callable) -> None:
    cloud = aws("sso-enabled")
    organizations = cloud.client("organizations")
    ours, theirs = cloud.client("iam"), cloud.client("iam", account="222233334444")
    before = ours.get_role(RoleName=ROLE)["Role"]["RoleId"]
    organizations.disable_aws_service_access(ServicePrincipal=SSO)
    theirs.delete_service_linked_role(RoleName=ROLE)
    organizations.enable_aws_service_access(ServicePrincipal=SSO)
    assert ours.get_role(RoleName=ROLE)["Role"]["RoleId"] == before
    assert theirs.get_role(RoleName=ROLE)
    for iam in (ours, theirs):
        assert code(iam.update_role_description, RoleName=ROLE, Description="x") == "UnmodifiableEntity"
        task = iam.delete_service_linked_role(RoleName=ROLE)["DeletionTaskId"]
        assert iam.get_service_linked_role_deletion_status(DeletionTaskId=task)["Status"] == "FAILED"


def test_provisioned_roles_remain_when_trusted_access_goes_off(aws: Callable, code: Callable) -> None:
    cloud = aws("sso-enabled")
    sso, store, iam = cloud.client("sso-admin"), cloud.client("identitystore"), cloud.client("iam", "333344445555")
    instance = sso.list_instances()["Instances"][0]
    instance_argument = {"InstanceArn": instance["InstanceArn"]}
    arn = sso.create_permission_set(**instance_argument, Name="Reader")["PermissionSet"]["PermissionSetArn"]
    group = store.create_group(IdentityStoreId=instance["IdentityStoreId"], DisplayName="g")["GroupId"]
    target = {"TargetId": "333344445555", "TargetType": "AWS_ACCOUNT"}
    assignment = {
        **instance_argument,
        **target,
        "PermissionSetArn": arn,
        "PrincipalType": "GROUP",
        "PrincipalId": group,
    }
    sso.create_account_assignment(**assignment)
    cloud.move_clock(60)
    names = [role["RoleName"] for role in iam.list_roles(PathPrefix="/aws-reserved/")["Roles"]]
    assert [name.partition("_")[0] for name in names] == ["AWSReservedSSO"]
    cloud.client("organizations").disable_aws_service_access(ServicePrincipal=SSO)
    assert [role["RoleName"] for role in iam.list_roles(PathPrefix="/aws-reserved/")["Roles"]] == names
    assert iam.get_role(RoleName=ROLE)
    assert code(iam.delete_role, RoleName=names[0]) == "UnmodifiableEntity"


def test_every_account_of_the_organization_has_it(aws: Callable, code: Callable) -> None:
    cloud = aws("organization")
    member_iam, other_member_iam = (
        cloud.client("iam", account="222233334444"),
        cloud.client("iam", account="333344445555"),
    )
    assert code(member_iam.get_role, RoleName=ROLE) == "NoSuchEntity"  # moto has made this account's IAM by now
    cloud.client("organizations").enable_aws_service_access(ServicePrincipal=SSO)
    for iam in (member_iam, other_member_iam):
        assert iam.list_attached_role_policies(RoleName=ROLE)["AttachedPolicies"]
        assert code(iam.delete_role, RoleName=ROLE) == "UnmodifiableEntity"
    for account in ("222233334444", "444455556666"):
        cloud.client("organizations").remove_account_from_organization(AccountId=account)
        assert code(cloud.client("iam", account=account).get_role, RoleName=ROLE) == "NoSuchEntity"
    assert other_member_iam.get_role(RoleName=ROLE)["Role"]["RoleName"] == ROLE


def test_an_account_that_joins_while_it_is_on_gets_it(aws: Callable) -> None:
    cloud = aws("sso-enabled")
    client = cloud.client("organizations")
    creation = client.create_account(Email="new@example.org", AccountName="new", RoleName="Entrance")
    cloud.world.source.move(1)
    asked_for = {"CreateAccountRequestId": creation["CreateAccountStatus"]["Id"]}
    account = client.describe_create_account_status(**asked_for)["CreateAccountStatus"]["AccountId"]
    roles = {role["RoleName"]: role for role in cloud.client("iam", account=account).list_roles()["Roles"]}
    assert set(roles) == {ROLE, "Entrance"}
    trusted = roles["Entrance"]["AssumeRolePolicyDocument"]["Statement"][0]["Principal"]
    assert trusted == {"AWS": "arn:aws:iam::111122223333:root"}


def test_it_can_be_made_by_hand_only_where_missing(aws: Callable, code: Callable) -> None:
    iam = aws("organization").client("iam")
    role = iam.create_service_linked_role(AWSServiceName=SSO)["Role"]
    assert (role["RoleName"], role["Path"]) == (ROLE, "/aws-service-role/sso.amazonaws.com/")
    assert code(iam.create_service_linked_role, AWSServiceName=SSO) == "InvalidInput"
    ecs_role = iam.create_service_linked_role(AWSServiceName="ecs.amazonaws.com", Description="of ECS")["Role"]
    assert ecs_role["Description"] == "of ECS"
    assert ecs_role["AssumeRolePolicyDocument"]["Statement"][0]["Principal"] == {"Service": ["ecs.amazonaws.com"]}
    assert code(iam.delete_role, RoleName=ecs_role["RoleName"]) == "UnmodifiableEntity"


def test_an_ordinary_role_of_the_same_name_can_be_changed(aws: Callable, code: Callable) -> None:
    iam = aws("sso-enabled").client("iam")
    document = '{"Version": "2012-10-17", "Statement": []}'
    iam.create_role(RoleName="AWSServiceRoleForNothing", AssumeRolePolicyDocument=document)
    assert code(iam.delete_service_linked_role, RoleName="AWSServiceRoleForNothing") == "InvalidInput"
    iam.delete_role(RoleName="AWSServiceRoleForNothing")


@pytest.mark.parametrize(
    ("service", "name"),
    [("sso.amazonaws.com", "AWSServiceRoleForSSO"), ("guardduty.amazonaws.com", "AWSServiceRoleForGuardduty")],
)
def test_an_existing_role_is_refused_alike_for_every_service(aws: Callable, service: str, name: str) -> None:
    iam = aws("organization").client("iam")
    role_name = iam.create_service_linked_role(AWSServiceName=service)["Role"]["RoleName"]
    assert role_name.lower() == name.lower()
    with pytest.raises(iam.exceptions.InvalidInputException) as refused:
        iam.create_service_linked_role(AWSServiceName=service)
    assert refused.value.response["Error"]["Message"] == (
        f"Service role name {role_name} has been taken in this account, please try a different suffix."
    )
