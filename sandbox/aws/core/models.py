"""The API models that botocore carries: which operations a service has, and the shape of what each takes.

`parameters_of` reads a Query request (iam, sts) into the structure that a JSON service would have been sent.
"""

from __future__ import annotations

import functools
import os
import re
from typing import Any

from botocore.loaders import Loader
from botocore.model import ListShape, MapShape, OperationModel, ServiceModel, Shape, StructureShape
from botocore.session import Session

# It remembers the files it has read: without it each session reads them again, a tenth of a second a client.
_LOADER = Loader()
# The services whose requests are parsed by their model, and checked against it.
MODELLED = frozenset({"organizations", "sso-admin", "identitystore", "iam", "sts"})


def bare_session() -> Session:
    """A botocore session that sees nothing of the user's own: no AWS_PROFILE, no ~/.aws.

    The models need none of it, and a profile that isn't there would be an error before anything is served.
    """
    ignored = {"profile": (None, None, None, None)}
    nowhere = dict.fromkeys(("config_file", "credentials_file"), (None, None, os.devnull, None))
    session = Session(session_vars={**ignored, **nowhere})
    session.register_component("data_loader", _LOADER)
    return session


@functools.cache
def services() -> frozenset[str]:
    """The names of all services, as boto3 has them."""
    return frozenset(bare_session().get_available_services())


@functools.cache
def region_names() -> frozenset[str]:
    """The Regions of the partition aws."""
    return frozenset(bare_session().get_data("endpoints")["partitions"][0]["regions"])


@functools.cache
def partition_of(region: str) -> str:
    """aws, aws-cn, aws-us-gov and so on; aws for a name that no partition has."""
    partitions = bare_session().get_data("endpoints")["partitions"]
    return next((row["partition"] for row in partitions if re.fullmatch(row["regionRegex"], region)), "aws")


@functools.cache
def endpoint_names() -> frozenset[str]:
    """The names of services: boto3's, and those in their hosts' names, which may differ."""
    return services() | set(bare_session().get_data("endpoints")["partitions"][0]["services"])


@functools.cache
def service(name: str) -> ServiceModel:
    return bare_session().get_service_model(name)


@functools.cache
def operation(service_name: str, name: str) -> OperationModel | None:
    """The operation's model; None for a name that the service doesn't have."""
    model = service(service_name)
    return model.operation_model(name) if name in model.operation_names else None


def rest_operation(service_name: str, method: str, path: str) -> tuple[str, dict[str, str]] | None:
    """The operation of a REST request and the parameters in its path; None for a path that the service doesn't have."""
    for name, verb, pattern in _routes(service_name):
        match = pattern.fullmatch(path)
        if verb == method and match is not None:
            return name, match.groupdict()
    return None


@functools.cache
def _routes(service_name: str) -> list[tuple[str, str, re.Pattern[str]]]:
    routes = []
    for name in service(service_name).operation_names:
        http = service(service_name).operation_model(name).http
        path = re.escape(http["requestUri"].partition("?")[0].rstrip("/"))
        pattern = re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", path) + "/?"
        routes.append((name, http["method"], re.compile(pattern)))
    return routes


def parameters_of(form: dict[str, str], shape: StructureShape | None) -> dict[str, Any]:
    """`Tags.member.1.Key=a` and its kin as nested members. Names that the shape lacks are left out, as AWS does."""
    tree: dict[str, Any] = {}
    for name, value in form.items():
        node = tree
        *parents, last = name.split(".")
        for parent in parents:
            child = node.setdefault(parent, {})
            node = child if isinstance(child, dict) else {}
        node.setdefault(last, value)
    result = _value(tree, shape) if shape is not None else {}
    return result if isinstance(result, dict) else {}


def _value(node: Any, shape: Shape) -> Any:
    if isinstance(shape, StructureShape):
        if not isinstance(node, dict):
            return {}
        return {name: _value(node[name], member) for name, member in shape.members.items() if name in node}
    if isinstance(shape, ListShape):
        return _list(node, shape)
    if isinstance(shape, MapShape):
        entries = _numbered(node.get("entry", {}) if isinstance(node, dict) else {})
        return {str(entry.get("key")): _value(entry.get("value", ""), shape.value) for entry in entries}
    return _scalar(node, shape.type_name)


def _list(node: Any, shape: ListShape) -> list[Any]:
    """An empty list is sent as an empty text."""
    if not isinstance(node, dict):
        return []
    items = node if shape.serialization.get("flattened") else node.get(shape.member.serialization.get("name", "member"))
    return [_value(item, shape.member) for item in _numbered(items)]


def _numbered(items: Any) -> list[Any]:
    if not isinstance(items, dict):
        return []
    numbers = sorted((key for key in items if key.isdigit()), key=int)
    return [items[number] for number in numbers]


def _scalar(node: Any, kind: str) -> Any:
    if not isinstance(node, str):
        return node
    if kind == "boolean":
        return {"true": True, "false": False}.get(node.lower(), node)
    if kind in ("integer", "long"):
        return int(node) if node.lstrip("-").isdigit() else node
    return node
