"""ssoadmin: an instance's access-control attributes, and permission sets."""

from __future__ import annotations

from typing import Any

from sandbox.provider.calls import none_if_gone, pages, without_none
from sandbox.provider.record import Clients, Properties, ResourceType, retag, tag_list, tag_map

_GONE = ("ResourceNotFoundException",)


def _attributes_argument(inputs: Properties) -> dict[str, Any]:
    rows = [
        {"Key": row["key"], "Value": {"Source": [source for value in row["values"] for source in value["sources"]]}}
        for row in inputs["attributes"]
    ]
    return {"AccessControlAttributes": rows}


def _create_attributes(aws: Clients, inputs: Properties) -> str:
    arn = str(inputs["instanceArn"])
    aws("sso-admin").create_instance_access_control_attribute_configuration(
        InstanceArn=arn, InstanceAccessControlAttributeConfiguration=_attributes_argument(inputs)
    )
    return arn


@none_if_gone(*_GONE)
def _read_attributes(aws: Clients, id_: str, state: Properties) -> Properties | None:
    answer = aws("sso-admin").describe_instance_access_control_attribute_configuration(InstanceArn=id_)
    rows = answer["InstanceAccessControlAttributeConfiguration"]["AccessControlAttributes"]
    return {
        "instanceArn": id_,
        "region": aws.region,
        "attributes": [{"key": row["Key"], "values": [{"sources": row["Value"]["Source"]}]} for row in rows],
        "status": answer["Status"],
        "statusReason": answer.get("StatusReason", ""),
    }


def _update_attributes(aws: Clients, id_: str, state: Properties, inputs: Properties) -> None:
    aws("sso-admin").update_instance_access_control_attribute_configuration(
        InstanceArn=id_, InstanceAccessControlAttributeConfiguration=_attributes_argument(inputs)
    )


def _delete_attributes(aws: Clients, id_: str, state: Properties) -> None:
    aws("sso-admin").delete_instance_access_control_attribute_configuration(InstanceArn=id_)


def _split(id_: str) -> dict[str, str]:
    """A permission set's id is ITS-ARN,INSTANCE-ARN."""
    permission_set, _, instance = id_.partition(",")
    return {"PermissionSetArn": permission_set, "InstanceArn": instance}


def _create_permission_set(aws: Clients, inputs: Properties) -> str:
    created = aws("sso-admin").create_permission_set(
        **without_none(
            InstanceArn=inputs["instanceArn"],
            Name=inputs["name"],
            Description=inputs.get("description"),
            RelayState=inputs.get("relayState"),
            SessionDuration=inputs.get("sessionDuration"),
            Tags=tag_list(inputs.get("tagsAll")),
        )
    )
    return f"{created['PermissionSet']['PermissionSetArn']},{inputs['instanceArn']}"


def _read_permission_set(aws: Clients, id_: str, state: Properties) -> Properties | None:
    arguments = _split(id_)
    answer = none_if_gone(*_GONE)(aws("sso-admin").describe_permission_set)(**arguments)
    if answer is None:
        return None
    permission_set = answer["PermissionSet"]
    rows = pages(
        aws("sso-admin"),
        "list_tags_for_resource",
        "Tags",
        InstanceArn=arguments["InstanceArn"],
        ResourceArn=arguments["PermissionSetArn"],
    )
    return {
        "arn": permission_set["PermissionSetArn"],
        "createdDate": permission_set["CreatedDate"].isoformat(),
        "description": permission_set.get("Description", ""),
        "instanceArn": arguments["InstanceArn"],
        "name": permission_set["Name"],
        "region": aws.region,
        "relayState": permission_set.get("RelayState", ""),
        "sessionDuration": permission_set.get("SessionDuration", "PT1H"),
        "tags": tag_map(rows),
        "tagsAll": tag_map(rows),
    }


def _update_permission_set(aws: Clients, id_: str, state: Properties, inputs: Properties) -> None:
    client, arguments = aws("sso-admin"), _split(id_)
    client.update_permission_set(
        **arguments,
        **without_none(
            Description=inputs.get("description"),
            RelayState=inputs.get("relayState"),
            SessionDuration=inputs.get("sessionDuration"),
        ),
    )
    target = {"InstanceArn": arguments["InstanceArn"], "ResourceArn": arguments["PermissionSetArn"]}
    retag(state, inputs, client.untag_resource, client.tag_resource, **target)


def _delete_permission_set(aws: Clients, id_: str, state: Properties) -> None:
    aws("sso-admin").delete_permission_set(**_split(id_))


RECORDS = (
    ResourceType(
        token="aws:ssoadmin/instanceAccessControlAttributes:InstanceAccessControlAttributes",
        create=_create_attributes,
        read=_read_attributes,
        update=_update_attributes,
        delete=_delete_attributes,
        replaces=frozenset({"instanceArn", "region"}),
        sets=frozenset({"attributes"}),
        computed=frozenset({"region"}),
    ),
    ResourceType(
        token="aws:ssoadmin/permissionSet:PermissionSet",
        create=_create_permission_set,
        read=_read_permission_set,
        update=_update_permission_set,
        delete=_delete_permission_set,
        replaces=frozenset({"instanceArn", "name", "region"}),
        computed=frozenset({"region"}),
        defaults={"sessionDuration": "PT1H"},
        named="name",
        tagged=True,
    ),
)
