"""The ARN of an instance, and ids of resources that end with it."""

from __future__ import annotations

import re

from pulumi_aws_identity_center.errors import shown

from .resource_type import Properties, Refused
from .values import UNKNOWN

_INSTANCE = re.compile(r"arn:aws[a-z-]*:sso:::instance/ssoins-[0-9a-z-.]{16}")


def instance_problems(inputs: Properties) -> list[tuple[str, str]]:
    arn = inputs.get("instanceArn")
    if arn is UNKNOWN or (isinstance(arn, str) and _INSTANCE.fullmatch(arn)):
        return []
    return [("instanceArn", f"instanceArn is {shown(arn)}; it is an instance's ARN, arn:aws:sso:::instance/ssoins-….")]


def parse_id(id_: str) -> tuple[str, str]:
    """The permission set's ARN and the instance's. Raises Refused."""
    arn, _, instance = id_.partition(",")
    if not arn.startswith("arn:") or not _INSTANCE.fullmatch(instance):
        raise Refused(f"{shown(id_)} is no permission set: its id is PERMISSION-SET-ARN,INSTANCE-ARN.")
    return arn, instance
