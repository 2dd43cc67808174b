"""identitystore: groups and who is in them. An id is IDENTITY-STORE-ID/OWN-ID, as the bridged provider's import id."""

from __future__ import annotations

from sandbox.provider.calls import none_if_gone, without_none
from sandbox.provider.record import Clients, Properties, ResourceType


def _group_arguments(id_: str) -> dict[str, str]:
    store, _, group = id_.partition("/")
    return {"IdentityStoreId": store, "GroupId": group}


def _create_group(aws: Clients, inputs: Properties) -> str:
    group = aws("identitystore").create_group(
        **without_none(
            IdentityStoreId=inputs["identityStoreId"],
            DisplayName=inputs["displayName"],
            Description=inputs.get("description"),
        )
    )
    return f"{group['IdentityStoreId']}/{group['GroupId']}"


@none_if_gone("ResourceNotFoundException")
def _read_group(aws: Clients, id_: str, state: Properties) -> Properties | None:
    group = aws("identitystore").describe_group(**_group_arguments(id_))
    return {
        "arn": group["GroupArn"],
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
    membership = aws("identitystore").create_group_membership(
        IdentityStoreId=inputs["identityStoreId"],
        GroupId=inputs["groupId"],
        MemberId={"UserId": inputs["memberId"]},
    )
    return f"{membership['IdentityStoreId']}/{membership['MembershipId']}"


@none_if_gone("ResourceNotFoundException")
def _read_membership(aws: Clients, id_: str, state: Properties) -> Properties | None:
    membership = aws("identitystore").describe_group_membership(**_membership_arguments(id_))
    return {
        "groupId": membership["GroupId"],
        "identityStoreId": membership["IdentityStoreId"],
        "memberId": membership["MemberId"]["UserId"],
        "membershipId": membership["MembershipId"],
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
