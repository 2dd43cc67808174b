"""Resources as a Pulumi program or a Terraform plan declares them: plain data, whoever read it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from itertools import product
from typing import Any

from .resource_types import type_of


class _Unknown:
    def __repr__(self) -> str:
        return "a value that this preview can't know"


UNKNOWN: Any = _Unknown()
"""Stands in a resource's properties for what only the update can know."""


@dataclass(frozen=True)
class Declared:
    """One resource. type: Pulumi's token of it; props: its inputs, in the aws package's names (and its outputs, where
    they are known); provider: what its provider is configured with; aliases: the URNs that it takes over."""

    type: str
    name: str
    urn: str
    props: Mapping[str, Any]
    protect: bool = False
    ignore_changes: Sequence[str] = ()
    parent: str = ""
    provider_urn: str = ""
    provider: Mapping[str, Any] = field(default_factory=dict)
    comes_from: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """By property, the URNs of the resources whose outputs are in it. Only a whole stack tells them."""
    aliases: Sequence[str] = ()

    @property
    def parent_type(self) -> str:
        """The parent's token, "" for a resource without one."""
        return type_of(self.parent)


@dataclass(frozen=True)
class Stack:
    """A stack and its resources. project and name are "" where the engine doesn't say (`pulumi policy analyze`).

    config: the stack's configuration as texts; organization: Pulumi's, not AWS's; language: the program's runtime as
    Pulumi.yaml spells it (python, nodejs, yaml), "" where nobody says.
    """

    project: str
    name: str
    resources: Sequence[Declared]
    config: Mapping[str, str] = field(default_factory=dict)
    organization: str = ""
    language: str = ""

    @property
    def full_name(self) -> str:
        return f"{self.project}/{self.name}"

    def of_type(self, type_: str) -> list[Declared]:
        return [resource for resource in self.resources if resource.type == type_]

    def having(self, resources: Sequence[Declared]) -> Stack:
        return replace(self, resources=resources)

    def is_among(self, patterns: Iterable[str]) -> bool:
        """Whether a glob fits STACK, PROJECT/STACK or ORGANIZATION/PROJECT/STACK."""
        names = (self.name, self.full_name, f"{self.organization}/{self.full_name}")
        return any(fnmatchcase(name, str(pattern)) for pattern, name in product(patterns, names))


Config = Mapping[str, Any]
Schemas = Mapping[str, Mapping[str, Any]]
"""JSON schemas of a rule's configuration, by key."""
ACCOUNT_CONFIG: Schemas = {"managementAccountId": {"type": "string", "pattern": "^[0-9]{12}$"}}
OWNERS_CONFIG: Schemas = {"ownerStacks": {"type": "array", "items": {"type": "string"}, "default": []}}


def is_partly_unknown(value: Any) -> bool:
    if value is UNKNOWN:
        return True
    if isinstance(value, Mapping):
        return any(map(is_partly_unknown, value.values()))
    return isinstance(value, list) and any(map(is_partly_unknown, value))
