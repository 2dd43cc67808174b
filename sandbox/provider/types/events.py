"""cloudwatch, the half of it that is EventBridge: rules and their targets.

The calls, and their order, are those of terraform-provider-aws, internal/service/events.
"""

from __future__ import annotations

from sandbox.provider.calls import none_if_gone, without_none
from sandbox.provider.record import Clients, Properties, Refused, ResourceType, retag, tag_list, tag_map

_DEFAULT_BUS = "default"
_FOREIGN_TARGETS = ("batchTarget", "ecsTarget", "httpTarget", "kinesisTarget", "redshiftTarget", "runCommandTargets")


def _rule_names(id_: str) -> dict[str, str]:
    """A rule's id is its name, after BUS/ on a bus of its own."""
    bus, _, name = id_.rpartition("/")
    return {"Name": name, "EventBusName": bus or _DEFAULT_BUS}


def _put_rule(aws: Clients, inputs: Properties, tags: list[dict[str, str]] | None = None) -> str:
    state = inputs.get("state") or ("DISABLED" if inputs.get("isEnabled") is False else "ENABLED")
    bus = inputs.get("eventBusName") or _DEFAULT_BUS
    aws("events").put_rule(
        **without_none(
            Name=inputs["name"],
            Description=inputs.get("description"),
            EventBusName=bus,
            EventPattern=inputs.get("eventPattern"),
            ScheduleExpression=inputs.get("scheduleExpression"),
            RoleArn=inputs.get("roleArn"),
            State=state,
            Tags=tags or None,
        )
    )
    return str(inputs["name"]) if bus == _DEFAULT_BUS else f"{bus}/{inputs['name']}"


def _create_rule(aws: Clients, inputs: Properties) -> str:
    return _put_rule(aws, inputs, tag_list(inputs.get("tagsAll")))


def _read_rule(aws: Clients, id_: str, state: Properties) -> Properties | None:
    client = aws("events")
    rule = none_if_gone("ResourceNotFoundException")(client.describe_rule)(**_rule_names(id_))
    if rule is None:
        return None
    tags = tag_map(client.list_tags_for_resource(ResourceARN=rule["Arn"])["Tags"])
    return {
        "arn": rule["Arn"],
        "name": rule["Name"],
        "description": rule.get("Description", ""),
        "eventBusName": rule.get("EventBusName", _DEFAULT_BUS),
        "eventPattern": rule.get("EventPattern"),
        "scheduleExpression": rule.get("ScheduleExpression", ""),
        "roleArn": rule.get("RoleArn", ""),
        "state": rule["State"],
        "isEnabled": rule["State"] == "ENABLED",
        "tags": tags,
        "tagsAll": tags,
    }


def _update_rule(aws: Clients, id_: str, state: Properties, inputs: Properties) -> None:
    _put_rule(aws, inputs)
    client = aws("events")
    retag(state, inputs, client.untag_resource, client.tag_resource, ResourceARN=state["arn"])


def _delete_rule(aws: Clients, id_: str, state: Properties) -> None:
    aws("events").delete_rule(**_rule_names(id_), Force=bool(state.get("forceDestroy")))


# --- EventTarget ------------------------------------------------------------------------------------------------


def _of_target(inputs: Properties) -> dict[str, str]:
    return {"Rule": inputs["rule"], "EventBusName": inputs.get("eventBusName") or _DEFAULT_BUS}


def _put_target(aws: Clients, inputs: Properties) -> str:
    foreign = [name for name in _FOREIGN_TARGETS if inputs.get(name)]
    if foreign:
        raise Refused(f"The sandbox delivers events to functions, queues and topics only, and takes no {foreign[0]}.")
    retry, dead_letters = inputs.get("retryPolicy") or {}, inputs.get("deadLetterConfig") or {}
    transformer = inputs.get("inputTransformer") or {}
    target = without_none(
        Id=inputs["targetId"],
        Arn=inputs["arn"],
        RoleArn=inputs.get("roleArn"),
        Input=inputs.get("input"),
        InputPath=inputs.get("inputPath"),
        InputTransformer=without_none(
            InputPathsMap=transformer.get("inputPaths"), InputTemplate=transformer.get("inputTemplate")
        )
        or None,
        DeadLetterConfig={"Arn": dead_letters["arn"]} if dead_letters.get("arn") else None,
        RetryPolicy=without_none(
            MaximumEventAgeInSeconds=retry.get("maximumEventAgeInSeconds"),
            MaximumRetryAttempts=retry.get("maximumRetryAttempts"),
        )
        or None,
    )
    answer = aws("events").put_targets(**_of_target(inputs), Targets=[target])
    if answer["FailedEntryCount"]:
        raise Refused(f"PutTargets: {answer['FailedEntries'][0].get('ErrorMessage', 'the target was refused')}")
    return _target_id(inputs)


def _target_id(inputs: Properties) -> str:
    bus = inputs.get("eventBusName") or _DEFAULT_BUS
    return "-".join(([] if bus == _DEFAULT_BUS else [bus]) + [inputs["rule"], inputs["targetId"]])


@none_if_gone("ResourceNotFoundException")
def _read_target(aws: Clients, id_: str, state: Properties) -> Properties | None:
    names = state or _imported_target(id_)
    rows = aws("events").list_targets_by_rule(**_of_target(names))["Targets"]
    row = next((row for row in rows if row["Id"] == names["targetId"]), None)
    if row is None:
        return None
    retry, transformer = row.get("RetryPolicy"), row.get("InputTransformer")
    return without_none(
        arn=row["Arn"],
        rule=names["rule"],
        targetId=row["Id"],
        eventBusName=names.get("eventBusName") or _DEFAULT_BUS,
        roleArn=row.get("RoleArn"),
        input=row.get("Input"),
        inputPath=row.get("InputPath"),
        inputTransformer=transformer
        and without_none(inputPaths=transformer.get("InputPathsMap"), inputTemplate=transformer["InputTemplate"]),
        deadLetterConfig={"arn": row["DeadLetterConfig"]["Arn"]} if row.get("DeadLetterConfig") else None,
        retryPolicy=retry
        and without_none(
            maximumEventAgeInSeconds=retry.get("MaximumEventAgeInSeconds"),
            maximumRetryAttempts=retry.get("MaximumRetryAttempts"),
        ),
    )


def _imported_target(id_: str) -> Properties:
    """An import's id is BUS/RULE/TARGET, or RULE/TARGET."""
    rule, _, target = id_.rpartition("/")
    bus, _, rule = rule.rpartition("/")
    return {"eventBusName": bus or _DEFAULT_BUS, "rule": rule, "targetId": target}


def _update_target(aws: Clients, id_: str, state: Properties, inputs: Properties) -> None:
    _put_target(aws, inputs)


def _delete_target(aws: Clients, id_: str, state: Properties) -> None:
    aws("events").remove_targets(**_of_target(state), Ids=[state["targetId"]], Force=bool(state.get("forceDestroy")))


RECORDS = (
    ResourceType(
        token="aws:cloudwatch/eventRule:EventRule",
        create=_create_rule,
        read=_read_rule,
        update=_update_rule,
        delete=_delete_rule,
        replaces=frozenset({"name", "namePrefix", "eventBusName"}),
        documents=frozenset({"eventPattern"}),
        computed=frozenset({"namePrefix", "isEnabled", "state", "forceDestroy"}),
        defaults={"eventBusName": _DEFAULT_BUS, "forceDestroy": False},
        named="name",
        tagged=True,
    ),
    ResourceType(
        token="aws:cloudwatch/eventTarget:EventTarget",
        create=_put_target,
        read=_read_target,
        update=_update_target,
        delete=_delete_target,
        replaces=frozenset({"rule", "targetId", "eventBusName"}),
        computed=frozenset({"forceDestroy"}),
        defaults={"eventBusName": _DEFAULT_BUS, "forceDestroy": False},
        named="targetId",
    ),
)
