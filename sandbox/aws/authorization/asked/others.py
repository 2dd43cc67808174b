"""What calls of services ask that are moto's alone. Where the sandbox can't name a call's resource it can't tell
whether a policy's resources or keys matter, and says so. A role's ARN in the call is taken as passed to that service.

Resource types: docs.aws.amazon.com/service-authorization/latest/reference/ (list_amazonsns, list_amazonsqs,
list_amazoncloudwatch, list_amazoncloudwatchlogs, list_amazoneventbridge, list_awslambda, list_awssystemsmanager,
list_awscloudtrail).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from sandbox.aws.authorization.principals import Principal
from sandbox.aws.core.errors import AwsError
from sandbox.aws.core.wire import Call
from sandbox.aws.core.world import World

from .ask import ANY, Ask

_WITHOUT_RESOURCE = frozenset(
    {
        "cloudtrail:DescribeTrails",
        "cloudtrail:ListTrails",
        "lambda:ListFunctions",
        "lambda:GetAccountSettings",
        "sns:GetSubscriptionAttributes",
        "sns:ListTopics",
        "sqs:ListQueues",
        "ssm:DescribeParameters",
        "cloudwatch:PutMetricData",
    }
)
_ROLE_ARN = re.compile(r"arn:aws[\w-]*:iam::\d{12}:role/.+")


def asks(world: World, call: Call, principal: Principal) -> list[Ask]:
    """Raises AwsError for a REST call, whose action the sandbox doesn't know."""
    action = f"{call.service}:{'InvokeFunction' if call.operation == 'Invoke' else call.operation}"
    if action in _WITHOUT_RESOURCE:
        return [Ask(action)]
    if " " in call.operation:
        text = f"The sandbox does not know which IAM action {call.operation} of {call.service} is: it can't enforce it."
        raise AwsError("SandboxNotImplemented", text, 501)
    service = {"iam:PassedToService": f"{call.service}.amazonaws.com"}
    return [
        _own(action, call, principal.account),
        *(Ask("iam:PassRole", arn, service) for arn in dict.fromkeys(_roles(call.parameters))),
    ]


def _own(action: str, call: Call, account: str) -> Ask:
    name = _NAMES.get(call.service)
    resource = name(call.parameters) if name is not None else None
    if not resource:
        return Ask(action, f"arn:aws:{call.service}:*:*:*", resource_known=False, unknown=frozenset({ANY}))
    arn = resource if resource.startswith("arn:") else f"arn:aws:{call.service}:{call.region}:{account}:{resource}"
    return Ask(action, arn)


def _topic(given: dict[str, Any]) -> str | None:
    return given.get("TopicArn") or given.get("TargetArn") or given.get("ResourceArn") or given.get("Name")


def _queue(given: dict[str, Any]) -> str | None:
    return str(given["QueueUrl"]).rpartition("/")[2] if given.get("QueueUrl") else given.get("QueueName")


def _log_group(given: dict[str, Any]) -> str | None:
    if not given.get("logGroupName"):
        return given.get("resourceArn")
    stream = given.get("logStreamName")
    return f"log-group:{given['logGroupName']}" + (f":log-stream:{stream}" if stream else "")


def _function(given: dict[str, Any]) -> str | None:
    name = given.get("FunctionName")
    return name if not name or str(name).startswith("arn:") else f"function:{name}"


def _parameter(given: dict[str, Any]) -> str | None:
    """A name that is a path begins with a slash already."""
    name = given.get("Name") or (given.get("ResourceId") if given.get("ResourceType") == "Parameter" else None)
    return f"parameter/{str(name).lstrip('/')}" if name else None


def _trail(given: dict[str, Any]) -> str | None:
    name = given.get("Name") or given.get("TrailName")
    return name if not name or str(name).startswith("arn:") else f"trail/{name}"


def _rule(given: dict[str, Any]) -> str | None:
    name = given.get("ResourceARN") or given.get("Rule") or given.get("Name")
    return name if not name or str(name).startswith("arn:") else f"rule/{name}"


def _alarm(given: dict[str, Any]) -> str | None:
    name = given.get("AlarmName")
    return f"alarm:{name}" if name else given.get("ResourceARN")


# Service → how a call's parameters name its resource: an ARN, or an ARN's last part.
_NAMES: dict[str, Callable[[dict[str, Any]], str | None]] = {
    "sns": _topic,
    "sqs": _queue,
    "logs": _log_group,
    "lambda": _function,
    "ssm": _parameter,
    "cloudtrail": _trail,
    "events": _rule,
    "cloudwatch": _alarm,
}


def _roles(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for each in value.values():
            yield from _roles(each)
    elif isinstance(value, list):
        for each in value:
            yield from _roles(each)
    elif isinstance(value, str) and _ROLE_ARN.fullmatch(value):
        yield value
