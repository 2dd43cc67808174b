"""sso-admin: instances and their access-control attributes. The rest is moto's, in the instance's own Region.

Sources: the API reference (docs.aws.amazon.com/singlesignon/latest/APIReference/API_<Operation>.html) and the user
guide's identity-center-instances.html: one organization instance, made in the console by the management account;
at most one account instance an account; an instance is seen only in its own Region.
"""

from __future__ import annotations

import time
from typing import Any

from moto.ssoadmin.models import ssoadmin_backends

from sandbox.aws.errors import AwsError
from sandbox.aws.organizations import SSO, member_ids, page
from sandbox.aws.registry import Context, guards, handles
from sandbox.aws.world import World

_NEEDS_AN_INSTANCE_OF_ITS_OWN = frozenset({"ListInstances", "CreateInstance"})
_MAX_ATTRIBUTES = 50


def new_instance(world: World, owner: str, region: str, status: str = "ACTIVE", reason: str | None = None) -> None:
    """Puts an instance into the world; its ids follow from the owner's, so that runs repeat."""
    world.instances[owner] = {
        "InstanceArn": f"arn:aws:sso:::instance/ssoins-{int(owner):016d}",
        "IdentityStoreId": f"d-{int(owner) % 10**10:010d}",
        "OwnerAccountId": owner,
        "CreatedDate": time.time(),
        "Status": status,
        "StatusReason": reason,
        "Region": region,
        "Name": None,
    }


def _shape(instance: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in instance.items() if value is not None and name != "Region"}


def visible(context: Context) -> list[dict[str, Any]]:
    """The instances that this account sees in this Region: its own, and the organization's if it is a member."""
    world = context.world
    owners = {context.account}
    if world.management and context.account in member_ids(world):
        owners.add(world.management)
    return [
        instance
        for owner, instance in sorted(world.instances.items())
        if owner in owners and instance["Region"] == context.call.region
    ]


def _instance(context: Context) -> dict[str, Any]:
    arn = context.parameter("InstanceArn")
    for instance in visible(context):
        if instance["InstanceArn"] == arn:
            return instance
    raise AwsError("ResourceNotFoundException", f"Instance {arn} not found in {context.call.region}.")


@handles("sso-admin", "ListInstances")
def list_instances(context: Context) -> dict[str, Any]:
    return page(context, "Instances", [_shape(instance) for instance in visible(context)], 100)


@handles("sso-admin", "DescribeInstance")
def describe_instance(context: Context) -> dict[str, Any]:
    return _shape(_instance(context))


@handles("sso-admin", "CreateInstance")
def create_instance(context: Context) -> dict[str, Any]:
    world = context.world
    if context.account == world.management:
        raise AwsError(
            "ValidationException", "CreateInstance is not supported in the management account of an organization."
        )
    if context.account in world.instances:
        raise AwsError("ConflictException", "An instance already exists in this account.")
    new_instance(world, context.account, context.call.region)
    return {"InstanceArn": world.instances[context.account]["InstanceArn"]}


@handles("sso-admin", "DeleteInstance")
def delete_instance(context: Context) -> None:
    instance = _instance(context)
    if instance["OwnerAccountId"] != context.account:
        raise AwsError("AccessDeniedException", "You do not have sufficient access to perform this action.")
    del context.world.instances[context.account]
    context.world.access_control.pop(instance["InstanceArn"], None)


@guards("sso-admin", "*")
def organization_is_reachable(context: Context) -> None:
    """Without trusted access the service can't access the organization: the seed page. What the API then answers is
    assumed; listing and describing instances goes on."""
    if context.call.operation in ("ListInstances", "DescribeInstance", "CreateInstance", "DeleteInstance"):
        return
    instance = _instance(context) if context.parameter("InstanceArn") else None
    if instance is not None and instance["OwnerAccountId"] == context.world.management:
        if SSO not in context.world.trusted:
            raise AwsError(
                "AccessDeniedException",
                f"IAM Identity Center can't access the organization: trusted access for {SSO} is not enabled.",
            )
        context.routed_to(instance["OwnerAccountId"])


@handles("sso-admin", "CreateInstanceAccessControlAttributeConfiguration")
def create_attributes(context: Context) -> None:
    arn = _instance(context)["InstanceArn"]
    if arn in context.world.access_control:
        raise AwsError("ConflictException", "Instance access control attributes are already configured.")
    context.world.access_control[arn] = _attributes(context)


@handles("sso-admin", "UpdateInstanceAccessControlAttributeConfiguration")
def update_attributes(context: Context) -> None:
    context.world.access_control[_configured(context)] = _attributes(context)


@handles("sso-admin", "DeleteInstanceAccessControlAttributeConfiguration")
def delete_attributes(context: Context) -> None:
    del context.world.access_control[_configured(context)]


@handles("sso-admin", "DescribeInstanceAccessControlAttributeConfiguration")
def describe_attributes(context: Context) -> dict[str, Any]:
    attributes = context.world.access_control[_configured(context)]
    return {
        "Status": "ENABLED",
        "InstanceAccessControlAttributeConfiguration": {"AccessControlAttributes": attributes},
    }


def _configured(context: Context) -> str:
    arn: str = _instance(context)["InstanceArn"]
    if arn not in context.world.access_control:
        raise AwsError("ResourceNotFoundException", "Instance access control attributes are not configured.")
    return arn


def _attributes(context: Context) -> list[dict[str, Any]]:
    configuration = context.parameter("InstanceAccessControlAttributeConfiguration") or {}
    attributes: list[dict[str, Any]] = configuration.get("AccessControlAttributes", [])
    if len(attributes) > _MAX_ATTRIBUTES:
        raise AwsError("ValidationException", f"At most {_MAX_ATTRIBUTES} access control attributes are allowed.")
    return attributes


@handles("sso-admin", "TagResource")
def tag_resource(context: Context) -> None:
    tags = context.world.instance_tags.setdefault(context.parameter("ResourceArn"), {})
    tags.update({tag["Key"]: tag["Value"] for tag in context.parameter("Tags") or []})


@handles("sso-admin", "UntagResource")
def untag_resource(context: Context) -> None:
    tags = context.world.instance_tags.get(context.parameter("ResourceArn"), {})
    for key in context.parameter("TagKeys") or []:
        tags.pop(key, None)


@handles("sso-admin", "ListTagsForResource")
def list_tags(context: Context) -> dict[str, Any]:
    tags = context.world.instance_tags.get(context.parameter("ResourceArn"), {})
    return page(context, "Tags", [{"Key": key, "Value": value} for key, value in sorted(tags.items())], 50)


@handles("sso-admin", "CreatePermissionSet")
def create_permission_set(context: Context) -> dict[str, Any]:
    """moto's, but for two things: a name is taken once an instance, and tags are kept where TagResource has them."""
    instance = _instance(context)
    store = ssoadmin_backends[instance["OwnerAccountId"]][instance["Region"]]
    name = context.parameter("Name")
    if any(row.instance_arn == instance["InstanceArn"] and row.name == name for row in store.permission_sets):
        raise AwsError("ConflictException", f"PermissionSet with name {name} already exists.")
    made: dict[str, Any] = store.create_permission_set(
        name=name,
        description=context.parameter("Description"),
        instance_arn=instance["InstanceArn"],
        session_duration=context.parameter("SessionDuration") or "PT1H",
        relay_state=context.parameter("RelayState"),
        tags=context.parameter("Tags") or [],
    )
    arn = made["PermissionSet"]["PermissionSetArn"] if "PermissionSet" in made else made["PermissionSetArn"]
    context.world.instance_tags[arn] = {tag["Key"]: tag["Value"] for tag in context.parameter("Tags") or []}
    return made if "PermissionSet" in made else {"PermissionSet": made}
