"""ssm: parameters. The calls, and their order, are those of terraform-provider-aws, internal/service/ssm."""

from __future__ import annotations

from sandbox.provider.calls import none_if_gone
from sandbox.provider.record import Clients, Properties, Refused, ResourceType, retag, tag_list, tag_map


def _create(aws: Clients, inputs: Properties) -> str:
    _put(aws, inputs, Overwrite=bool(inputs.get("overwrite")), Tags=tag_list(inputs.get("tagsAll")))
    return str(inputs["name"])


def _put(aws: Clients, inputs: Properties, **more: object) -> None:
    if inputs["type"] == "SecureString":
        raise Refused("The sandbox has no parameters that are encrypted.")
    value = inputs.get("value") or inputs.get("insecureValue")
    arguments = {
        "Name": inputs["name"],
        "Type": inputs["type"],
        "Value": value,
        "Description": inputs.get("description"),
    }
    aws("ssm").put_parameter(**{name: item for name, item in {**arguments, **more}.items() if item})


def _read(aws: Clients, id_: str, state: Properties) -> Properties | None:
    client = aws("ssm")
    answer = none_if_gone("ParameterNotFound")(client.get_parameter)(Name=id_, WithDecryption=True)
    if answer is None:
        return None
    parameter = answer["Parameter"]
    (detail,) = client.describe_parameters(Filters=[{"Key": "Name", "Values": [id_]}])["Parameters"]
    tags = tag_map(client.list_tags_for_resource(ResourceType="Parameter", ResourceId=id_)["TagList"])
    return {
        "name": id_,
        "type": parameter["Type"],
        "arn": parameter["ARN"],
        "version": parameter["Version"],
        # A program gives one of the two.
        "insecureValue" if state.get("insecureValue") is not None else "value": parameter["Value"],
        "description": detail.get("Description", ""),
        "dataType": parameter.get("DataType", "text"),
        "tier": detail.get("Tier", "Standard"),
        "tags": tags,
        "tagsAll": tags,
    }


def _update(aws: Clients, id_: str, state: Properties, inputs: Properties) -> None:
    content = ("type", "value", "insecureValue", "description")
    if any(state.get(name) != inputs.get(name) for name in content):
        _put(aws, inputs, Overwrite=True)
    client = aws("ssm")
    retag(
        state,
        inputs,
        client.remove_tags_from_resource,
        client.add_tags_to_resource,
        ResourceType="Parameter",
        ResourceId=id_,
    )


def _delete(aws: Clients, id_: str, state: Properties) -> None:
    aws("ssm").delete_parameter(Name=id_)


RECORDS = (
    ResourceType(
        token="aws:ssm/parameter:Parameter",
        create=_create,
        read=_read,
        update=_update,
        delete=_delete,
        replaces=frozenset({"name"}),
        computed=frozenset({"arn", "dataType", "tier", "value", "insecureValue", "description"}),
        tagged=True,
    ),
)
