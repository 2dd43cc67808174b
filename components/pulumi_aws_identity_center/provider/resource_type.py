"""What the servicer needs of a resource type."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from pulumi_aws_identity_center.errors import shown

from .run import Report, Run
from .values import UNKNOWN

Properties = Mapping[str, Any]
Kind = Literal["add", "delete", "update"]


class Refused(Exception):
    """What the engine is to show, as one sentence or several lines."""


@dataclass(frozen=True)
class Difference:
    """changes: property path → kind. replaces: the properties that need a new resource."""

    changes: Mapping[str, Kind] = field(default_factory=dict)
    replaces: tuple[str, ...] = ()


@dataclass(frozen=True)
class Made:
    """What is there now. reasons: what could not be done; the engine keeps the properties and updates again."""

    id: str
    properties: Properties
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class Found:
    """What AWS has, as state and as the inputs that would make it."""

    id: str
    properties: Properties
    inputs: Properties


def input_problems(inputs: Properties, names: Collection[str], required: Collection[str] = ()) -> list[tuple[str, str]]:
    """(input, sentence) each: inputs that there are not, and required ones that are missing."""
    unknown = [
        (name, f"{name} is not an input; the inputs are {', '.join(names)}.") for name in inputs if name not in names
    ]
    return unknown + [(name, f"{name} is missing.") for name in required if name not in inputs]


def text_problems(inputs: Properties, names: Collection[str]) -> list[tuple[str, str]]:
    """(input, sentence) for each of these inputs that is there and is no text, or an empty one."""
    wrong = [name for name in names if not _is_text(inputs.get(name))]
    return [(name, f"{name} is {shown(inputs[name])}; it must be text, and not empty.") for name in wrong]


def _is_text(value: Any) -> bool:
    """Also what only the update knows, and what is left out."""
    return value in (None, UNKNOWN) or (isinstance(value, str) and value != "")


def list_problems(
    inputs: Properties, name: str, items: str, is_item: Callable[[Any], bool], rule: str
) -> list[tuple[str, str]]:
    """(name, sentence) each. items: what it is a list of. rule: what an item is. What only the update knows passes."""
    values = inputs.get(name, [])
    if values is UNKNOWN:
        return []
    if not isinstance(values, list):
        return [(name, f"{name} is {shown(values)}; it must be a list of {items}.")]
    known = [value for value in values if value is not UNKNOWN]
    wrong = [value for value in known if not is_item(value)]
    return [(name, f"{name} has {shown(value)}; {rule}.") for value in wrong]


class ResourceType(Protocol):
    """check and diff ask nobody, take no time and raise nothing. The others may ask AWS, and may take as long as AWS
    does; they raise Refused or CallFailed."""

    token: str

    def check(self, run: Run, urn: str, inputs: Properties) -> tuple[Properties, list[tuple[str, str]]]:
        """The inputs in their one spelling, and what is wrong with them: (property, sentence)."""

    def diff(self, run: Run, state: Properties, news: Properties) -> Difference: ...

    def preview_create(self, run: Run, news: Properties, report: Report) -> Properties: ...

    def preview_update(self, run: Run, state: Properties, news: Properties, report: Report) -> Properties: ...

    def create(self, run: Run, news: Properties, report: Report) -> Made: ...

    def read(self, run: Run, id_: str, state: Properties, inputs: Properties) -> Found | None:
        """state: empty for an import."""

    def update(self, run: Run, id_: str, state: Properties, news: Properties, report: Report) -> Made: ...

    def delete(self, run: Run, id_: str, state: Properties, report: Report) -> None: ...
