"""identitystore: groups and who is in them. An id is IDENTITY-STORE-ID/OWN-ID, as the bridged provider's import id."""

from __future__ import annotations

from botocore.exceptions import ClientError

from sandbox.provider.record import Clients, Properties, ResourceType

from .iam import given
from .organizations import is_error


def _group_arguments(id_: str) -> dict[str, str]:
    store, _, group = id_.partition("/")
    return {"IdentityStoreId": store, "GroupId": group}


def _create_group(aws: Clients, inputs: Properties) -> str:
    made = aws("identitystore").create_group(
        **given(
            IdentityStoreId=inputs["identityStoreId"],
            DisplayName=inputs["displayName"],
            Description=inputs.get("description"),
        )
    )
    return f"{made['IdentityStoreId']}/{made['GroupId']}"


def _read_group(aws: Clients, id_: str, state: Properties) -> Properties | None:
    try:
        group = aws("identitystore").describe_group(**_group_arguments(id_))
    except ClientError as error:
        if is_error(error, "ResourceNotFoundException"):
            return None
        raise
    return {
        "arn": f"arn:aws:identitystore:::group/{group['GroupId']}",
        "description": group.get("Description", ""),
        "displayName": group["DisplayName"],
        "externalIds": [{"id": row["Id"], "issuer": row["Issuer"]} for row in group.get("ExternalIds", [])],
        "groupId": group["GroupId"],
        "identityStoreId": group["IdentityStoreId"],
        "region": aws.region,
    }


def _update_group(aws: Clients, id_: str, state: Properties, inputs: Properties) -> None:
    operations = [
        {"AttributePath": name, "AttributeValue": inputs.get(name) or ""}
        for name in ("displayName", "description")
        if (inputs.get(name) or "") != (state.get(name) or "")
    ]
    if operations:
        aws("identitystore").update_group(**_group_arguments(id_), Operations=operations)


def _delete_group(aws: Clients, id_: str, state: Properties) -> None:
    aws("identitystore").delete_group(**_group_arguments(id_))


def _membership_arguments(id_: str) -> dict[str, str]:
    store, _, membership = id_.partition("/")
    return {"IdentityStoreId": store, "MembershipId": membership}


def _create_membership(aws: Clients, inputs: Properties) -> str:
    made = aws("identitystore").create_group_membership(
        IdentityStoreId=inputs["identityStoreId"],
        GroupId=inputs["groupId"],
        MemberId={"UserId": inputs["memberId"]},
    )
    return f"{made['IdentityStoreId']}/{made['MembershipId']}"


def _read_membership(aws: Clients, id_: str, state: Properties) -> Properties | None:
    try:
        found = aws("identitystore").describe_group_membership(**_membership_arguments(id_))
    except ClientError as error:
        if is_error(error, "ResourceNotFoundException"):
            return None
        raise
    return {
        "groupId": found["GroupId"],
        "identityStoreId": found["IdentityStoreId"],
        "memberId": found["MemberId"]["UserId"],
        "membershipId": found["MembershipId"],
        "region": aws.region,
    }


def _delete_membership(aws: Clients, id_: str, state: Properties) -> None:
    aws("identitystore").delete_group_membership(**_membership_arguments(id_))


RECORDS = (
    ResourceType(
        token="aws:identitystore/group:Group",
        create=_create_group,
        read=_read_group,
        update=_update_group,
        delete=_delete_group,
        replaces=frozenset({"identityStoreId", "region"}),
        computed=frozenset({"region"}),
    ),
    ResourceType(
        token="aws:identitystore/groupMembership:GroupMembership",
        create=_create_membership,
        read=_read_membership,
        delete=_delete_membership,
        replaces=frozenset({"identityStoreId", "groupId", "memberId", "region"}),
        computed=frozenset({"region"}),
    ),
)
