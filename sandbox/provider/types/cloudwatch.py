"""cloudwatch: log groups and metric alarms.

The calls, and their order, are those of terraform-provider-aws, internal/service/logs and internal/service/cloudwatch.
"""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from sandbox.provider.calls import is_error, pages, without_none
from sandbox.provider.record import (
    Clients,
    Properties,
    Refused,
    ResourceType,
    changed_tags,
    keep_created,
    retag,
    tag_list,
    tag_map,
)

_FOREVER = 0  # days that a log group keeps its events, if it has no retention policy


def _create_log_group(aws: Clients, inputs: Properties) -> str:
    client, name = aws("logs"), str(inputs["name"])
    client.create_log_group(
        **without_none(
            logGroupName=name,
            kmsKeyId=inputs.get("kmsKeyId"),
            logGroupClass=inputs.get("logGroupClass"),
            tags=inputs.get("tagsAll") or None,
        )
    )
    with keep_created(name):
        _keep_for(client, name, inputs["retentionInDays"])
    return name


def _keep_for(client: Any, name: str, days: int) -> None:
    if days != _FOREVER:
        client.put_retention_policy(logGroupName=name, retentionInDays=days)


def _read_log_group(aws: Clients, id_: str, state: Properties) -> Properties | None:
    client = aws("logs")
    rows = pages(client, "describe_log_groups", "logGroups", logGroupNamePrefix=id_)
    row = next((row for row in rows if row["logGroupName"] == id_), None)
    if row is None:
        return None
    arn = row["arn"].removesuffix(":*")
    tags = client.list_tags_for_resource(resourceArn=arn)["tags"]
    return {
        "arn": arn,
        "name": id_,
        "retentionInDays": row.get("retentionInDays", _FOREVER),
        "kmsKeyId": row.get("kmsKeyId", ""),
        "logGroupClass": row.get("logGroupClass", "STANDARD"),
        "tags": tags,
        "tagsAll": tags,
    }


def _update_log_group(aws: Clients, id_: str, state: Properties, inputs: Properties) -> None:
    client = aws("logs")
    days = inputs["retentionInDays"]
    if days != state.get("retentionInDays"):
        _keep_for(client, id_, days)
        if days == _FOREVER:
            client.delete_retention_policy(logGroupName=id_)
    gone, set_ = changed_tags(state, inputs)
    if gone:
        client.untag_resource(resourceArn=state["arn"], tagKeys=gone)
    if set_:
        client.tag_resource(resourceArn=state["arn"], tags=tag_map(set_))


def _delete_log_group(aws: Clients, id_: str, state: Properties) -> None:
    if not state.get("skipDestroy"):
        aws("logs").delete_log_group(logGroupName=id_)


# --- MetricAlarm ------------------------------------------------------------------------------------------------

_ALARM = {
    "actionsEnabled": "ActionsEnabled",
    "alarmActions": "AlarmActions",
    "alarmDescription": "AlarmDescription",
    "comparisonOperator": "ComparisonOperator",
    "datapointsToAlarm": "DatapointsToAlarm",
    "evaluationPeriods": "EvaluationPeriods",
    "extendedStatistic": "ExtendedStatistic",
    "insufficientDataActions": "InsufficientDataActions",
    "metricName": "MetricName",
    "name": "AlarmName",
    "namespace": "Namespace",
    "okActions": "OKActions",
    "period": "Period",
    "statistic": "Statistic",
    "threshold": "Threshold",
    "treatMissingData": "TreatMissingData",
    "unit": "Unit",
}


def _put_alarm(aws: Clients, inputs: Properties, tags: list[dict[str, str]] | None = None) -> str:
    if inputs.get("metricQueries"):
        raise Refused("The sandbox's alarms watch one metric each: metricQueries isn't there.")
    dimensions = [{"Name": name, "Value": value} for name, value in sorted((inputs.get("dimensions") or {}).items())]
    arguments = without_none(**{api: inputs.get(name) for name, api in _ALARM.items()})
    aws("cloudwatch").put_metric_alarm(**arguments, Dimensions=dimensions, **({"Tags": tags} if tags else {}))
    return str(inputs["name"])


def _create_alarm(aws: Clients, inputs: Properties) -> str:
    return _put_alarm(aws, inputs, tag_list(inputs.get("tagsAll")))


def _read_alarm(aws: Clients, id_: str, state: Properties) -> Properties | None:
    client = aws("cloudwatch")
    rows = client.describe_alarms(AlarmNames=[id_], AlarmTypes=["MetricAlarm"])["MetricAlarms"]
    if not rows:
        return None
    row = rows[0]
    tags = tag_map(client.list_tags_for_resource(ResourceARN=row["AlarmArn"])["Tags"])
    return {
        **{name: row[api] for name, api in _ALARM.items() if row.get(api) not in (None, "")},
        "arn": row["AlarmArn"],
        "dimensions": {dimension["Name"]: dimension["Value"] for dimension in row.get("Dimensions") or []},
        "tags": tags,
        "tagsAll": tags,
    }


def _update_alarm(aws: Clients, id_: str, state: Properties, inputs: Properties) -> None:
    _put_alarm(aws, inputs)
    client = aws("cloudwatch")
    retag(state, inputs, client.untag_resource, client.tag_resource, ResourceARN=state["arn"])


def _delete_alarm(aws: Clients, id_: str, state: Properties) -> None:
    try:
        aws("cloudwatch").delete_alarms(AlarmNames=[id_])
    except ClientError as error:
        if not is_error(error, "ResourceNotFound"):
            raise


RECORDS = (
    ResourceType(
        token="aws:cloudwatch/logGroup:LogGroup",
        create=_create_log_group,
        read=_read_log_group,
        update=_update_log_group,
        delete=_delete_log_group,
        replaces=frozenset({"name", "namePrefix", "logGroupClass"}),
        computed=frozenset({"namePrefix", "logGroupClass", "deletionProtectionEnabled"}),
        defaults={"retentionInDays": _FOREVER, "skipDestroy": False},
        named="name",
        tagged=True,
    ),
    ResourceType(
        token="aws:cloudwatch/metricAlarm:MetricAlarm",
        create=_create_alarm,
        read=_read_alarm,
        update=_update_alarm,
        delete=_delete_alarm,
        replaces=frozenset({"name"}),
        sets=frozenset({"alarmActions", "okActions", "insufficientDataActions"}),
        computed=frozenset({"evaluateLowSampleCountPercentiles", "datapointsToAlarm"}),
        defaults={"actionsEnabled": True, "treatMissingData": "missing"},
        named="name",
        tagged=True,
    ),
)
