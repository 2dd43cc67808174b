"""Users and groups: created, found, changed, deleted; the attributes that are unique in a store."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

EVE: dict[str, Any] = {
    "UserName": "eve",
    "DisplayName": "Eve",
    "Name": {"GivenName": "Eve", "FamilyName": "Ng"},
    "Emails": [{"Value": "eve@example.com", "Type": "work", "Primary": True}],
}


def _email(value: str) -> dict[str, Any]:
    return {"UniqueAttribute": {"AttributePath": "emails.value", "AttributeValue": value}}


def test_a_user_has_what_it_was_made_with(store: Any) -> None:
    created = store.call("create_user", **EVE, Title="Engineer")
    described = store.call("describe_user", UserId=created["UserId"])
    assert {name: described[name] for name in EVE} == EVE
    assert (described["Title"], described["UserStatus"], described["Revision"]) == ("Engineer", "ENABLED", "1")
    assert store.call("describe_user", UserId=created["UserArn"])["UserId"] == created["UserId"]


@pytest.mark.parametrize("name", ["UserName", "DisplayName", "Name"])
def test_a_user_of_identity_center_needs_three_names(store: Any, code: Callable, name: str) -> None:
    attributes = {key: value for key, value in EVE.items() if key != name}
    assert code(store.call, operation="create_user", **attributes) == "ValidationException"


@pytest.mark.parametrize(("operation", "given"), [("create_user", EVE), ("create_group", {"DisplayName": "x"})])
@pytest.mark.parametrize("name", ["Administrator", "AWSAdministrators"])
def test_reserved_names_are_refused(store: Any, code: Callable, operation: str, given: dict, name: str) -> None:
    key = "UserName" if operation == "create_user" else "DisplayName"
    assert code(store.call, operation=operation, **{**given, key: name}) == "ValidationException"


@pytest.mark.parametrize(
    ("operation", "given"),
    [
        ("create_user", {**EVE, "UserName": "ANN"}),
        ("create_user", {**EVE, "Emails": [{"Value": "ann@example.com"}]}),
        ("create_group", {"DisplayName": "Admins"}),
    ],
)
def test_a_taken_name_or_email_is_a_conflict(store: Any, operation: str, given: dict) -> None:
    with pytest.raises(ClientError) as caught:
        store.call(operation, **given)
    assert caught.value.response["Error"]["Code"] == "ConflictException"
    assert caught.value.response["Reason"] == "UNIQUENESS_CONSTRAINT_VIOLATION"


def test_a_name_is_free_again_once_its_user_is_gone(store: Any, code: Callable) -> None:
    store.call("delete_user", UserId=store.user("ann"))
    assert store.call("create_user", **{**EVE, "UserName": "ann"})
    ann = {"IdentityStoreId": store.id, "AlternateIdentifier": _email("ann@example.com")}
    assert code(store.cloud.client("identitystore").get_user_id, **ann) == "ResourceNotFoundException"


def test_ids_are_found_by_name_email_and_external_id(store: Any, code: Callable) -> None:
    ann, readers = store.user("ann"), store.group("readers")
    assert store.call("get_user_id", AlternateIdentifier=_email("ann@example.com"))["UserId"] == ann
    external = {"ExternalId": {"Issuer": "https://scim", "Id": "7"}}
    assert store.call("get_user_id", AlternateIdentifier=external)["UserId"] == ann
    external = {"ExternalId": {"Issuer": "https://scim", "Id": "9"}}
    assert store.call("get_group_id", AlternateIdentifier=external)["GroupId"] == readers
    assert store.call("describe_user", UserId=ann)["ExternalIds"] == [{"Issuer": "https://scim", "Id": "7"}]
    wrong = {"UniqueAttribute": {"AttributePath": "title", "AttributeValue": "x"}}
    assert code(store.call, operation="get_user_id", AlternateIdentifier=wrong) == "ValidationException"


def test_what_is_not_there_is_named_with_its_kind(store: Any) -> None:
    with pytest.raises(ClientError) as caught:
        store.call("describe_group", GroupId="00000000-0000-4000-8000-000000000000")
    response = caught.value.response
    assert (response["Error"]["Code"], response["ResourceType"]) == ("ResourceNotFoundException", "GROUP")


# --- updates ---


def test_an_update_sets_replaces_and_removes(store: Any) -> None:
    user_id = store.call("create_user", **EVE, Title="Engineer")["UserId"]
    operations = [
        {"AttributePath": "displayName", "AttributeValue": "Eve Ng"},
        {"AttributePath": "name.familyName", "AttributeValue": "Nguyen"},
        {"AttributePath": "title"},
        {"AttributePath": "emails", "AttributeValue": [{"value": "eve@corp.example", "primary": True}]},
    ]
    assert store.call("update_user", UserId=user_id, Operations=operations)["Revision"] == "2"
    described = store.call("describe_user", UserId=user_id)
    assert (described["DisplayName"], described["Name"]) == ("Eve Ng", {"GivenName": "Eve", "FamilyName": "Nguyen"})
    assert "Title" not in described
    assert described["Emails"] == [{"Value": "eve@corp.example", "Primary": True}]
    assert store.call("get_user_id", AlternateIdentifier=_email("eve@corp.example"))["UserId"] == user_id


@pytest.mark.parametrize(
    "operation",
    [
        {"AttributePath": "userId", "AttributeValue": "x"},
        {"AttributePath": "shoeSize", "AttributeValue": "43"},
        {"AttributePath": "name.nick", "AttributeValue": "E"},
        {"AttributePath": "displayName", "AttributeValue": ["x"]},
        {"AttributePath": "emails", "AttributeValue": [{"address": "x@example.com"}]},
        {"AttributePath": "displayName"},
    ],
)
def test_an_update_that_cannot_be_changes_nothing(store: Any, code: Callable, operation: dict) -> None:
    ann = store.user("ann")
    before = store.call("describe_user", UserId=ann)
    operations = [{"AttributePath": "title", "AttributeValue": "Chief"}, operation]
    assert code(store.call, operation="update_user", UserId=ann, Operations=operations) == "ValidationException"
    after = store.call("describe_user", UserId=ann)
    assert {**before, "ResponseMetadata": None} == {**after, "ResponseMetadata": None}


def test_an_update_cannot_take_anothers_name(store: Any, code: Callable) -> None:
    renamed = [{"AttributePath": "displayName", "AttributeValue": "admins"}]
    readers = store.group("readers")
    assert code(store.call, operation="update_group", GroupId=readers, Operations=renamed) == "ConflictException"
    assert store.group("admins") != readers


def test_a_stale_revision_changes_nothing(store: Any) -> None:
    readers = store.group("readers")
    change = [{"AttributePath": "description", "AttributeValue": "they read"}]
    assert store.call("update_group", GroupId=readers, Operations=change, Revision="1")["Revision"] == "2"
    for operation, more in (("update_group", {"Operations": change}), ("delete_group", {})):
        with pytest.raises(ClientError) as caught:
            store.call(operation, GroupId=readers, Revision="1", **more)
        assert caught.value.response["Reason"] == "CONCURRENT_MODIFICATION"
    assert store.call("describe_group", GroupId=readers)["Description"] == "they read"


# --- lists ---


def test_lists_are_filtered_by_name(store: Any, code: Callable) -> None:
    listed = store.call("list_users", Filters=[{"AttributePath": "UserName", "AttributeValue": "bob"}])["Users"]
    assert [row["UserName"] for row in listed] == ["bob"]
    wrong = [{"AttributePath": "Title", "AttributeValue": "bob"}]
    assert code(store.call, operation="list_users", Filters=wrong) == "ValidationException"


def test_an_extension_is_given_to_those_who_ask(store: Any) -> None:
    extension = {"aws:identitystore:enterprise": {"department": "sales"}}
    user_id = store.call("create_user", **EVE, Extensions=extension)["UserId"]
    assert "Extensions" not in store.call("describe_user", UserId=user_id)
    described = store.call("describe_user", UserId=user_id, Extensions=["aws:identitystore:enterprise"])
    assert described["Extensions"] == extension
