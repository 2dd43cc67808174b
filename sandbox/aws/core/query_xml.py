"""A Query service's answer (iam, sts) as XML, by the operation's output shape."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import escape

from botocore.model import ListShape, MapShape, OperationModel, Shape, StructureShape


def members(model: OperationModel | None, result: Mapping[str, Any]) -> str:
    """The result's members, without those that are None. Flat texts if the operation isn't known."""
    shape = model.output_shape if model is not None else None
    if not isinstance(shape, StructureShape):
        return "".join(f"<{name}>{escape(str(value))}</{name}>" for name, value in result.items())
    return _structure(result, shape)


def _structure(value: Mapping[str, Any], shape: StructureShape) -> str:
    elements = []
    for name, member in shape.members.items():
        if value.get(name) is not None:
            elements.append(_element(member.serialization.get("name", name), value[name], member))
    return "".join(elements)


def _element(tag: str, value: Any, shape: Shape) -> str:
    return f"<{tag}>{_content(value, shape)}</{tag}>"


def _content(value: Any, shape: Shape) -> str:
    if isinstance(shape, StructureShape):
        return _structure(value, shape)
    if isinstance(shape, ListShape):
        name = shape.member.serialization.get("name", "member")
        return "".join(_element(name, item, shape.member) for item in value)
    if isinstance(shape, MapShape):
        return "".join(_entry(str(key), item, shape) for key, item in value.items())
    if shape.type_name == "boolean":
        return "true" if value else "false"
    if shape.type_name == "timestamp":
        return _timestamp(value)
    return escape(str(value))


def _entry(key: str, value: Any, shape: MapShape) -> str:
    return f"<entry><key>{escape(key)}</key>{_element('value', value, shape.value)}</entry>"


def _timestamp(value: datetime.datetime | float) -> str:
    moment = value if isinstance(value, datetime.datetime) else datetime.datetime.fromtimestamp(value, datetime.UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
