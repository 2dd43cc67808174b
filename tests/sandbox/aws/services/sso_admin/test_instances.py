"""Account instances, Regions, and what an instance that is not ACTIVE answers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

MEMBER = "222233334444"


def test_an_account_instance_is_in_creation_and_then_active(aws: Callable) -> None:
    cloud = aws("no-organization")
    client = cloud.client("sso-admin")
    cloud.world.delays["identity_center"] = 30.0
    arn = client.create_instance(Name="mine", Tags=[{"Key": "team", "Value": "red"}])["InstanceArn"]
    assert client.describe_instance(InstanceArn=arn)["Status"] == "CREATE_IN_PROGRESS"
    cloud.world.source.move(30)
    described = client.describe_instance(InstanceArn=arn)
    assert (described["Status"], described["Name"], described["OwnerAccountId"]) == ("ACTIVE", "mine", "111122223333")
    assert client.list_tags_for_resource(ResourceArn=arn)["Tags"] == [{"Key": "team", "Value": "red"}]


def test_only_describing_and_deleting_work_while_it_is_in_creation(
    aws: Callable, code: Callable, tmp_path: Path
) -> None:
    seed = tmp_path / "seed.yaml"
    seed.write_text(
        "organization: {}\ntrusted_services: [sso.amazonaws.com]\nidentity_center: {status: CREATE_IN_PROGRESS}\n"
    )
    client = aws(seed).client("sso-admin")
    arn = client.list_instances()["Instances"][0]["InstanceArn"]
    assert client.describe_instance(InstanceArn=arn)["Status"] == "CREATE_IN_PROGRESS"
    assert code(client.list_permission_sets, InstanceArn=arn) == "ConflictException"
    client.delete_instance(InstanceArn=arn)
    assert client.list_instances()["Instances"] == []


def test_the_same_client_token_gives_the_same_instance(aws: Callable, code: Callable) -> None:
    client = aws("member").client("sso-admin")
    first = client.create_instance(ClientToken="once", Name="a")["InstanceArn"]
    assert client.create_instance(ClientToken="once", Name="a")["InstanceArn"] == first
    assert code(client.create_instance, ClientToken="once", Name="b") == "ConflictException"


def test_a_deleted_instance_is_denied_and_another_can_be_made(aws: Callable, code: Callable) -> None:
    client = aws("no-organization").client("sso-admin")
    arn = client.create_instance()["InstanceArn"]
    client.delete_instance(InstanceArn=arn)
    assert code(client.describe_instance, InstanceArn=arn) == "AccessDeniedException"
    assert client.create_instance()["InstanceArn"]


def test_an_account_instance_needs_permission_sets_enabled_first(aws: Callable, code: Callable) -> None:
    client = aws("member").client("sso-admin")
    arn = client.create_instance()["InstanceArn"]
    arguments = {"InstanceArn": arn, "Name": "Reader"}
    assert code(client.create_permission_set, **arguments) == "ValidationException"
    client.update_instance(InstanceArn=arn, PermissionSetsEnabled=True)
    assert client.describe_instance(InstanceArn=arn)["PermissionSetsEnabled"] is True
    assert client.create_permission_set(**arguments)
    assert code(client.update_instance, InstanceArn=arn, PermissionSetsEnabled=False) == "ValidationException"


def test_one_update_changes_one_thing(scene: Callable, code: Callable) -> None:
    stage = scene()
    client = stage.client()
    both = {
        "EncryptionConfiguration": {"KeyType": "AWS_OWNED_KMS_KEY"},
        "NetworkConfiguration": {"VpceAccessRequired": True},
    }
    assert code(client.update_instance, InstanceArn=stage.instance, **both) == "ValidationException"
    client.update_instance(InstanceArn=stage.instance, NetworkConfiguration={"VpceAccessRequired": True})
    described = client.describe_instance(InstanceArn=stage.instance)
    assert described["NetworkConfigurationDetails"] == {"VpceAccessRequired": True}


def test_the_delegated_administrator_can_neither_change_nor_delete_the_instance(
    scene: Callable, code: Callable
) -> None:
    stage = scene()
    client = stage.client("333344445555")
    assert code(client.update_instance, InstanceArn=stage.instance, Name="theirs") == "AccessDeniedException"
    assert code(client.delete_instance, InstanceArn=stage.instance) == "AccessDeniedException"


def test_an_ordinary_member_sees_only_the_instance(scene: Callable, code: Callable) -> None:
    stage = scene()
    client = stage.client(MEMBER)
    assert client.describe_instance(InstanceArn=stage.instance)["OwnerAccountId"] == "111122223333"
    assert code(client.list_permission_sets, InstanceArn=stage.instance) == "AccessDeniedException"
    assert stage.client("333344445555").list_permission_sets(InstanceArn=stage.instance)["PermissionSets"] == []


def test_an_unknown_instance_is_not_found(scene: Callable, code: Callable) -> None:
    stage = scene()
    arn = "arn:aws:sso:::instance/ssoins-0000000000000000"
    assert code(stage.client().list_permission_sets, InstanceArn=arn) == "ResourceNotFoundException"


def test_all_regions_are_listed_when_asked_for(scene: Callable) -> None:
    elsewhere = scene().cloud.client("sso-admin", region="ap-southeast-2")
    assert elsewhere.list_instances()["Instances"] == []
    assert len(elsewhere.list_instances(RegionScope="ALL_REGIONS")["Instances"]) == 1
