"""The interface of a resource type: the operations that the servicer calls."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from .run import Report, Run

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
