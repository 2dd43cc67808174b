"""Assignments: asynchronous, limited in number, listed both ways; and the roles that they become."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest

LOG, SECURITY, WORKLOADS, MANAGEMENT = "222233334444", "333344445555", "444455556666", "111122223333"
NOBODY = "00000000-0000-4000-8000-000000000000"


def test_a_request_is_in_progress_and_then_has_succeeded(scene: Callable) -> None:
    stage = scene(seconds=30)
    client, arn = stage.client(), stage.permission_set()
    begun = client.create_account_assignment(**stage.grant(arn, LOG))["AccountAssignmentCreationStatus"]
    assert begun["Status"] == stage.ended(begun["RequestId"])["Status"] == "IN_PROGRESS"
    listed = {"InstanceArn": stage.instance, "AccountId": LOG, "PermissionSetArn": arn}
    assert client.list_account_assignments(**listed)["AccountAssignments"] == []
    stage.cloud.world.source.move(30)
    ended = stage.ended(begun["RequestId"])
    assert (ended["Status"], ended["TargetId"], ended["PermissionSetArn"]) == ("SUCCEEDED", LOG, arn)
    rows = client.list_account_assignments(**listed)["AccountAssignments"]
    assert [(row["PrincipalType"], row["PrincipalId"]) for row in rows] == [("GROUP", stage.ids("groups")["admins"])]


def test_an_assignment_twice_is_one_row(scene: Callable) -> None:
    stage = scene()
    arn = stage.permission_set()
    assert [stage.assign(arn, LOG)["Status"] for _ in range(2)] == ["SUCCEEDED", "SUCCEEDED"]
    listed = {"InstanceArn": stage.instance, "AccountId": LOG, "PermissionSetArn": arn}
    assert len(stage.client().list_account_assignments(**listed)["AccountAssignments"]) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"PrincipalId": NOBODY},
        {"PrincipalType": "USER"},  # a group's id
        {"TargetId": "999999999999"},
        {"PermissionSetArn": "arn:aws:sso:::permissionSet/ssoins-0000111122223333/ps-0000000000000000"},
    ],
)
def test_what_is_unknown_is_refused(scene: Callable, code: Callable, wrong: dict[str, str]) -> None:
    stage = scene()
    assignment = {**stage.grant(stage.permission_set(), LOG), **wrong}
    assert code(stage.client().create_account_assignment, **assignment) == "ResourceNotFoundException"


def test_fifteen_can_be_outstanding_and_no_more(scene: Callable, code: Callable) -> None:
    stage = scene(seconds=30)
    client = stage.client()
    grants = [stage.grant(stage.permission_set(f"set-{number}"), LOG) for number in range(16)]
    for grant in grants[:15]:
        client.create_account_assignment(**grant)
    assert code(client.create_account_assignment, **grants[15]) == "ThrottlingException"
    stage.cloud.world.source.move(30)
    assert client.create_account_assignment(**grants[15])


def test_two_operations_at_once_on_an_assignment_conflict(scene: Callable, code: Callable) -> None:
    stage = scene(seconds=30)
    grant = stage.grant(stage.permission_set(), LOG)
    stage.client().create_account_assignment(**grant)
    assert code(stage.client().delete_account_assignment, **grant) == "ConflictException"


def test_deleting_what_is_not_assigned_fails_with_a_reason(scene: Callable) -> None:
    stage = scene()
    client = stage.client()
    begun = client.delete_account_assignment(**stage.grant(stage.permission_set(), LOG))
    request = begun["AccountAssignmentDeletionStatus"]["RequestId"]
    ended = client.describe_account_assignment_deletion_status(
        InstanceArn=stage.instance, AccountAssignmentDeletionRequestId=request
    )["AccountAssignmentDeletionStatus"]
    assert (ended["Status"], ended["FailureReason"]) == ("FAILED", "Received a 404 status error: Assignment not found.")


def test_status_lists_are_by_kind_and_can_be_filtered(scene: Callable, code: Callable) -> None:
    stage = scene()
    client, arn = stage.client(), stage.permission_set()
    request_id = stage.assign(arn, LOG)["RequestId"]
    client.delete_account_assignment(**stage.grant(arn, WORKLOADS))
    created = client.list_account_assignment_creation_status(InstanceArn=stage.instance)
    assert [row["RequestId"] for row in created["AccountAssignmentsCreationStatus"]] == [request_id]
    deleted = client.list_account_assignment_deletion_status(InstanceArn=stage.instance, Filter={"Status": "FAILED"})
    assert len(deleted["AccountAssignmentsDeletionStatus"]) == 1
    none = client.list_account_assignment_deletion_status(InstanceArn=stage.instance, Filter={"Status": "SUCCEEDED"})
    assert none["AccountAssignmentsDeletionStatus"] == []
    wrong_kind = {"InstanceArn": stage.instance, "AccountAssignmentDeletionRequestId": request_id}
    assert code(client.describe_account_assignment_deletion_status, **wrong_kind) == "ResourceNotFoundException"


def test_a_principals_assignments_are_listed_over_all_accounts(scene: Callable) -> None:
    stage = scene()
    arn = stage.permission_set()
    for account in (LOG, SECURITY, WORKLOADS):
        stage.assign(arn, account)
    stage.assign(arn, LOG, "readers")
    principal = {
        "InstanceArn": stage.instance,
        "PrincipalId": stage.ids("groups")["admins"],
        "PrincipalType": "GROUP",
    }
    pages = (
        stage.client()
        .get_paginator("list_account_assignments_for_principal")
        .paginate(**principal, PaginationConfig={"PageSize": 2})
    )
    assert [row["AccountId"] for page in pages for row in page["AccountAssignments"]] == [LOG, SECURITY, WORKLOADS]
    for_account = stage.client().list_account_assignments_for_principal(**principal, Filter={"AccountId": SECURITY})
    assert [row["AccountId"] for row in for_account["AccountAssignments"]] == [SECURITY]


def test_the_delegated_administrator_keeps_off_the_management_account(scene: Callable, code: Callable) -> None:
    stage = scene()
    theirs, ours = stage.permission_set("Theirs"), stage.permission_set("Ours")
    client = stage.client(SECURITY)
    assert client.create_account_assignment(**stage.grant(theirs, LOG))
    assert code(client.create_account_assignment, **stage.grant(theirs, MANAGEMENT)) == "AccessDeniedException"
    stage.assign(ours, MANAGEMENT)
    named = {"InstanceArn": stage.instance, "PermissionSetArn": ours}
    assert code(client.update_permission_set, **named, Description="x") == "AccessDeniedException"
    assert code(client.create_account_assignment, **stage.grant(ours, LOG)) == "AccessDeniedException"
    assert client.describe_permission_set(**named)["PermissionSet"]["Name"] == "Ours"


# --- roles ---


def test_the_role_has_the_sets_policies_and_trust(scene: Callable, code: Callable) -> None:
    stage = scene()
    client, arn = stage.client(), stage.permission_set(Description="reads")
    named = {"InstanceArn": stage.instance, "PermissionSetArn": arn}
    read_only = "arn:aws:iam::aws:policy/ReadOnlyAccess"
    client.attach_managed_policy_to_permission_set(**named, ManagedPolicyArn=read_only)
    inline = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "s3:*", "Resource": "*"}]}
    client.put_inline_policy_to_permission_set(**named, InlinePolicy=json.dumps(inline))
    client.put_permissions_boundary_to_permission_set(**named, PermissionsBoundary={"ManagedPolicyArn": read_only})
    stage.assign(arn, LOG)
    (name,) = stage.roles(LOG)
    iam = stage.cloud.client("iam", account=LOG)
    role = iam.get_role(RoleName=name)["Role"]
    assert role["Path"] == "/aws-reserved/sso.amazonaws.com/"
    assert (role["MaxSessionDuration"], role["Description"]) == (43200, "reads")
    assert role["PermissionsBoundary"]["PermissionsBoundaryArn"] == read_only
    (statement,) = role["AssumeRolePolicyDocument"]["Statement"]
    providers = [row["Arn"] for row in iam.list_saml_providers()["SAMLProviderList"]]
    assert [statement["Principal"]["Federated"]] == providers
    attached = iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
    assert [row["PolicyArn"] for row in attached] == [read_only]
    assert iam.get_role_policy(RoleName=name, PolicyName="AwsSSOInlinePolicy")["PolicyDocument"] == inline
    assert code(iam.delete_role, RoleName=name) == "UnmodifiableEntity"
    assert code(iam.delete_role_policy, RoleName=name, PolicyName="AwsSSOInlinePolicy") == "UnmodifiableEntity"


def test_a_change_reaches_the_role_when_the_set_is_provisioned(scene: Callable) -> None:
    stage = scene()
    client, arn = stage.client(), stage.permission_set()
    named = {"InstanceArn": stage.instance, "PermissionSetArn": arn}
    stage.assign(arn, LOG)
    client.attach_managed_policy_to_permission_set(**named, ManagedPolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")

    def attached() -> list[Any]:
        (name,) = stage.roles(LOG)
        attached = stage.cloud.client("iam", account=LOG).list_attached_role_policies(RoleName=name)
        return cast("list[Any]", attached["AttachedPolicies"])

    def behind() -> list[str]:
        outdated = {"ProvisioningStatus": "LATEST_PERMISSION_SET_NOT_PROVISIONED"}
        listed = client.list_accounts_for_provisioned_permission_set(**named, **outdated)
        return cast("list[str]", listed["AccountIds"])

    assert (attached(), behind()) == ([], [LOG])
    begun = client.provision_permission_set(**named, TargetType="ALL_PROVISIONED_ACCOUNTS")
    request = begun["PermissionSetProvisioningStatus"]["RequestId"]
    ended = client.describe_permission_set_provisioning_status(
        InstanceArn=stage.instance, ProvisionPermissionSetRequestId=request
    )["PermissionSetProvisioningStatus"]
    assert ended["Status"] == "SUCCEEDED"
    assert ([row["PolicyName"] for row in attached()], behind()) == (["ReadOnlyAccess"], [])
    listed = client.list_permission_set_provisioning_status(InstanceArn=stage.instance)
    assert [row["RequestId"] for row in listed["PermissionSetsProvisioningStatus"]] == [request]


def test_the_role_goes_with_the_last_assignment_in_the_account(scene: Callable) -> None:
    stage = scene()
    client, arn = stage.client(), stage.permission_set()
    for group in ("admins", "readers"):
        stage.assign(arn, LOG, group)
    provisioned = {"InstanceArn": stage.instance, "AccountId": LOG}
    client.delete_account_assignment(**stage.grant(arn, LOG, "admins"))
    assert len(stage.roles(LOG)) == 1
    assert client.list_permission_sets_provisioned_to_account(**provisioned)["PermissionSets"] == [arn]
    client.delete_account_assignment(**stage.grant(arn, LOG, "readers"))
    assert stage.roles(LOG) == []
    assert client.list_permission_sets_provisioned_to_account(**provisioned)["PermissionSets"] == []
    client.delete_permission_set(InstanceArn=stage.instance, PermissionSetArn=arn)


def test_a_customer_managed_policy_has_to_be_in_the_account(scene: Callable) -> None:
    stage = scene()
    arn = stage.permission_set()
    stage.client().attach_customer_managed_policy_reference_to_permission_set(
        InstanceArn=stage.instance, PermissionSetArn=arn, CustomerManagedPolicyReference={"Name": "own"}
    )
    failed = stage.assign(arn, LOG)
    assert failed["Status"] == "FAILED"
    assert f"arn:aws:iam::{LOG}:policy/own" in failed["FailureReason"]
    assert stage.roles(LOG) == []
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
    iam = stage.cloud.client("iam", account=LOG)
    iam.create_policy(PolicyName="own", PolicyDocument=json.dumps(document))
    assert stage.assign(arn, LOG)["Status"] == "SUCCEEDED"
    (name,) = stage.roles(LOG)
    attached = iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
    assert [row["PolicyName"] for row in attached] == ["own"]


def test_an_inline_policy_that_iam_refuses_fails_provisioning(scene: Callable) -> None:
    stage = scene()
    arn = stage.permission_set()
    stage.client().put_inline_policy_to_permission_set(
        InstanceArn=stage.instance, PermissionSetArn=arn, InlinePolicy='{"Statement": [{"Effect": "Perhaps"}]}'
    )
    assert stage.assign(arn, LOG)["Status"] == "FAILED"


def test_a_closed_account_gets_nothing(scene: Callable) -> None:
    stage = scene()
    arn = stage.permission_set()
    stage.cloud.client("organizations").close_account(AccountId=WORKLOADS)
    failed = stage.assign(arn, WORKLOADS)
    assert failed["Status"] == "FAILED"
    assert WORKLOADS in failed["FailureReason"]


def test_a_permission_set_can_be_provisioned_without_an_assignment(scene: Callable, code: Callable) -> None:
    stage = scene()
    client, named = stage.client(), {"InstanceArn": stage.instance, "PermissionSetArn": stage.permission_set()}
    client.provision_permission_set(**named, TargetType="AWS_ACCOUNT", TargetId=LOG)
    assert len(stage.roles(LOG)) == 1
    assert code(client.provision_permission_set, **named, TargetType="AWS_ACCOUNT") == "ValidationException"
    unknown = {"TargetType": "AWS_ACCOUNT", "TargetId": "999999999999"}
    assert code(client.provision_permission_set, **named, **unknown) == "ResourceNotFoundException"


def test_an_account_that_leaves_loses_its_assignments_and_roles(scene: Callable) -> None:
    stage = scene()
    arn = stage.permission_set()
    stage.assign(arn, LOG)
    stage.assign(arn, WORKLOADS)
    stage.cloud.client("organizations").remove_account_from_organization(AccountId=LOG)
    assert stage.roles(LOG) == []
    assert len(stage.roles(WORKLOADS)) == 1
    principal = {"InstanceArn": stage.instance, "PrincipalId": stage.ids("groups")["admins"], "PrincipalType": "GROUP"}
    rows = stage.client().list_account_assignments_for_principal(**principal)["AccountAssignments"]
    assert [row["AccountId"] for row in rows] == [WORKLOADS]


def test_with_throttling_ten_assignments_are_outstanding(scene: Callable) -> None:
    assert scene(throttle=True).cloud.world.delays["identity_center"] > 1
    assert scene(seconds=7, throttle=True).cloud.world.delays["identity_center"] == 7
    assert scene().cloud.world.delays["identity_center"] == 0


def test_pending_work_waits_while_trusted_access_is_off(scene: Callable) -> None:
    stage = scene(seconds=10)
    arn = stage.permission_set()
    begun = stage.client().create_account_assignment(**stage.grant(arn, LOG))["AccountAssignmentCreationStatus"]
    organizations = stage.client(service="organizations")
    organizations.disable_aws_service_access(ServicePrincipal="sso.amazonaws.com")
    stage.cloud.move_clock(60)
    assert stage.roles(LOG) == []
    organizations.enable_aws_service_access(ServicePrincipal="sso.amazonaws.com")
    assert stage.ended(begun["RequestId"])["Status"] == "SUCCEEDED"
    assert len(stage.roles(LOG)) == 1


FOLLOWED = """
organization: {}
accounts: [{id: "333344445555", name: security}]
trusted_services: [sso.amazonaws.com]
identity_center:
  users: [{name: ada}]
  groups: [{name: admins, members: [ada]}]
  permission_sets: [{name: admin}, {name: reader}]
  assignments: [{permission_set: admin, group: admins}, {permission_set: reader, user: ada}]
assumptions: {principal_lists_follow_groups: FOLLOW}
"""


@pytest.mark.parametrize(("follow", "sets"), [("false", 1), ("true", 2)])
def test_a_users_list_has_its_groups_assignments_if_assumed(
    aws: Callable, tmp_path: Path, follow: str, sets: int
) -> None:
    (tmp_path / "seed.yaml").write_text(FOLLOWED.replace("FOLLOW", follow))
    cloud = aws(tmp_path / "seed.yaml")
    client = cloud.client("sso-admin")
    row = client.list_instances()["Instances"][0]
    user = cloud.client("identitystore").list_users(IdentityStoreId=row["IdentityStoreId"])["Users"][0]["UserId"]
    ada = {"InstanceArn": row["InstanceArn"], "PrincipalId": user, "PrincipalType": "USER"}
    pages = client.get_paginator("list_account_assignments_for_principal").paginate(
        **ada, PaginationConfig={"PageSize": 1}
    )
    rows = [assignment for page in pages for assignment in page["AccountAssignments"]]
    assert len(rows) == 2 * sets  # in two accounts
    assert len({(assignment["AccountId"], assignment["PermissionSetArn"]) for assignment in rows}) == 2 * sets
    for_account = client.list_account_assignments_for_principal(**ada, Filter={"AccountId": "333344445555"})
    assert len(for_account["AccountAssignments"]) == sets
