"""Permission sets themselves. What they grant is in `policies.py`, how they reach accounts in `provisioning.py`.

Sources: API_CreatePermissionSet and its kin; singlesignon/latest/userguide/limits.html (how many an instance) and
howtosessionduration.html (one hour unless given, twelve at most).
"""

from __future__ import annotations

import re
from typing import Any

from sandbox.aws.core.errors import AwsError
from sandbox.aws.core.pages import page
from sandbox.aws.core.registry import Context
from sandbox.aws.services.identity_center.center import Center
from sandbox.aws.services.identity_center.instance import Instance, PermissionSet

from .access import administered, center, operation, permission_set
from .tags import checked

_HOUR = 3600
_DURATION = re.compile(
    r"P(?:(?P<days>\d+)D)?(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+)(?:\.\d+)?S)?)?"
)
_UNITS = {"days": 86400, "hours": _HOUR, "minutes": 60, "seconds": 1}


def checked_duration(text: str) -> str:
    """An ISO 8601 duration of one hour to twelve. Raises ValidationException."""
    match = _DURATION.fullmatch(text)
    length = sum(int(match[unit] or 0) * size for unit, size in _UNITS.items()) if match else 0
    if not _HOUR <= length <= 12 * _HOUR:
        raise AwsError(
            "ValidationException", f"SessionDuration {text} is not allowed: give one from PT1H to PT12H, as ISO 8601."
        )
    return text


def new_permission_set(state: Center, instance: Instance, name: str, created: float, **parts: Any) -> PermissionSet:
    """Puts a permission set into the instance; the name must be free."""
    number = state.next_number()
    suffix = state.digest(instance.arn, "permission set", number)[:16]
    instance_id = instance.arn.rpartition("/")[2]
    row = PermissionSet(number, f"arn:aws:sso:::permissionSet/{instance_id}/ps-{suffix}", name, created, **parts)
    instance.add_permission_set(row)
    return row


@operation(
    "CreatePermissionSet",
    basis="documented",
    note="howtosessionduration.html; limits.html; a name taken once: "
    "github.com/avlcloudtechnologies/terraform-aws-sso/issues/6",
)
def create_permission_set(context: Context) -> dict[str, Any]:
    instance, name = administered(context), context.parameter("Name")
    if not instance.permission_sets_enabled:
        raise AwsError("ValidationException", "Permission sets are not enabled for this instance: UpdateInstance can.")
    if name in instance.names:
        raise AwsError("ConflictException", f"PermissionSet with name {name} already exists.")
    most = context.world.quotas.permission_sets
    if len(instance.permission_sets) >= most:
        raise AwsError("ServiceQuotaExceededException", f"An instance can have at most {most} permission sets.")
    duration = checked_duration(context.parameter("SessionDuration") or "PT1H")
    tags = checked(context.elements("Tags"), {})
    row = new_permission_set(
        center(context),
        instance,
        name,
        context.world.now(),
        description=context.parameter("Description"),
        session_duration=duration,
        relay_state=context.parameter("RelayState"),
    )
    instance.tags[row.arn] = tags
    return {"PermissionSet": row.describe()}


@operation("DescribePermissionSet")
def describe_permission_set(context: Context) -> dict[str, Any]:
    return {"PermissionSet": permission_set(context, administered(context)).describe()}


@operation(
    "UpdatePermissionSet",
    basis="assumed",
    note="reported: a description that is left out stays (github.com/hashicorp/terraform-provider-aws/issues/41897), a "
    "relay state that is left out goes, and a duration is PT1H "
    "(github.com/hashicorp/terraform-provider-aws/issues/17411)",
)
def update_permission_set(context: Context) -> None:
    row = permission_set(context, administered(context), change=True)
    row.session_duration = checked_duration(context.parameter("SessionDuration") or "PT1H")
    row.description = context.parameter("Description") or row.description
    row.relay_state = context.parameter("RelayState")
    row.changed += 1


@operation(
    "DeletePermissionSet",
    basis="assumed",
    note="reported: refused while in use, github.com/hashicorp/terraform-provider-aws/issues/26757",
)
def delete_permission_set(context: Context) -> None:
    instance = administered(context)
    row = permission_set(context, instance, change=True)
    if len(instance.provisions_by_set.of(row.arn)):
        raise AwsError(
            "ConflictException",
            f"Could not delete because PermissionSet {row.arn} is provisioned in accounts: unassign it first.",
        )
    instance.drop_permission_set(row)


@operation("ListPermissionSets")
def list_permission_sets(context: Context) -> dict[str, Any]:
    return page(context, "PermissionSets", administered(context).sets_in_order, lambda row: row.arn)
