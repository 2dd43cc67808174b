"""Instances: one of the organization, made outside the API, and account instances, made by it. Each is in one Region.

Sources: API_CreateInstance, API_DescribeInstance, API_DeleteInstance, API_UpdateInstance of the API
reference; singlesignon/latest/userguide/identity-center-instances.html.
"""

from __future__ import annotations

from typing import Any

from sandbox.aws.core.errors import AwsError
from sandbox.aws.core.pages import page
from sandbox.aws.core.registry import Context
from sandbox.aws.core.rows import numbered
from sandbox.aws.core.world import World
from sandbox.aws.services.identity_center import work
from sandbox.aws.services.identity_center.directory import Directory
from sandbox.aws.services.identity_center.instance import Instance
from sandbox.aws.services.identity_center.seed import IdentityCenter, Loader

from .access import administered, center, operation, require_owner, visible, visible_instance
from .tags import checked

_SETTINGS = ("EncryptionConfiguration", "PermissionSetsEnabled", "NetworkConfiguration")


def new_instance(
    world: World,
    owner: str,
    region: str,
    status: str = "ACTIVE",
    reason: str | None = None,
    created: float | None = None,
) -> Instance:
    """Puts an instance into the world; its ids follow from the owner's, so that runs repeat."""
    state = world.identity_center
    moment = world.now() if created is None else created
    instance = Instance(
        arn=f"arn:aws:sso:::instance/ssoins-{int(owner):016d}",
        owner=owner,
        created=moment,
        store=Directory(id=f"d-{int(owner) % 10**10:010d}", owner=owner),
        region=region,
        status=status,
        status_reason=reason,
        permission_sets_enabled=owner == world.management,
    )
    state.instances[owner] = instance
    return instance


def load(world: World, seed: IdentityCenter, moment: float) -> None:
    """The organization's instance with the seed's contents. Raises SandboxError for names that don't exist."""
    assert world.management is not None
    instance = new_instance(world, world.management, seed.region, seed.status, seed.status_reason, moment)
    world.delays[work.DELAY] = seed.seconds
    Loader(world.identity_center, instance, list(world.organization.accounts), moment).load(seed)


def _shape(instance: Instance) -> dict[str, Any]:
    shape = {
        "InstanceArn": instance.arn,
        "IdentityStoreId": instance.store.id,
        "IdentityStoreArn": f"arn:aws:identitystore::{instance.owner}:identitystore/{instance.store.id}",
        "OwnerAccountId": instance.owner,
        "Name": instance.name,
        "CreatedDate": instance.created,
        "Status": instance.status,
        "StatusReason": instance.status_reason,
        "PrimaryRegion": instance.region,
        "Regions": [_region(instance)],
    }
    return {name: value for name, value in shape.items() if value is not None}


def _region(instance: Instance) -> dict[str, Any]:
    return {
        "RegionName": instance.region,
        "Status": "ACTIVE",
        "AddedDate": instance.created,
        "IsPrimaryRegion": True,
    }


@operation(
    "ListInstances",
    basis="documented",
    note="singlesignon/latest/userguide/identity-center-instances.html; API_ListInstances (RegionScope)",
)
def list_instances(context: Context) -> dict[str, Any]:
    region = None if context.parameter("RegionScope") == "ALL_REGIONS" else context.call.region
    rows = numbered(visible(context, region))
    return page(context, "Instances", rows, lambda row: _shape(row.item))


@operation(
    "DescribeInstance",
    basis="assumed",
    note="that every account that sees an instance may describe it, and the default encryption, are in no page",
)
def describe_instance(context: Context) -> dict[str, Any]:
    instance = visible_instance(context)
    encryption = instance.settings.get("EncryptionConfiguration") or {"KeyType": "AWS_OWNED_KMS_KEY"}
    shape = {
        **_shape(instance),
        "EncryptionConfigurationDetails": {**encryption, "EncryptionStatus": "ENABLED"},
        "PermissionSetsEnabled": instance.permission_sets_enabled,
    }
    if "NetworkConfiguration" in instance.settings:
        shape["NetworkConfigurationDetails"] = instance.settings["NetworkConfiguration"]
    return shape


@operation(
    "CreateInstance",
    basis="documented",
    note="API_CreateInstance: refused in the management account and where one exists. The refusals' codes are assumed",
)
def create_instance(context: Context) -> dict[str, Any]:
    world, state = context.world, center(context)
    token = context.parameter("ClientToken")
    request = repr((context.parameter("Name"), context.parameter("Tags")))
    if token is not None and (context.account, token) in state.client_tokens:
        arn, before = state.client_tokens[context.account, token]
        if before != request:
            raise AwsError("ConflictException", "The ClientToken was used with other parameters.")
        return {"InstanceArn": arn}
    if context.account == world.management:
        raise AwsError(
            "ValidationException", "CreateInstance is not supported in the management account of an organization."
        )
    if context.account in state.instances:
        raise AwsError("ConflictException", "An instance already exists in this account.")
    tags = checked(context.elements("Tags"), {})
    instance = new_instance(world, context.account, context.call.region, "CREATE_IN_PROGRESS")
    instance.due, instance.name = work.due(world), context.parameter("Name")
    instance.tags[instance.arn] = tags
    if token is not None:
        state.client_tokens[context.account, token] = (instance.arn, request)
    return {"InstanceArn": instance.arn}


@operation("DeleteInstance", basis="documented", note="API_DeleteInstance: by the account that owns it only")
def delete_instance(context: Context) -> None:
    instance, state = require_owner(context, visible_instance(context)), center(context)
    instance.status, instance.due = "DELETE_IN_PROGRESS", work.due(context.world)
    for key in [key for key, (arn, _) in state.client_tokens.items() if arn == instance.arn]:
        del state.client_tokens[key]


@operation(
    "UpdateInstance",
    basis="documented",
    note="API_UpdateInstance: one kind of change a call; permission sets once enabled stay so",
)
def update_instance(context: Context) -> None:
    instance = require_owner(context, administered(context))
    settings = [name for name in _SETTINGS if context.parameter(name) is not None]
    if len(settings) > 1:
        raise AwsError("ValidationException", f"Only one of {', '.join(_SETTINGS)} can be updated in a request.")
    if context.parameter("PermissionSetsEnabled") is False:
        raise AwsError("ValidationException", "PermissionSetsEnabled accepts only true: they can't be disabled.")
    if context.parameter("Name") is not None:
        instance.name = context.parameter("Name")
    if "PermissionSetsEnabled" in settings:
        instance.permission_sets_enabled = True
    elif settings:
        instance.settings[settings[0]] = context.parameter(settings[0])
