"""Tags of instances and permission sets; keys are case sensitive, at most 50 a resource (assumed: the API model lets
one call carry 75, and AWS's general rule is 50)."""

from __future__ import annotations

from typing import Any

from sandbox.aws.core.errors import AwsError
from sandbox.aws.core.pages import page
from sandbox.aws.core.registry import Context
from sandbox.aws.core.rows import numbered
from sandbox.aws.services.identity_center.instance import Instance

from .access import administered, center, operation

_MAX_TAGS = 50
_NOTE = "the limit of 50, and that only administrators may read tags"


def _target(context: Context) -> tuple[Instance, str]:
    arn = str(context.parameter("ResourceArn"))
    instance_arn = context.parameter("InstanceArn")
    instance = administered(context, instance_arn if instance_arn is not None else _instance_of(context, arn))
    if arn != instance.arn and arn not in instance.permission_sets:
        raise AwsError("ResourceNotFoundException", f"The resource {arn} was not found.")
    return instance, arn


def _instance_of(context: Context, arn: str) -> str:
    """The ARN of the instance whose id is the second part of a resource's ARN: arn:aws:sso:::KIND/INSTANCE-ID[/...]."""
    instance_id = arn.partition("/")[2].partition("/")[0]
    arns = [instance.arn for instance in center(context).instances.values()]
    return next((instance_arn for instance_arn in arns if instance_arn.endswith(f"/{instance_id}")), arn)


def checked(tags: list[dict[str, str]], before: dict[str, str]) -> dict[str, str]:
    """The tags with these added. Raises ValidationException, ServiceQuotaExceededException."""
    keys = [tag["Key"] for tag in tags]
    if len(set(keys)) < len(keys):
        raise AwsError("ValidationException", "A tag key was given twice.")
    if any(key.lower().startswith("aws:") for key in keys):
        raise AwsError("ValidationException", "Tag keys that start with aws: are reserved.")
    after = {**before, **{tag["Key"]: tag["Value"] for tag in tags}}
    if len(after) > _MAX_TAGS:
        raise AwsError("ServiceQuotaExceededException", f"A resource can have at most {_MAX_TAGS} tags.")
    return after


@operation("TagResource", basis="assumed", note=_NOTE)
def tag_resource(context: Context) -> None:
    instance, arn = _target(context)
    instance.tags[arn] = checked(context.elements("Tags"), instance.tags.get(arn, {}))


@operation("UntagResource", basis="assumed", note=_NOTE)
def untag_resource(context: Context) -> None:
    instance, arn = _target(context)
    for key in context.elements("TagKeys"):
        instance.tags.get(arn, {}).pop(key, None)


@operation("ListTagsForResource", basis="assumed", note=_NOTE)
def list_tags(context: Context) -> dict[str, Any]:
    instance, arn = _target(context)
    rows = numbered({"Key": key, "Value": value} for key, value in sorted(instance.tags.get(arn, {}).items()))
    return page(context, "Tags", rows, lambda row: row.item, limit=75)
