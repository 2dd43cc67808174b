"""What calls require of services that moto alone answers. Where the sandbox can't name a call's resource it can't tell
whether a policy's resources or keys matter, and says so. A role's ARN in the call counts as passed to that service.

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

from .required_permission import ANY, RequiredPermission

_ACTIONS_WITHOUT_RESOURCE = frozenset(
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


def permissions(world: World, call: Call, principal: Principal) -> list[RequiredPermission]:
    """Raises AwsError for a REST call, whose action the sandbox doesn't know."""
    action = f"{call.service}:{'InvokeFunction' if call.operation == 'Invoke' else call.operation}"
    if action in _ACTIONS_WITHOUT_RESOURCE:
        return [RequiredPermission(action)]
    if " " in call.operation:
        text = f"The sandbox does not know which IAM action {call.operation} of {call.service} is: it can't enforce it."
        raise AwsError("SandboxNotImplemented", text, 501)
    passed_to = {"iam:PassedToService": f"{call.service}.amazonaws.com"}
    passed_roles = dict.fromkeys(_role_arns(call.parameters))
    return [
        _operation_permission(action, call, principal.account),
        *(RequiredPermission("iam:PassRole", arn, passed_to) for arn in passed_roles),
    ]


def _operation_permission(action: str, call: Call, account: str) -> RequiredPermission:
    name_resource = _RESOURCE_NAMES.get(call.service)
    resource = name_resource(call.parameters) if name_resource is not None else None
    if not resource:
        any_resource = f"arn:aws:{call.service}:*:*:*"
        return RequiredPermission(action, any_resource, resource_known=False, unknown=frozenset({ANY}))
    if resource.startswith("arn:"):
        return RequiredPermission(action, resource)
    return RequiredPermission(action, f"arn:aws:{call.service}:{call.region}:{account}:{resource}")


def _first(parameters: dict[str, Any], *names: str) -> str | None:
    """The first of these parameters that has a value."""
    values = (parameters.get(name) for name in names)
    return next((str(value) for value in values if value), None)


def _arn_or_path(resource_type: str, name: str | None) -> str | None:
    """A name becomes TYPE/NAME; an ARN stays."""
    return name if name is None or name.startswith("arn:") else f"{resource_type}/{name}"


def _topic(parameters: dict[str, Any]) -> str | None:
    return _first(parameters, "TopicArn", "TargetArn", "ResourceArn", "Name")


def _queue(parameters: dict[str, Any]) -> str | None:
    url = parameters.get("QueueUrl")
    return str(url).rpartition("/")[2] if url else parameters.get("QueueName")


def _log_group(parameters: dict[str, Any]) -> str | None:
    group, stream = parameters.get("logGroupName"), parameters.get("logStreamName")
    if not group:
        return parameters.get("resourceArn")
    return f"log-group:{group}:log-stream:{stream}" if stream else f"log-group:{group}"


def _function(parameters: dict[str, Any]) -> str | None:
    name = _first(parameters, "FunctionName")
    return name if name is None or name.startswith("arn:") else f"function:{name}"


def _parameter(parameters: dict[str, Any]) -> str | None:
    """A name that is a path begins with a slash already."""
    tagged_parameter = parameters.get("ResourceId") if parameters.get("ResourceType") == "Parameter" else None
    name = parameters.get("Name") or tagged_parameter
    return f"parameter/{str(name).lstrip('/')}" if name else None


def _trail(parameters: dict[str, Any]) -> str | None:
    return _arn_or_path("trail", _first(parameters, "Name", "TrailName"))


def _rule(parameters: dict[str, Any]) -> str | None:
    return _arn_or_path("rule", _first(parameters, "ResourceARN", "Rule", "Name"))


def _alarm(parameters: dict[str, Any]) -> str | None:
    name = parameters.get("AlarmName")
    return f"alarm:{name}" if name else parameters.get("ResourceARN")


# Service → how a call's parameters name its resource: an ARN, or an ARN's last part.
_RESOURCE_NAMES: dict[str, Callable[[dict[str, Any]], str | None]] = {
    "sns": _topic,
    "sqs": _queue,
    "logs": _log_group,
    "lambda": _function,
    "ssm": _parameter,
    "cloudtrail": _trail,
    "events": _rule,
    "cloudwatch": _alarm,
}


def _role_arns(value: Any) -> Iterator[str]:
    """Every IAM role's ARN anywhere in a call's parameters."""
    if isinstance(value, str):
        if _ROLE_ARN.fullmatch(value):
            yield value
        return
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for element in value:
            yield from _role_arns(element)
