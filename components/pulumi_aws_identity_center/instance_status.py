"""What state an instance is in. pulumi_aws has no data source for it, so it is asked for with boto3, on the ambient
credentials; where these can't see it, the status is UNDETERMINED, which is never taken for ACTIVE."""

from __future__ import annotations

from typing import Any

from .errors import NotPossibleHere


def describe(arn: str, region: str) -> dict[str, Any] | None:
    """DescribeInstance's answer, or None if these credentials can't have it."""
    import boto3
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        answer: dict[str, Any] = boto3.client("sso-admin", region_name=region).describe_instance(InstanceArn=arn)
        return answer
    except (BotoCoreError, ClientError):
        return None


def judge(described: dict[str, Any] | None, arn: str) -> str:
    """The status. Raises NotPossibleHere for an instance whose creation failed, with AWS's own reason.

    docs.aws.amazon.com/singlesignon/latest/APIReference/API_DescribeInstance.html
    """
    if described is None:
        return "UNDETERMINED"
    status = str(described.get("Status", "UNDETERMINED"))
    if status == "CREATE_FAILED":
        reason = described.get("StatusReason") or "AWS gives no reason"
        raise NotPossibleHere(
            f"The Identity Center instance {arn} failed to be created: {reason}. Delete it in the IAM Identity Center "
            "console, mend what the reason names, and enable Identity Center again."
        )
    return status
