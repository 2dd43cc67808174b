"""lambda: functions, who may invoke them, and what becomes of asynchronous invocations that fail.

The calls, and their order, are those of terraform-provider-aws, internal/service/lambda.
"""

from __future__ import annotations

import json
from typing import Any

from sandbox.provider.archive import same_archive, zipped
from sandbox.provider.calls import none_if_gone, pages, without_none
from sandbox.provider.record import Clients, Properties, ResourceType, keep_created

_GONE = ("ResourceNotFoundException",)
_UNRESERVED = -1
# Of the function's inputs those that UpdateFunctionConfiguration changes.
_CONFIGURATION = (
    *("deadLetterConfig", "description", "environment", "handler", "loggingConfig", "memorySize"),
    *("role", "runtime", "timeout", "tracingConfig"),
)


def _configuration(inputs: Properties) -> dict[str, Any]:
    logging = inputs.get("loggingConfig") or {}
    return without_none(
        Description=inputs.get("description"),
        Environment={"Variables": (inputs.get("environment") or {}).get("variables") or {}},
        DeadLetterConfig={"TargetArn": (inputs.get("deadLetterConfig") or {}).get("targetArn", "")},
        Handler=inputs.get("handler"),
        LoggingConfig=without_none(
            LogFormat=logging.get("logFormat"),
            LogGroup=logging.get("logGroup"),
            ApplicationLogLevel=logging.get("applicationLogLevel"),
            SystemLogLevel=logging.get("systemLogLevel"),
        )
        or None,
        MemorySize=inputs.get("memorySize"),
        Role=inputs["role"],
        Runtime=inputs.get("runtime"),
        Timeout=inputs.get("timeout"),
        TracingConfig={"Mode": inputs["tracingConfig"]["mode"]} if inputs.get("tracingConfig") else None,
    )


def _create_function(aws: Clients, inputs: Properties) -> str:
    client, name = aws("lambda"), str(inputs["name"])
    client.create_function(
        FunctionName=name,
        Code={"ZipFile": zipped(inputs.get("code"))},
        PackageType=inputs["packageType"],
        Architectures=inputs["architectures"],
        Tags=inputs.get("tagsAll") or {},
        **_configuration(inputs),
    )
    with keep_created(name):
        client.get_waiter("function_active_v2").wait(FunctionName=name)
        _reserve(client, name, inputs["reservedConcurrentExecutions"])
    return name


def _reserve(client: Any, name: str, count: int) -> None:
    if count >= 0:
        client.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=count)


def _read_function(aws: Clients, id_: str, state: Properties) -> Properties | None:
    client = aws("lambda")
    answer = none_if_gone(*_GONE)(client.get_function)(FunctionName=id_)
    if answer is None:
        return None
    function, logging = answer["Configuration"], answer["Configuration"].get("LoggingConfig")
    latest = pages(client, "list_versions_by_function", "Versions", FunctionName=id_)[-1]["Version"]
    client.get_function_code_signing_config(FunctionName=id_)
    tags, arn = answer.get("Tags") or {}, function["FunctionArn"]
    dead_letters = function.get("DeadLetterConfig", {}).get("TargetArn")
    variables = function.get("Environment", {}).get("Variables")
    return without_none(
        arn=arn,
        name=function["FunctionName"],
        architectures=function["Architectures"],
        code=state.get("code"),  # AWS gives a place to fetch it from, which says nothing of what a program gave
        codeSha256=function["CodeSha256"],
        deadLetterConfig={"targetArn": dead_letters} if dead_letters else None,
        description=function.get("Description", ""),
        environment={"variables": variables} if variables else None,
        handler=function.get("Handler"),
        invokeArn=f"arn:{arn.split(':')[1]}:apigateway:{aws.region}:lambda:path/2015-03-31/functions/{arn}/invocations",
        lastModified=function["LastModified"],
        loggingConfig=logging
        and without_none(
            logFormat=logging["LogFormat"],
            logGroup=logging["LogGroup"],
            applicationLogLevel=logging.get("ApplicationLogLevel"),
            systemLogLevel=logging.get("SystemLogLevel"),
        ),
        memorySize=function["MemorySize"],
        packageType=function["PackageType"],
        qualifiedArn=f"{arn}:{latest}",
        reservedConcurrentExecutions=answer.get("Concurrency", {}).get("ReservedConcurrentExecutions", _UNRESERVED),
        role=function["Role"],
        runtime=function.get("Runtime"),
        sourceCodeSize=function["CodeSize"],
        timeout=function["Timeout"],
        tracingConfig={"mode": function["TracingConfig"]["Mode"]},
        version=latest,
        tags=tags,
        tagsAll=tags,
    )


def _update_function(aws: Clients, id_: str, state: Properties, inputs: Properties) -> None:
    client = aws("lambda")
    if any(inputs.get(name) != state.get(name) for name in _CONFIGURATION):
        client.update_function_configuration(FunctionName=id_, **_configuration(inputs))
    if not same_archive(state.get("code"), inputs.get("code")):
        client.update_function_code(
            FunctionName=id_, ZipFile=zipped(inputs.get("code")), Architectures=inputs["architectures"]
        )
    client.get_waiter("function_updated_v2").wait(FunctionName=id_)
    reserved = inputs["reservedConcurrentExecutions"]
    if reserved != state.get("reservedConcurrentExecutions"):
        _reserve(client, id_, reserved)
        if reserved < 0:
            client.delete_function_concurrency(FunctionName=id_)
    before, after = state.get("tagsAll") or {}, inputs.get("tagsAll") or {}
    if set(before) - set(after):
        client.untag_resource(Resource=state["arn"], TagKeys=sorted(set(before) - set(after)))
    if after.items() - before.items():
        client.tag_resource(Resource=state["arn"], Tags=after)


def _delete_function(aws: Clients, id_: str, state: Properties) -> None:
    if not state.get("skipDestroy"):
        aws("lambda").delete_function(FunctionName=id_)


# --- Permission -------------------------------------------------------------------------------------------------


def _create_permission(aws: Clients, inputs: Properties) -> str:
    aws("lambda").add_permission(
        **without_none(
            FunctionName=inputs["function"],
            StatementId=inputs["statementId"],
            Action=inputs["action"],
            Principal=inputs["principal"],
            SourceArn=inputs.get("sourceArn"),
            SourceAccount=inputs.get("sourceAccount"),
            PrincipalOrgID=inputs.get("principalOrgId"),
            Qualifier=inputs.get("qualifier"),
        )
    )
    return str(inputs["statementId"])


@none_if_gone(*_GONE)
def _read_permission(aws: Clients, id_: str, state: Properties) -> Properties | None:
    """An import's id is FUNCTION/STATEMENT."""
    function, statement_id = (state["function"], id_) if state else id_.split("/", 1)
    policy = json.loads(aws("lambda").get_policy(FunctionName=function)["Policy"])
    statement = next((row for row in policy["Statement"] if row["Sid"] == statement_id), None)
    if statement is None:
        return None
    principal, conditions = statement["Principal"], statement.get("Condition", {})
    return without_none(
        action=statement["Action"],
        function=function,
        principal=principal if isinstance(principal, str) else next(iter(principal.values())),
        sourceArn=conditions.get("ArnLike", {}).get("AWS:SourceArn"),
        sourceAccount=conditions.get("StringEquals", {}).get("AWS:SourceAccount"),
        statementId=statement["Sid"],
    )


def _delete_permission(aws: Clients, id_: str, state: Properties) -> None:
    aws("lambda").remove_permission(FunctionName=state["function"], StatementId=state["statementId"])


# --- FunctionEventInvokeConfig ----------------------------------------------------------------------------------


def _put_invoke_config(aws: Clients, inputs: Properties) -> str:
    destinations = inputs.get("destinationConfig") or {}
    given_destinations = {
        api: {"Destination": destinations[name]["destination"]}
        for name, api in (("onFailure", "OnFailure"), ("onSuccess", "OnSuccess"))
        if destinations.get(name)
    }
    aws("lambda").put_function_event_invoke_config(
        **without_none(
            FunctionName=inputs["functionName"],
            MaximumEventAgeInSeconds=inputs.get("maximumEventAgeInSeconds"),
            MaximumRetryAttempts=inputs.get("maximumRetryAttempts"),
            DestinationConfig=given_destinations or None,
        )
    )
    return str(inputs["functionName"])


@none_if_gone(*_GONE)
def _read_invoke_config(aws: Clients, id_: str, state: Properties) -> Properties | None:
    invoke_config = aws("lambda").get_function_event_invoke_config(FunctionName=id_)
    destinations = {
        name: {"destination": invoke_config["DestinationConfig"][api]["Destination"]}
        for name, api in (("onFailure", "OnFailure"), ("onSuccess", "OnSuccess"))
        if invoke_config.get("DestinationConfig", {}).get(api)
    }
    return without_none(
        functionName=id_,
        maximumEventAgeInSeconds=invoke_config.get("MaximumEventAgeInSeconds"),
        maximumRetryAttempts=invoke_config.get("MaximumRetryAttempts"),
        destinationConfig=destinations or None,
    )


def _update_invoke_config(aws: Clients, id_: str, state: Properties, inputs: Properties) -> None:
    _put_invoke_config(aws, inputs)


def _delete_invoke_config(aws: Clients, id_: str, state: Properties) -> None:
    aws("lambda").delete_function_event_invoke_config(FunctionName=id_)


RECORDS = (
    ResourceType(
        token="aws:lambda/function:Function",
        create=_create_function,
        read=_read_function,
        update=_update_function,
        delete=_delete_function,
        replaces=frozenset({"name", "packageType", "architectures"}),
        computed=frozenset({"codeSha256", "sourceCodeHash", "loggingConfig", "tracingConfig", "skipDestroy"}),
        defaults={
            "memorySize": 128,
            "packageType": "Zip",
            "architectures": ["x86_64"],
            "reservedConcurrentExecutions": _UNRESERVED,
            "timeout": 3,
            "skipDestroy": False,
        },
        named="name",
        tagged=True,
    ),
    ResourceType(
        token="aws:lambda/permission:Permission",
        create=_create_permission,
        read=_read_permission,
        delete=_delete_permission,
        computed=frozenset({"statementId", "statementIdPrefix"}),
        named="statementId",
    ),
    ResourceType(
        token="aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig",
        create=_put_invoke_config,
        read=_read_invoke_config,
        update=_update_invoke_config,
        delete=_delete_invoke_config,
        replaces=frozenset({"functionName", "qualifier"}),
        defaults={"maximumRetryAttempts": 2},
    ),
)
