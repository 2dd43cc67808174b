"""The sentinel's Lambda function: turns trusted access on again."""

from __future__ import annotations

import os
from typing import Any

import boto3

_organizations = boto3.client("organizations")
_sns = boto3.client("sns")


def handle(event: Any, context: Any) -> dict[str, Any]:
    """Lists, enables what is missing, and tells."""
    pages = _organizations.get_paginator("list_aws_service_access_for_organization").paginate()
    trusted = {row["ServicePrincipal"] for page in pages for row in page["EnabledServicePrincipals"]}
    missing = [name for name in os.environ["SERVICE_PRINCIPALS"].split(",") if name not in trusted]
    for principal in missing:
        _organizations.enable_aws_service_access(ServicePrincipal=principal)
    if missing:
        _sns.publish(TopicArn=os.environ["TOPIC_ARN"], Message=f"Turned on again: {', '.join(missing)}")
    return {"enabled": missing}
