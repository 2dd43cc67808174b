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
    given = context.parameter("InstanceArn")
    if given is None:
        # The instance's id is the second part of every ARN of this service: arn:aws:sso:::KIND/INSTANCE-ID[/...].
        wanted = arn.partition("/")[2].partition("/")[0]
        instances = center(context).instances.values()
        given = next((one.arn for one in instances if one.arn.endswith(f"/{wanted}")), arn)
    instance = administered(context, given)
    if arn != instance.arn and arn not in instance.permission_sets:
        raise AwsError("ResourceNotFoundException", f"The resource {arn} was not found.")
    return instance, arn


def checked(tags: list[dict[str, str]], before: dict[str, str]) -> dict[str, str]:
    """What the tags are with these added. Raises ValidationException, ServiceQuotaExceededException."""
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
    instance.tags[arn] = checked(context.parameter("Tags") or [], instance.tags.get(arn, {}))


@operation("UntagResource", basis="assumed", note=_NOTE)
def untag_resource(context: Context) -> None:
    instance, arn = _target(context)
    for key in context.parameter("TagKeys") or []:
        instance.tags.get(arn, {}).pop(key, None)


@operation("ListTagsForResource", basis="assumed", note=_NOTE)
def list_tags(context: Context) -> dict[str, Any]:
    instance, arn = _target(context)
    rows = numbered({"Key": key, "Value": value} for key, value in sorted(instance.tags.get(arn, {}).items()))
    return page(context, "Tags", rows, lambda row: row.item, limit=75)
