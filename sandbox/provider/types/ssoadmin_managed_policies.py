"""ssoadmin: one of AWS's managed policies in a permission set. The bridged provider provisions the set afterwards."""

from __future__ import annotations

from typing import Any

from sandbox.provider.calls import none_if_gone, pages
from sandbox.provider.record import Clients, Properties, Refused, ResourceType, keep_created

# The order in an id and in an import id: terraform-provider-aws, ssoadmin_managed_policy_attachment.
_PARTS = ("managedPolicyArn", "permissionSetArn", "instanceArn")


def _create(aws: Clients, inputs: Properties) -> str:
    parts = {name: str(inputs[name]) for name in _PARTS}
    id_ = ",".join(parts.values())
    aws("sso-admin").attach_managed_policy_to_permission_set(**_arguments(parts))
    with keep_created(id_):
        _provision(aws, parts)
    return id_


@none_if_gone("ResourceNotFoundException")
def _read(aws: Clients, id_: str, state: Properties) -> Properties | None:
    parts = _parts(id_)
    target = _permission_set(parts)
    policies = pages(aws("sso-admin"), "list_managed_policies_in_permission_set", "AttachedManagedPolicies", **target)
    names = {policy["Arn"]: policy["Name"] for policy in policies}
    if parts["managedPolicyArn"] not in names:
        return None
    return {**parts, "managedPolicyName": names[parts["managedPolicyArn"]], "region": aws.region}


def _delete(aws: Clients, id_: str, state: Properties) -> None:
    parts = _parts(id_)
    aws("sso-admin").detach_managed_policy_from_permission_set(**_arguments(parts))
    _provision(aws, parts)


def _provision(aws: Clients, parts: dict[str, str]) -> None:
    """In the accounts that have the set, as after any change of it; there is nothing to provision where none has."""
    client, target = aws("sso-admin"), _permission_set(parts)
    if pages(client, "list_accounts_for_provisioned_permission_set", "AccountIds", **target):
        client.provision_permission_set(**target, TargetType="ALL_PROVISIONED_ACCOUNTS")


def _parts(id_: str) -> dict[str, str]:
    values = id_.split(",")
    if len(values) != len(_PARTS):
        raise Refused(f"{id_!r} is not the id of a managed policy attachment: give {','.join(_PARTS)}.")
    return dict(zip(_PARTS, values, strict=True))


def _permission_set(parts: dict[str, str]) -> dict[str, str]:
    return {"InstanceArn": parts["instanceArn"], "PermissionSetArn": parts["permissionSetArn"]}


def _arguments(parts: dict[str, str]) -> dict[str, Any]:
    return {**_permission_set(parts), "ManagedPolicyArn": parts["managedPolicyArn"]}


RECORDS = (
    ResourceType(
        token="aws:ssoadmin/managedPolicyAttachment:ManagedPolicyAttachment",
        create=_create,
        read=_read,
        delete=_delete,
        replaces=frozenset({*_PARTS, "region"}),
        computed=frozenset({"region"}),
    ),
)
