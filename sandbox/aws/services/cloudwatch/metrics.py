"""Metrics that services publish by themselves, and those in a function's output (the embedded metric format)."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator, Mapping
from typing import Any

from moto.cloudwatch.models import cloudwatch_backends

from sandbox.aws.core.world import World


def add_metric(
    world: World,
    account: str,
    region: str,
    namespace: str,
    name: str,
    dimensions: Mapping[str, str],
    value: float = 1.0,
) -> None:
    """One value, at this moment of the sandbox's clock."""
    datum = {
        "MetricName": name,
        "Value": value,
        "Timestamp": datetime.datetime.fromtimestamp(world.now(), datetime.UTC).replace(tzinfo=None),
        "Dimensions": [{"Name": key, "Value": dimension} for key, dimension in dimensions.items()],
    }
    cloudwatch_backends[account][region].put_metric_data(namespace, [datum])


def add_embedded(world: World, account: str, region: str, log: str) -> None:
    """The metrics in a log's lines: CloudWatch_Embedded_Metric_Format_Specification.html."""
    for line in log.splitlines():
        for namespace, name, dimensions, value in _embedded(line):
            add_metric(world, account, region, namespace, name, dimensions, value)


def _embedded(line: str) -> Iterator[tuple[str, str, dict[str, str], float]]:
    try:
        content = json.loads(line) if '"_aws"' in line else {}
        directives = content["_aws"]["CloudWatchMetrics"] if content else []
    except (ValueError, KeyError, TypeError):
        return
    for directive in directives:
        for names in directive.get("Dimensions") or [[]]:
            dimensions = {name: str(content.get(name, "")) for name in names}
            for metric in directive.get("Metrics", []):
                yield from _values(directive["Namespace"], metric["Name"], dimensions, content)


def _values(
    namespace: str, name: str, dimensions: dict[str, str], content: dict[str, Any]
) -> Iterator[tuple[str, str, dict[str, str], float]]:
    values = content.get(name, [])
    for value in values if isinstance(values, list) else [values]:
        if isinstance(value, int | float):
            yield namespace, name, dimensions, float(value)
