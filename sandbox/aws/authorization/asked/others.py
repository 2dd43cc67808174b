"""What calls of services ask that are moto's alone: their resources the sandbox can't name, so it says that it can't
tell where a policy's resources or keys matter. A role's ARN in the call is taken as passed to that service."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from sandbox.aws.authorization.principals import Principal
from sandbox.aws.core.errors import AwsError
from sandbox.aws.core.wire import Call
from sandbox.aws.core.world import World

from .ask import ANY, Ask

_WITHOUT_RESOURCE = frozenset({"cloudtrail:LookupEvents"})
_ROLE_ARN = re.compile(r"arn:aws[\w-]*:iam::\d{12}:role/.+")


def asks(world: World, call: Call, principal: Principal) -> list[Ask]:
    """Raises AwsError for a REST call, whose action the sandbox doesn't know."""
    action = f"{call.service}:{call.operation}"
    if action in _WITHOUT_RESOURCE:
        return [Ask(action)]
    if " " in call.operation:
        text = f"The sandbox does not know which IAM action {call.operation} of {call.service} is: it can't enforce it."
        raise AwsError("SandboxNotImplemented", text, 501)
    resource = f"arn:aws:{call.service}:*:*:*"
    asked = [Ask(action, resource, resource_known=False, unknown=frozenset({ANY}))]
    service = {"iam:PassedToService": f"{call.service}.amazonaws.com"}
    return asked + [Ask("iam:PassRole", arn, service) for arn in dict.fromkeys(_roles(call.parameters))]


def _roles(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for each in value.values():
            yield from _roles(each)
    elif isinstance(value, list):
        for each in value:
            yield from _roles(each)
    elif isinstance(value, str) and _ROLE_ARN.fullmatch(value):
        yield value
