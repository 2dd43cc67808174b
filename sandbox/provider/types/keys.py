"""kms: keys and their policies. The calls are those of terraform-provider-aws, internal/service/kms."""

from __future__ import annotations

import json

from sandbox.provider.calls import none_if_gone, without_none
from sandbox.provider.record import Clients, Properties, ResourceType, changed_tags, keep_created

_POLICY = "default"  # the only name that a key's policy can have
_NEW: Properties = {"isEnabled": True, "enableKeyRotation": False}


def _create(aws: Clients, inputs: Properties) -> str:
    arguments = without_none(
        Description=inputs.get("description"),
        KeySpec=inputs["customerMasterKeySpec"],
        KeyUsage=inputs["keyUsage"],
        MultiRegion=inputs.get("multiRegion"),
        Policy=inputs.get("policy"),
    )
    id_ = str(aws("kms").create_key(**arguments)["KeyMetadata"]["KeyId"])
    with keep_created(id_):
        _update(aws, id_, {**inputs, **_NEW, "tagsAll": {}}, inputs)
    return id_


def _read(aws: Clients, id_: str, state: Properties) -> Properties | None:
    client = aws("kms")
    answer = none_if_gone("NotFoundException")(client.describe_key)(KeyId=id_)
    if answer is None or answer["KeyMetadata"]["KeyState"] == "PendingDeletion":
        return None
    key = answer["KeyMetadata"]
    tags = {row["TagKey"]: row["TagValue"] for row in client.list_resource_tags(KeyId=id_)["Tags"]}
    return {
        "arn": key["Arn"],
        "keyId": id_,
        "customerMasterKeySpec": key["KeySpec"],
        "deletionWindowInDays": state.get("deletionWindowInDays"),
        "description": key["Description"],
        "enableKeyRotation": client.get_key_rotation_status(KeyId=id_)["KeyRotationEnabled"],
        "isEnabled": key["Enabled"],
        "keyUsage": key["KeyUsage"],
        "multiRegion": key.get("MultiRegion", False),
        "policy": client.get_key_policy(KeyId=id_, PolicyName=_POLICY)["Policy"],
        "tags": tags,
        "tagsAll": tags,
    }


def _update(aws: Clients, id_: str, state: Properties, inputs: Properties) -> None:
    client = aws("kms")
    changed = {name for name, value in inputs.items() if value != state.get(name)}
    if "isEnabled" in changed and inputs["isEnabled"]:  # first: AWS changes nothing of a disabled key's rotation
        client.enable_key(KeyId=id_)
    if "enableKeyRotation" in changed:
        (client.enable_key_rotation if inputs["enableKeyRotation"] else client.disable_key_rotation)(KeyId=id_)
    if "description" in changed:
        client.update_key_description(KeyId=id_, Description=inputs["description"] or "")
    if "policy" in changed:
        _update_policy(aws, id_, state, inputs)
    if "isEnabled" in changed and not inputs["isEnabled"]:
        client.disable_key(KeyId=id_)
    removed_tags, tags = changed_tags(state, inputs)
    if removed_tags:
        client.untag_resource(KeyId=id_, TagKeys=removed_tags)
    if tags:
        client.tag_resource(KeyId=id_, Tags=[{"TagKey": tag["Key"], "TagValue": tag["Value"]} for tag in tags])


def _delete(aws: Clients, id_: str, state: Properties) -> None:
    aws("kms").schedule_key_deletion(**without_none(KeyId=id_, PendingWindowInDays=state.get("deletionWindowInDays")))


def _create_policy(aws: Clients, inputs: Properties) -> str:
    _update_policy(aws, inputs["keyId"], {}, inputs)
    return str(inputs["keyId"])


def _read_policy(aws: Clients, id_: str, state: Properties) -> Properties | None:
    key = _read(aws, id_, {})
    return key and {"keyId": id_, "policy": key["policy"]}


def _update_policy(aws: Clients, id_: str, state: Properties, inputs: Properties) -> None:
    aws("kms").put_key_policy(KeyId=id_, PolicyName=_POLICY, Policy=inputs["policy"])


def _delete_policy(aws: Clients, id_: str, state: Properties) -> None:
    """The key gets the policy of one that is made without: the account's IAM decides."""
    _, partition, _, _, account, _ = aws("kms").describe_key(KeyId=id_)["KeyMetadata"]["Arn"].split(":")
    root = {"AWS": f"arn:{partition}:iam::{account}:root"}
    statement = {"Effect": "Allow", "Principal": root, "Action": "kms:*", "Resource": "*"}
    _update_policy(aws, id_, state, {"policy": json.dumps({"Version": "2012-10-17", "Statement": [statement]})})


RECORDS = (
    ResourceType(
        token="aws:kms/key:Key",
        create=_create,
        read=_read,
        update=_update,
        delete=_delete,
        replaces=frozenset({"customerMasterKeySpec", "keyUsage", "multiRegion"}),
        computed=frozenset({"policy", "description", "enableKeyRotation", "multiRegion"}),
        documents=frozenset({"policy"}),
        defaults={"isEnabled": True, "customerMasterKeySpec": "SYMMETRIC_DEFAULT", "keyUsage": "ENCRYPT_DECRYPT"},
        tagged=True,
    ),
    ResourceType(
        token="aws:kms/keyPolicy:KeyPolicy",
        create=_create_policy,
        read=_read_policy,
        update=_update_policy,
        delete=_delete_policy,
        replaces=frozenset({"keyId"}),
        documents=frozenset({"policy"}),
    ),
)
