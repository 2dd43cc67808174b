"""Lambda's operations that moto can't answer: Invoke, and those that the account's concurrency limits."""

from __future__ import annotations

import json
from typing import Any

from moto.awslambda.models import lambda_backends
from moto.core.exceptions import ServiceException

from sandbox.aws.core.errors import AwsError
from sandbox.aws.core.registry import Context, guards, handles
from sandbox.aws.core.wire import Response

from .execution_role import trusting_role
from .invocations import Functions

# lambda/latest/dg/lambda-concurrency.html: that many always stay for functions without a reservation.
_LEFT_UNRESERVED = 100


@handles("lambda", "Invoke", waits=True)
def invoke(context: Context) -> Response:
    function = _function(context)
    functions: Functions = context.world.background.functions
    payload = str(context.parameter("Payload") or "{}")
    kind = context.parameter("InvocationType") or "RequestResponse"
    if kind == "DryRun":
        return 204, [], b""
    if not _is_json(payload):
        raise AwsError("InvalidRequestContentException", "Could not parse request body into json.")
    if kind == "Event":
        functions.invoke_later(function, payload)
        return 202, [], b""
    outcome = functions.invoke(function, payload)
    headers = [("Content-Type", "application/json"), ("X-Amz-Executed-Version", "$LATEST")]
    if outcome.failed:
        headers.append(("X-Amz-Function-Error", "Unhandled"))
    return 200, headers, outcome.payload.encode()


def _function(context: Context) -> Any:
    """Named by its name, or by its ARN."""
    name = str(context.parameter("FunctionName"))
    arn = name if name.startswith("arn:") else f"arn:aws:lambda:{context.call.region}:{context.account}:function:{name}"
    functions: Functions = context.world.background.functions
    function = functions.find(arn)
    if function is None:
        raise AwsError("ResourceNotFoundException", f"Function not found: {arn}", 404)
    return function


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


@guards("lambda", "CreateFunction", "UpdateFunctionConfiguration")
def check_role(context: Context) -> None:
    """Lambda tries the role before it takes it."""
    role = context.parameter("Role")
    if role:
        name = context.parameter("FunctionName")
        arn = f"arn:aws:lambda:{context.call.region}:{context.account}:function:{name}"
        trusting_role(context.account, str(role), arn)


@handles("lambda", "GetAccountSettings")
def get_account_settings(context: Context) -> dict[str, Any]:
    limit = context.world.quotas.lambda_concurrent_executions
    return {
        "AccountLimit": {
            "TotalCodeSize": 80_530_636_800,
            "CodeSizeUnzipped": 262_144_000,
            "CodeSizeZipped": 52_428_800,
            "ConcurrentExecutions": limit,
            "UnreservedConcurrentExecutions": limit - _reserved(context, but=""),
        },
        "AccountUsage": {"TotalCodeSize": 0, "FunctionCount": len(_all_functions(context))},
    }


@guards("lambda", "PutFunctionConcurrency")
def check_concurrency(context: Context) -> None:
    """A new account's quota is 10, and then nothing can be reserved."""
    limit = context.world.quotas.lambda_concurrent_executions
    left_at_least = min(_LEFT_UNRESERVED, limit)
    wanted = int(context.parameter("ReservedConcurrentExecutions"))
    if limit - _reserved(context, but=str(context.parameter("FunctionName"))) - wanted < left_at_least:
        raise AwsError(
            "InvalidParameterValueException",
            "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution "
            f"below its minimum value of [{left_at_least}].",
        )


def _reserved(context: Context, but: str) -> int:
    counts = (
        int(function.reserved_concurrency or 0) for function in _all_functions(context) if function.function_name != but
    )
    return sum(counts)


def _all_functions(context: Context) -> list[Any]:
    try:
        return list(lambda_backends[context.account][context.call.region].list_functions(None))
    except ServiceException:
        return []
