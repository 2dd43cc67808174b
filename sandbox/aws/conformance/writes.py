"""Scenarios that create resources and delete them again: for an organization that may be thrown away."""

from __future__ import annotations

import json
from typing import Any

from .scenario import NotHere, Target, quietly, refused, scenario, unique_name

_READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"


def _permission_set(target: Target, **arguments: Any) -> dict[str, str]:
    """The arguments that name a fresh permission set; it is deleted after the scenario."""
    client, arn = target.client("sso-admin"), target.instance()["InstanceArn"]
    permission_set = client.create_permission_set(InstanceArn=arn, Name=unique_name(), **arguments)["PermissionSet"]
    named = {"InstanceArn": arn, "PermissionSetArn": permission_set["PermissionSetArn"]}
    target.after.callback(quietly, client.delete_permission_set, **named)
    return named


def _group(target: Target) -> dict[str, str]:
    client, store = target.client("identitystore"), target.instance()["IdentityStoreId"]
    group = client.create_group(IdentityStoreId=store, DisplayName=unique_name())
    named = {"IdentityStoreId": store, "GroupId": group["GroupId"]}
    target.after.callback(quietly, client.delete_group, **named)
    return named


def _member(target: Target) -> str:
    """An ACTIVE account that is not the management account. Raises NotHere."""
    management = target.client("organizations").describe_organization()["Organization"]["MasterAccountId"]
    for row in target.pages("organizations", "list_accounts", "Accounts"):
        if row["Status"] == "ACTIVE" and row["Id"] != management:
            return str(row["Id"])
    raise NotHere("the organization has no member account.")


@scenario("singlesignon/latest/APIReference/API_CreateInstance.html", writes=True)
def the_management_account_cannot_create_an_instance(target: Target) -> None:
    if target.client("sts").get_caller_identity()["Account"] != target.instance()["OwnerAccountId"]:
        raise NotHere("the caller is not the management account.")
    refused("ValidationException", target.client("sso-admin").create_instance)


@scenario("github.com/avlcloudtechnologies/terraform-aws-sso/issues/6", writes=True)
def a_permission_sets_name_is_taken_once(target: Target) -> None:
    client, named = target.client("sso-admin"), _permission_set(target)
    name = client.describe_permission_set(**named)["PermissionSet"]["Name"]
    answer = refused("ConflictException", client.create_permission_set, InstanceArn=named["InstanceArn"], Name=name)
    assert name in answer["Error"]["Message"], answer["Error"]["Message"]


@scenario("singlesignon/latest/userguide/howtosessionduration.html", writes=True)
def a_session_lasts_an_hour_unless_told_and_twelve_at_most(target: Target) -> None:
    client, named = target.client("sso-admin"), _permission_set(target)
    assert client.describe_permission_set(**named)["PermissionSet"]["SessionDuration"] == "PT1H"
    refused("ValidationException", client.update_permission_set, **named, SessionDuration="PT13H")


@scenario("singlesignon/latest/APIReference/API_TagResource.html", writes=True)
def tags_are_kept_and_removed(target: Target) -> None:
    client, named = target.client("sso-admin"), _permission_set(target, Tags=[{"Key": "a", "Value": "1"}])
    tagged = {"InstanceArn": named["InstanceArn"], "ResourceArn": named["PermissionSetArn"]}
    client.tag_resource(**tagged, Tags=[{"Key": "b", "Value": "2"}])
    client.untag_resource(**tagged, TagKeys=["a"])
    assert client.list_tags_for_resource(**tagged)["Tags"] == [{"Key": "b", "Value": "2"}]


@scenario("singlesignon/latest/APIReference/API_AttachManagedPolicyToPermissionSet.html", writes=True)
def what_is_attached_is_listed_and_detached(target: Target) -> None:
    client, named = target.client("sso-admin"), _permission_set(target)
    client.attach_managed_policy_to_permission_set(**named, ManagedPolicyArn=_READ_ONLY)
    listed = client.list_managed_policies_in_permission_set(**named)["AttachedManagedPolicies"]
    assert listed == [{"Name": "ReadOnlyAccess", "Arn": _READ_ONLY}], listed
    client.detach_managed_policy_from_permission_set(**named, ManagedPolicyArn=_READ_ONLY)
    assert client.list_managed_policies_in_permission_set(**named)["AttachedManagedPolicies"] == []


@scenario("singlesignon/latest/APIReference/API_PutInlinePolicyToPermissionSet.html", writes=True)
def an_inline_policy_comes_back_as_it_was(target: Target) -> None:
    client, named = target.client("sso-admin"), _permission_set(target)
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "s3:*", "Resource": "*"}]}
    client.put_inline_policy_to_permission_set(**named, InlinePolicy=json.dumps(document))
    assert json.loads(client.get_inline_policy_for_permission_set(**named)["InlinePolicy"]) == document


@scenario("singlesignon/latest/APIReference/API_CreateAccountAssignment.html", writes=True)
def an_assignment_provisions_the_set_and_its_deletion_takes_it_back(target: Target) -> None:
    client, named, group, account = target.client("sso-admin"), _permission_set(target), _group(target), _member(target)
    grant = {
        **named,
        "TargetId": account,
        "TargetType": "AWS_ACCOUNT",
        "PrincipalType": "GROUP",
        "PrincipalId": group["GroupId"],
    }
    target.after.callback(quietly, client.delete_account_assignment, **grant)
    begun = client.create_account_assignment(**grant)["AccountAssignmentCreationStatus"]
    assert _ended(target, "creation", named, begun)["Status"] == "SUCCEEDED"
    listed = client.list_account_assignments(**named, AccountId=account)["AccountAssignments"]
    assert [row["PrincipalId"] for row in listed] == [group["GroupId"]], listed
    assert client.list_accounts_for_provisioned_permission_set(**named)["AccountIds"] == [account]
    refused("ConflictException", client.delete_permission_set, **named)
    begun = client.delete_account_assignment(**grant)["AccountAssignmentDeletionStatus"]
    assert _ended(target, "deletion", named, begun)["Status"] == "SUCCEEDED"
    assert client.list_account_assignments(**named, AccountId=account)["AccountAssignments"] == []


def _ended(target: Target, kind: str, named: dict[str, str], begun: dict[str, Any]) -> dict[str, Any]:
    describe = getattr(target.client("sso-admin"), f"describe_account_assignment_{kind}_status")
    name = kind.title()
    request = {f"AccountAssignment{name}RequestId": begun["RequestId"], "InstanceArn": named["InstanceArn"]}
    return target.until(lambda: describe(**request)[f"AccountAssignment{name}Status"])


@scenario("singlesignon/latest/IdentityStoreAPIReference/API_CreateGroup.html", writes=True)
def a_groups_name_is_unique_and_finds_it(target: Target) -> None:
    client, group = target.client("identitystore"), _group(target)
    store = {"IdentityStoreId": group["IdentityStoreId"]}
    name = client.describe_group(**group)["DisplayName"]
    answer = refused("ConflictException", client.create_group, **store, DisplayName=name)
    assert answer.get("Reason") == "UNIQUENESS_CONSTRAINT_VIOLATION", answer
    wanted = {"UniqueAttribute": {"AttributePath": "displayName", "AttributeValue": name}}
    assert client.get_group_id(**store, AlternateIdentifier=wanted)["GroupId"] == group["GroupId"]


@scenario("singlesignon/latest/IdentityStoreAPIReference/API_UpdateGroup.html", writes=True)
def a_group_is_changed_by_attribute_path(target: Target) -> None:
    client, group = target.client("identitystore"), _group(target)
    change = {"AttributePath": "description", "AttributeValue": "made by the conformance suite"}
    client.update_group(**group, Operations=[change])
    assert client.describe_group(**group)["Description"] == "made by the conformance suite"


@scenario("IAM/latest/UserGuide/using-service-linked-roles.html", writes=True)
def the_service_linked_role_cannot_be_deleted_like_another(target: Target) -> None:
    target.instance()
    refused("UnmodifiableEntity", target.client("iam").delete_role, RoleName="AWSServiceRoleForSSO")


@scenario("singlesignon/latest/IdentityStoreAPIReference/API_CreateUser.html", writes=True)
def a_users_name_is_unique_and_a_membership_is_made_once(target: Target) -> None:
    client, group = target.client("identitystore"), _group(target)
    store, name = {"IdentityStoreId": group["IdentityStoreId"]}, unique_name()
    person = {"UserName": name, "DisplayName": name, "Name": {"GivenName": "A", "FamilyName": "B"}}
    user = client.create_user(**store, **person)["UserId"]
    target.after.callback(quietly, client.delete_user, **store, UserId=user)
    answer = refused("ConflictException", client.create_user, **store, **person)
    assert answer.get("Reason") == "UNIQUENESS_CONSTRAINT_VIOLATION", answer
    member = {"MemberId": {"UserId": user}}
    client.create_group_membership(**group, **member)
    refused("ConflictException", client.create_group_membership, **group, **member)
    [row] = client.list_group_memberships_for_member(**store, **member)["GroupMemberships"]
    assert row["GroupId"] == group["GroupId"]


@scenario("singlesignon/latest/APIReference/API_PutPermissionsBoundaryToPermissionSet.html", writes=True)
def a_permissions_boundary_comes_back_and_goes(target: Target) -> None:
    client, named = target.client("sso-admin"), _permission_set(target)
    boundary = {"ManagedPolicyArn": _READ_ONLY}
    client.put_permissions_boundary_to_permission_set(**named, PermissionsBoundary=boundary)
    assert client.get_permissions_boundary_for_permission_set(**named)["PermissionsBoundary"] == boundary
    client.delete_permissions_boundary_from_permission_set(**named)
    refused("ResourceNotFoundException", client.get_permissions_boundary_for_permission_set, **named)


@scenario("singlesignon/latest/APIReference/API_ProvisionPermissionSet.html", writes=True)
def a_set_that_is_nowhere_is_provisioned_with_success(target: Target) -> None:
    client, named = target.client("sso-admin"), _permission_set(target)
    begun = client.provision_permission_set(**named, TargetType="ALL_PROVISIONED_ACCOUNTS")
    request = begun["PermissionSetProvisioningStatus"]["RequestId"]
    request_arguments = {"InstanceArn": named["InstanceArn"], "ProvisionPermissionSetRequestId": request}
    describe = client.describe_permission_set_provisioning_status
    ended = target.until(lambda: describe(**request_arguments)["PermissionSetProvisioningStatus"])
    assert ended["Status"] == "SUCCEEDED", ended
