"""Permission sets, what they grant, and their tags."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"
DOCUMENT = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})


def test_a_permission_set_is_described_with_its_defaults(scene: Callable) -> None:
    stage = scene()
    arn = stage.permission_set(Description="reads", RelayState="https://example.com")
    described = stage.client().describe_permission_set(InstanceArn=stage.instance, PermissionSetArn=arn)[
        "PermissionSet"
    ]
    assert (described["Name"], described["Description"], described["RelayState"], described["SessionDuration"]) == (
        "Reader",
        "reads",
        "https://example.com",
        "PT1H",
    )


@pytest.mark.parametrize("duration", ["PT59M", "PT12H1S", "P1D", "PT0S", "P1Y"])
def test_a_session_lasts_one_to_twelve_hours(scene: Callable, code: Callable, duration: str) -> None:
    stage = scene()
    arguments = {"InstanceArn": stage.instance, "Name": "Reader", "SessionDuration": duration}
    assert code(stage.client().create_permission_set, **arguments) == "ValidationException"


@pytest.mark.parametrize("duration", ["PT1H", "PT12H", "PT90M", "PT3600S"])
def test_a_session_from_an_hour_to_twelve_is_taken(scene: Callable, duration: str) -> None:
    assert scene().permission_set(SessionDuration=duration)


def test_an_update_leaves_what_it_does_not_name(scene: Callable) -> None:
    stage = scene()
    arn, client = stage.permission_set(Description="reads"), stage.client()
    client.update_permission_set(InstanceArn=stage.instance, PermissionSetArn=arn, SessionDuration="PT2H")
    described = client.describe_permission_set(InstanceArn=stage.instance, PermissionSetArn=arn)["PermissionSet"]
    assert (described["Description"], described["SessionDuration"]) == ("reads", "PT2H")


def test_a_deleted_set_is_gone_and_its_name_free(scene: Callable, code: Callable) -> None:
    stage = scene()
    arn, client = stage.permission_set(), stage.client()
    client.delete_permission_set(InstanceArn=stage.instance, PermissionSetArn=arn)
    arguments = {"InstanceArn": stage.instance, "PermissionSetArn": arn}
    assert code(client.describe_permission_set, **arguments) == "ResourceNotFoundException"
    assert stage.permission_set() != arn


# --- what it grants ---


def test_an_inline_policy_is_put_got_and_deleted(scene: Callable, code: Callable) -> None:
    stage = scene()
    client, named_set = stage.client(), {"InstanceArn": stage.instance, "PermissionSetArn": stage.permission_set()}
    assert client.get_inline_policy_for_permission_set(**named_set)["InlinePolicy"] == ""
    client.put_inline_policy_to_permission_set(**named_set, InlinePolicy=DOCUMENT)
    assert client.get_inline_policy_for_permission_set(**named_set)["InlinePolicy"] == DOCUMENT
    for wrong in ("no", f'{{"Version": "2008-10-17", {DOCUMENT[1:]}'):
        assert (
            code(client.put_inline_policy_to_permission_set, **named_set, InlinePolicy=wrong) == "ValidationException"
        )
    client.delete_inline_policy_from_permission_set(**named_set)
    assert client.get_inline_policy_for_permission_set(**named_set)["InlinePolicy"] == ""


def test_an_inline_policy_has_at_most_10240_characters(scene: Callable, code: Callable) -> None:
    stage = scene()
    client, named_set = stage.client(), {"InstanceArn": stage.instance, "PermissionSetArn": stage.permission_set()}
    padded = DOCUMENT[:-1] + " " * 20_000 + "}"
    client.put_inline_policy_to_permission_set(**named_set, InlinePolicy=padded)
    long = json.dumps({"Version": "2012-10-17", "Id": "x" * 10_240, "Statement": []})
    assert (
        code(client.put_inline_policy_to_permission_set, **named_set, InlinePolicy=long)
        == "ServiceQuotaExceededException"
    )


def test_managed_policies_are_attached_once_listed_in_order_and_detached(scene: Callable, code: Callable) -> None:
    stage = scene()
    client, named_set = stage.client(), {"InstanceArn": stage.instance, "PermissionSetArn": stage.permission_set()}
    arns = [READ_ONLY, "arn:aws:iam::aws:policy/job-function/Billing"]
    for arn in arns:
        client.attach_managed_policy_to_permission_set(**named_set, ManagedPolicyArn=arn)
    rows = client.list_managed_policies_in_permission_set(**named_set)["AttachedManagedPolicies"]
    assert [(row["Name"], row["Arn"]) for row in rows] == [("ReadOnlyAccess", arns[0]), ("Billing", arns[1])]
    attach, detach = client.attach_managed_policy_to_permission_set, client.detach_managed_policy_from_permission_set
    assert code(attach, **named_set, ManagedPolicyArn=READ_ONLY) == "ConflictException"
    assert code(attach, **named_set, ManagedPolicyArn=READ_ONLY + "No") == "ResourceNotFoundException"
    detach(**named_set, ManagedPolicyArn=READ_ONLY)
    assert code(detach, **named_set, ManagedPolicyArn=READ_ONLY) == "ResourceNotFoundException"


def test_25_policies_of_both_kinds_are_the_most(scene: Callable, code: Callable) -> None:
    stage = scene()
    client, named_set = stage.client(), {"InstanceArn": stage.instance, "PermissionSetArn": stage.permission_set()}
    attach = client.attach_customer_managed_policy_reference_to_permission_set
    client.attach_managed_policy_to_permission_set(**named_set, ManagedPolicyArn=READ_ONLY)
    for number in range(24):
        attach(**named_set, CustomerManagedPolicyReference={"Name": f"own-{number}", "Path": "/team/"})
    refused = code(attach, **named_set, CustomerManagedPolicyReference={"Name": "one-more"})
    assert refused == "ServiceQuotaExceededException"
    rows = client.list_customer_managed_policy_references_in_permission_set(**named_set)[
        "CustomerManagedPolicyReferences"
    ]
    assert rows[0] == {"Name": "own-0", "Path": "/team/"}
    assert len(rows) == 24


def test_a_boundary_is_one_of_two_kinds(scene: Callable, code: Callable) -> None:
    stage = scene()
    client, named_set = stage.client(), {"InstanceArn": stage.instance, "PermissionSetArn": stage.permission_set()}
    put, get = client.put_permissions_boundary_to_permission_set, client.get_permissions_boundary_for_permission_set
    own = {"CustomerManagedPolicyReference": {"Name": "limit"}}
    assert code(get, **named_set) == "ResourceNotFoundException"
    assert code(put, **named_set, PermissionsBoundary={**own, "ManagedPolicyArn": READ_ONLY}) == "ValidationException"
    assert code(put, **named_set, PermissionsBoundary={}) == "ValidationException"
    put(**named_set, PermissionsBoundary=own)
    assert get(**named_set)["PermissionsBoundary"] == own
    client.delete_permissions_boundary_from_permission_set(**named_set)
    assert code(client.delete_permissions_boundary_from_permission_set, **named_set) == "ResourceNotFoundException"


# --- tags ---


def test_tags_are_added_replaced_and_removed(scene: Callable, code: Callable) -> None:
    stage = scene()
    client, resource = stage.client(), {"InstanceArn": stage.instance, "ResourceArn": stage.permission_set()}
    client.tag_resource(**resource, Tags=[{"Key": "team", "Value": "red"}, {"Key": "Team", "Value": "blue"}])
    client.tag_resource(**resource, Tags=[{"Key": "team", "Value": "green"}])
    client.untag_resource(**resource, TagKeys=["Team", "absent"])
    assert client.list_tags_for_resource(**resource)["Tags"] == [{"Key": "team", "Value": "green"}]
    assert code(client.tag_resource, **resource, Tags=[{"Key": "aws:x", "Value": ""}]) == "ValidationException"
    many = [{"Key": str(number), "Value": ""} for number in range(50)]
    assert code(client.tag_resource, **resource, Tags=many) == "ServiceQuotaExceededException"


def test_tags_of_what_is_not_there_are_not_found(scene: Callable, code: Callable) -> None:
    stage = scene()
    arn = stage.permission_set().rpartition("/")[0] + "/ps-0000000000000000"
    resource = {"InstanceArn": stage.instance, "ResourceArn": arn}
    assert code(stage.client().list_tags_for_resource, **resource) == "ResourceNotFoundException"
