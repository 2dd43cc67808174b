"""The sentinel's resources as IAM names them, and what may be done to them: for the guard, enable and install. Pure.

Actions and resource types: docs.aws.amazon.com/service-authorization/latest/reference/, the pages of each service. The
calls that make and read a resource are those of terraform-provider-aws, which Pulumi's aws package is made of.
"""

from __future__ import annotations

from pulumi_aws_identity_center.names import SENTINEL_NAME

# Any of these on the sentinel's own resources switches it off, or keeps it from being heard.
TAMPERING_ACTIONS = (
    *("lambda:Delete*", "lambda:Put*", "lambda:Update*", "lambda:AddPermission", "lambda:RemovePermission"),
    *("events:Delete*", "events:Disable*", "events:Put*", "events:Remove*"),
    *("iam:Attach*", "iam:Delete*", "iam:Detach*", "iam:Put*", "iam:Update*"),
    # A data protection policy (Put*) refuses messages with an IP address in them.
    *("sns:AddPermission", "sns:DeleteTopic", "sns:Put*", "sns:RemovePermission"),
    # A filter (SetSubscriptionAttributes) keeps messages from a subscriber. The reference names no resource for the
    # actions on subscriptions; AWS's refusals name the topic (assumed).
    *("sns:SetSubscriptionAttributes", "sns:SetTopicAttributes", "sns:Unsubscribe"),
    *("sqs:AddPermission", "sqs:DeleteQueue", "sqs:PurgeQueue", "sqs:RemovePermission", "sqs:SetQueueAttributes"),
    # ssm:Label*: SSM refuses a new version while the oldest one has a label
    # (docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html, ParameterMaxVersionLimitExceeded).
    *("ssm:Delete*", "ssm:Label*", "ssm:Put*"),
    *("cloudwatch:Delete*", "cloudwatch:Disable*", "cloudwatch:Put*", "cloudwatch:Set*"),
    *("logs:Associate*", "logs:Delete*", "logs:Disassociate*", "logs:Put*"),
)

# `refresh` compares the sentinel's resources with the state; its role also as the operators' roles.
READING_ACTIONS = (
    "cloudwatch:ListTagsForResource",
    *("events:DescribeRule", "events:ListTagsForResource", "events:ListTargetsByRule"),
    "iam:GetRolePolicy",
    *("lambda:GetFunction", "lambda:GetFunctionCodeSigningConfig", "lambda:GetFunctionEventInvokeConfig"),
    *("lambda:GetPolicy", "lambda:ListVersionsByFunction"),
    "logs:ListTagsForResource",
    *("sns:GetTopicAttributes", "sns:ListTagsForResource"),
    *("sqs:GetQueueAttributes", "sqs:ListQueueTags"),
    *("ssm:GetParameter", "ssm:ListTagsForResource"),
)
# These list, so IAM has no narrower resource for them.
LISTING_ACTIONS = (
    "cloudwatch:DescribeAlarms",
    "lambda:GetAccountSettings",  # whether the account's quota allows a reservation
    "logs:DescribeLogGroups",
    "sns:GetSubscriptionAttributes",  # IAM's only resource type of SNS is the topic
    "ssm:DescribeParameters",
)
# Put* on what is there already changes it: only the guard keeps an installer from that.
MAKING_ACTIONS = (
    "cloudwatch:PutMetricAlarm",
    *("events:PutRule", "events:PutTargets"),
    *("iam:CreateRole", "iam:PutRolePolicy"),
    *("lambda:AddPermission", "lambda:CreateFunction", "lambda:PutFunctionConcurrency"),
    "lambda:PutFunctionEventInvokeConfig",
    *("logs:CreateLogGroup", "logs:PutRetentionPolicy"),
    *("sns:CreateTopic", "sns:Subscribe"),
    *("sqs:CreateQueue", "sqs:SetQueueAttributes"),
    "ssm:PutParameter",
)


def sentinel_arns(partition: str, account: str = "*") -> list[str]:
    """Patterns that match every resource of the sentinel, and none of anybody else's."""
    role = f"arn:{partition}:iam::{account}:role/{SENTINEL_NAME}"
    home = f"arn:{partition}:{{}}:*:{account}:{{}}"
    return [
        role,
        home.format("lambda", f"function:{SENTINEL_NAME}"),
        home.format("events", f"rule/{SENTINEL_NAME}-*"),
        home.format("sns", SENTINEL_NAME),
        home.format("sqs", f"{SENTINEL_NAME}-*"),
        home.format("ssm", f"parameter/{SENTINEL_NAME}/*"),
        home.format("cloudwatch", f"alarm:{SENTINEL_NAME}-*"),
        home.format("logs", f"log-group:/aws/lambda/{SENTINEL_NAME}*"),
    ]
