"""Identity Center's instances, and what stops when trusted access does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

SSO = "sso.amazonaws.com"
MEMBER = "222233334444"


def test_the_organization_instance_is_seen_in_its_own_region_only(aws: Callable) -> None:
    cloud = aws("sso-enabled")
    assert len(cloud.client("sso-admin").list_instances()["Instances"]) == 1
    assert cloud.client("sso-admin", region="eu-west-1").list_instances()["Instances"] == []


def test_there_is_none_without_identity_center(aws: Callable) -> None:
    assert aws("organization").client("sso-admin").list_instances()["Instances"] == []


def test_a_member_sees_the_organizations_and_its_own_instance(aws: Callable, code: Callable) -> None:
    client = aws("member").client("sso-admin")
    assert [row["OwnerAccountId"] for row in client.list_instances()["Instances"]] == ["111122223333"]
    client.create_instance()
    assert sorted(row["OwnerAccountId"] for row in client.list_instances()["Instances"]) == ["111122223333", MEMBER]
    assert code(client.create_instance) == "ConflictException"


def test_the_management_account_cannot_create_an_instance_by_api(aws: Callable, code: Callable) -> None:
    assert code(aws("organization").client("sso-admin").create_instance) == "ValidationException"


def test_a_member_cannot_delete_the_organizations_instance(aws: Callable, code: Callable) -> None:
    cloud = aws("member")
    client = cloud.client("sso-admin")
    arn = client.list_instances()["Instances"][0]["InstanceArn"]
    assert code(client.delete_instance, InstanceArn=arn) == "AccessDeniedException"
    assert client.describe_instance(InstanceArn=arn)["Status"] == "ACTIVE"


def test_a_failed_creation_gives_its_reason(aws: Callable, tmp_path: Path) -> None:
    seed = tmp_path / "seed.yaml"
    seed.write_text(
        "organization: {feature_set: ALL}\nidentity_center: {status: CREATE_FAILED, status_reason: KMS key disabled}\n"
    )
    client = aws(seed).client("sso-admin")
    arn = client.list_instances()["Instances"][0]["InstanceArn"]
    described = client.describe_instance(InstanceArn=arn)
    assert (described["Status"], described["StatusReason"]) == ("CREATE_FAILED", "KMS key disabled")


def test_without_trusted_access_it_stops_until_enabled_again(aws: Callable, code: Callable) -> None:
    cloud = aws("sso-enabled")
    client, organizations = cloud.client("sso-admin"), cloud.client("organizations")
    arn = client.list_instances()["Instances"][0]["InstanceArn"]
    permission_set = client.create_permission_set(InstanceArn=arn, Name="Reader")["PermissionSet"]["PermissionSetArn"]
    organizations.disable_aws_service_access(ServicePrincipal=SSO)
    assert code(client.list_permission_sets, InstanceArn=arn) == "AccessDeniedException"
    organizations.enable_aws_service_access(ServicePrincipal=SSO)
    assert permission_set in client.list_permission_sets(InstanceArn=arn)["PermissionSets"]


def test_access_control_attributes_are_made_once_changed_and_deleted(aws: Callable, code: Callable) -> None:
    client = aws("sso-enabled").client("sso-admin")
    arn = client.list_instances()["Instances"][0]["InstanceArn"]
    describe = client.describe_instance_access_control_attribute_configuration
    attributes = {"AccessControlAttributes": [{"Key": "team", "Value": {"Source": ["${path:enterprise.department}"]}}]}
    assert code(describe, InstanceArn=arn) == "ResourceNotFoundException"
    arguments = {"InstanceArn": arn, "InstanceAccessControlAttributeConfiguration": attributes}
    client.create_instance_access_control_attribute_configuration(**arguments)
    assert describe(InstanceArn=arn)["InstanceAccessControlAttributeConfiguration"] == attributes
    assert code(client.create_instance_access_control_attribute_configuration, **arguments) == "ConflictException"
    client.delete_instance_access_control_attribute_configuration(InstanceArn=arn)
    assert code(describe, InstanceArn=arn) == "ResourceNotFoundException"


def test_a_permission_sets_name_is_unique_and_tags_are_kept(aws: Callable, code: Callable) -> None:
    client = aws("sso-enabled").client("sso-admin")
    arn = client.list_instances()["Instances"][0]["InstanceArn"]
    arguments = {"InstanceArn": arn, "Name": "Reader", "Tags": [{"Key": "team", "Value": "red"}]}
    permission_set = client.create_permission_set(**arguments)["PermissionSet"]["PermissionSetArn"]
    assert code(client.create_permission_set, **arguments) == "ConflictException"
    assert client.list_tags_for_resource(InstanceArn=arn, ResourceArn=permission_set)["Tags"] == arguments["Tags"]
