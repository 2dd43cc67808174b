"""What a function writes, as events of its log group (lambda/latest/dg/monitoring-cloudwatchlogs.html)."""

from __future__ import annotations

import datetime
import json
from typing import Any

from moto.logs.models import logs_backends

from sandbox.aws.core.world import World

from .execution_environment import Outcome


def log_group_of(function: Any) -> str:
    return str(function.get_configuration()["LoggingConfig"]["LogGroup"])


def new_stream_name(world: World) -> str:
    """As Lambda names them: DATE/[VERSION]ID."""
    day = datetime.datetime.fromtimestamp(world.now(), datetime.UTC).strftime("%Y/%m/%d")
    return f"{day}/[$LATEST]{world.new_uuid().replace('-', '')}"


def lines_of(function: Any, request_id: str, outcome: Outcome) -> list[str]:
    """The function's own lines between Lambda's, in the function's log format."""
    milliseconds = round(outcome.seconds * 1000, 2)
    failure = [outcome.error] if outcome.failed else []
    if function.get_configuration()["LoggingConfig"]["LogFormat"] == "JSON":
        start = {"type": "platform.start", "record": {"requestId": request_id, "version": "$LATEST"}}
        status = {"status": "error" if outcome.failed else "success", "metrics": {"durationMs": milliseconds}}
        end = {"type": "platform.report", "record": {"requestId": request_id, **status}}
        return [json.dumps(start), *outcome.log.splitlines(), *failure, json.dumps(end)]
    head = [f"START RequestId: {request_id} Version: $LATEST"]
    tail = [f"END RequestId: {request_id}", f"REPORT RequestId: {request_id}\tDuration: {milliseconds} ms"]
    return [*head, *outcome.log.splitlines(), *failure, *tail]


def write_lines(world: World, function: Any, stream: str, lines: list[str]) -> None:
    """Adds the lines to the stream, which is created if needed, in an existing group."""
    groups = logs_backends[function.account_id][function.region].groups
    group = groups.get(log_group_of(function))
    if group is None:
        return
    if stream not in group.streams:
        group.create_log_stream(stream)
    moment = int(world.now() * 1000)
    group.put_log_events(stream, [{"timestamp": moment, "message": line} for line in lines])
