"""The ARN of an instance, and ids of resources that end with it."""

from __future__ import annotations

from pulumi_aws_identity_center.domain.values import is_instance_arn
from pulumi_aws_identity_center.errors import shown

from .resource_type import Properties, Refused
from .values import UNKNOWN


def instance_problems(inputs: Properties) -> list[tuple[str, str]]:
    arn = inputs.get("instanceArn")
    if arn is UNKNOWN or is_instance_arn(arn):
        return []
    return [
        ("instanceArn", f"instanceArn is {shown(arn)}; it must be an instance's ARN, arn:aws:sso:::instance/ssoins-….")
    ]


def parse_id(id_: str) -> tuple[str, str]:
    """The permission set's ARN and the instance's. Raises Refused."""
    arn, _, instance = id_.partition(",")
    if not arn.startswith("arn:") or not is_instance_arn(instance):
        raise Refused(f"{shown(id_)} is no permission set: its id is PERMISSION-SET-ARN,INSTANCE-ARN.")
    return arn, instance
