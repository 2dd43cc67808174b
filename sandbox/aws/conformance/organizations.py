"""Scenarios of AWS Organizations: first those that only read, then those that create resources and delete them
again."""

from __future__ import annotations

import json
from typing import Any

from .scenario import NotHere, Target, quietly, refused, scenario, unique_name

_REFERENCE = "organizations/latest/APIReference"
_NOBODY = "000000000000"
_DENY = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "s3:PutBucketAcl", "Resource": "*"}]}


def _root(target: Target) -> dict[str, Any]:
    root: dict[str, Any] = target.client("organizations").list_roots()["Roots"][0]
    return root


@scenario(f"{_REFERENCE}/API_ListAccounts.html")
def accounts_have_the_state_and_the_path_that_describing_them_gives(target: Target) -> None:
    client = target.client("organizations")
    listed = client.list_accounts(MaxResults=1)["Accounts"][0]
    described = client.describe_account(AccountId=listed["Id"])["Account"]
    for name in ("Arn", "Email", "Name", "State", "JoinedMethod"):
        assert described[name] == listed[name], f"{name}: described {described[name]}, listed {listed[name]}"


@scenario(f"{_REFERENCE}/API_ListAccounts.html")
def single_accounts_join_to_all_of_them(target: Target) -> None:
    whole = [row["Id"] for row in target.pages("organizations", "list_accounts", "Accounts")]
    single = target.pages("organizations", "list_accounts", "Accounts", PaginationConfig={"PageSize": 1, "MaxItems": 5})
    assert [row["Id"] for row in single] == whole[:5]
    assert len(set(whole)) == len(whole)


@scenario("api-model: organizations MaxResults")
def more_than_twenty_accounts_a_page_are_refused_with_a_reason(target: Target) -> None:
    answer = refused("InvalidInputException", target.client("organizations").list_accounts, MaxResults=21)
    assert answer.get("Reason") == "MAX_VALUE_EXCEEDED", answer.get("Reason")


@scenario("api-model: organizations NextToken")
def a_page_token_of_ones_own_making_is_refused(target: Target) -> None:
    refused("InvalidInputException", target.client("organizations").list_accounts, NextToken="AAAA")


@scenario(f"{_REFERENCE}/API_DescribeAccount.html")
def an_account_that_is_no_member_is_not_found(target: Target) -> None:
    refused("AccountNotFoundException", target.client("organizations").describe_account, AccountId=_NOBODY)


@scenario("api-model: organizations Filter")
def policies_of_an_unknown_type_are_refused(target: Target) -> None:
    refused("InvalidInputException", target.client("organizations").list_policies, Filter="NO_SUCH_POLICY")


@scenario(f"{_REFERENCE}/API_ListPolicies.html")
def full_access_is_a_policy_of_aws_and_stays_as_it_is(target: Target) -> None:
    rows = target.pages("organizations", "list_policies", "Policies", Filter="SERVICE_CONTROL_POLICY")
    managed = [row for row in rows if row["AwsManaged"]]
    assert [row["Id"] for row in managed] == ["p-FullAWSAccess"], managed
    assert managed[0]["Arn"].startswith("arn:aws:organizations::aws:policy/service_control_policy/")


def _unit(target: Target, parent: str) -> dict[str, Any]:
    client = target.client("organizations")
    unit: dict[str, Any] = client.create_organizational_unit(ParentId=parent, Name=unique_name())["OrganizationalUnit"]
    target.after.callback(quietly, client.delete_organizational_unit, OrganizationalUnitId=unit["Id"])
    return unit


@scenario(f"{_REFERENCE}/API_UpdateOrganizationalUnit.html", writes=True)
def a_units_name_is_taken_once_under_its_parent(target: Target) -> None:
    client, root = target.client("organizations"), _root(target)["Id"]
    first, second = _unit(target, root), _unit(target, root)
    duplicate_name = "DuplicateOrganizationalUnitException"
    refused(duplicate_name, client.create_organizational_unit, ParentId=root, Name=first["Name"])
    refused(duplicate_name, client.update_organizational_unit, OrganizationalUnitId=second["Id"], Name=first["Name"])
    assert client.list_parents(ChildId=second["Id"])["Parents"] == [{"Id": root, "Type": "ROOT"}]


@scenario(f"{_REFERENCE}/API_DeleteOrganizationalUnit.html", writes=True)
def a_unit_with_another_in_it_is_not_deleted(target: Target) -> None:
    outer = _unit(target, _root(target)["Id"])
    _unit(target, outer["Id"])
    delete = target.client("organizations").delete_organizational_unit
    refused("OrganizationalUnitNotEmptyException", delete, OrganizationalUnitId=outer["Id"])


@scenario(f"{_REFERENCE}/API_CreatePolicy.html", writes=True)
def a_policys_name_is_taken_once_and_its_document_has_to_be_one(target: Target) -> None:
    client, name = target.client("organizations"), unique_name()
    arguments = {"Name": name, "Description": "", "Type": "SERVICE_CONTROL_POLICY"}
    refused("MalformedPolicyDocumentException", client.create_policy, **arguments, Content='{"Version": "2012-10-17"}')
    policy = client.create_policy(**arguments, Content=json.dumps(_DENY))["Policy"]["PolicySummary"]
    target.after.callback(quietly, client.delete_policy, PolicyId=policy["Id"])
    refused("DuplicatePolicyException", client.create_policy, **arguments, Content=json.dumps(_DENY))


@scenario(f"{_REFERENCE}/API_AttachPolicy.html", writes=True)
def a_policy_is_attached_once_and_in_use_until_it_is_detached(target: Target) -> None:
    client, root = target.client("organizations"), _root(target)
    if "SERVICE_CONTROL_POLICY" not in [row["Type"] for row in root["PolicyTypes"]]:
        raise NotHere("service control policies are not enabled.")
    policy_id = client.create_policy(
        Name=unique_name(), Description="", Type="SERVICE_CONTROL_POLICY", Content=json.dumps(_DENY)
    )["Policy"]["PolicySummary"]["Id"]
    target.after.callback(quietly, client.delete_policy, PolicyId=policy_id)
    attachment = {"PolicyId": policy_id, "TargetId": _unit(target, root["Id"])["Id"]}
    client.attach_policy(**attachment)
    target.after.callback(quietly, client.detach_policy, **attachment)
    refused("DuplicatePolicyAttachmentException", client.attach_policy, **attachment)
    refused("PolicyInUseException", client.delete_policy, PolicyId=policy_id)
    client.detach_policy(**attachment)
    refused("PolicyNotAttachedException", client.detach_policy, **attachment)


@scenario(f"{_REFERENCE}/API_TagResource.html", writes=True)
def tags_of_a_unit_are_kept_and_aws_keeps_its_own_prefix(target: Target) -> None:
    client, unit = target.client("organizations"), _unit(target, _root(target)["Id"])["Id"]
    client.tag_resource(ResourceId=unit, Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}])
    client.untag_resource(ResourceId=unit, TagKeys=["a"])
    assert client.list_tags_for_resource(ResourceId=unit)["Tags"] == [{"Key": "b", "Value": "2"}]
    refused("InvalidInputException", client.tag_resource, ResourceId=unit, Tags=[{"Key": "aws:a", "Value": "1"}])


@scenario(f"{_REFERENCE}/API_RegisterDelegatedAdministrator.html", writes=True)
def the_management_account_is_no_delegated_administrator(target: Target) -> None:
    client = target.client("organizations")
    management = client.describe_organization()["Organization"]["MasterAccountId"]
    register, principal = client.register_delegated_administrator, "sso.amazonaws.com"
    answer = refused("ConstraintViolationException", register, AccountId=management, ServicePrincipal=principal)
    assert answer.get("Reason") == "CANNOT_REGISTER_MASTER_AS_DELEGATED_ADMINISTRATOR", answer.get("Reason")


@scenario(f"{_REFERENCE}/API_CloseAccount.html", writes=True)
def the_management_account_is_neither_closed_nor_removed(target: Target) -> None:
    client = target.client("organizations")
    management = client.describe_organization()["Organization"]["MasterAccountId"]
    refused("ConstraintViolationException", client.close_account, AccountId=management)
    refused("MasterCannotLeaveOrganizationException", client.remove_account_from_organization, AccountId=management)
