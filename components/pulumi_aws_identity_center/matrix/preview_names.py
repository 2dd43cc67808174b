"""The names that a preview itself tells: of accounts, groups, users and permission sets. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from .resource_steps import ASSIGNMENTS_TYPE, MATRIX_TYPE, NAMED, PERMISSION_SET_TYPE, PlannedResource


class PreviewNames:
    """by_id: id or ARN → name."""

    def __init__(self, resources: Iterable[PlannedResource]) -> None:
        self.by_id: dict[str, str] = {}
        self._by_urn: dict[str, str] = {}
        for resource in resources:
            if resource.type in NAMED:
                self._note(resource)

    def _note(self, resource: PlannedResource) -> None:
        id_property, name_property = NAMED[resource.type]
        for properties in (resource.before, resource.after):
            id_, name = properties.get(id_property), properties.get(name_property)
            if isinstance(name, str):
                self._by_urn[resource.urn] = name
                if isinstance(id_, str):
                    self.by_id[id_] = name

    def of_property(self, resource: PlannedResource, name: str, value: Any) -> str | None:
        """Of what a property stands for: by its value, or by the one resource that it comes from."""
        if isinstance(value, str):
            return self.by_id.get(value)
        names = self._names_of(resource.dependencies.get(name) or ())
        return names[0] if len(names) == 1 else None

    def of_matrix(self, resource: PlannedResource) -> str | None:
        """The permission set of a resource that AccessMatrix declares, for a form that tells no dependencies."""
        names = self._names_of(permission_set_urns(resource.urn))
        return names[0] if names else None

    def _names_of(self, urns: Iterable[str]) -> list[str]:
        return [self._by_urn[urn] for urn in urns if urn in self._by_urn]


def permission_set_urns(urn: str) -> Iterator[str]:
    """Of the assignments that AccessMatrix declares: URNs of which one is their permission set's. The name of the
    assignments' resource begins with the name of the permission set's."""
    chain, _, name = urn.rpartition("::")
    if f"{MATRIX_TYPE}$" not in chain:
        return
    for slash in re.finditer("/", name):
        yield f"{chain.replace(ASSIGNMENTS_TYPE, PERMISSION_SET_TYPE)}::{name[: slash.start()]}"
