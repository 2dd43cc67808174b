"""The component provider, which imports the components only when the engine asks for one.

Most programs construct the components in their own process, and use the plugin for resources only. Importing and
analysing the components is a quarter of a plugin's start, and the engine starts two plugins.
"""

from __future__ import annotations

from functools import cached_property
from importlib.metadata import version
from typing import TYPE_CHECKING

import pulumi
from pulumi.provider import ConstructResult, Provider

from pulumi_aws_identity_center.names import DISTRIBUTION

if TYPE_CHECKING:
    from .plugin import Plugin


class ComponentsOnDemand(Provider):
    """Does what `Plugin` does."""

    def __init__(self) -> None:
        self.version = version(DISTRIBUTION)

    @cached_property
    def _plugin(self) -> Plugin:
        from .plugin import COMPONENTS, Plugin

        return Plugin(COMPONENTS)

    @property
    def schema(self) -> str | None:  # type: ignore[override] # an attribute in the SDK
        return self._plugin.schema

    def construct(
        self, name: str, resource_type: str, inputs: pulumi.Inputs, options: pulumi.ResourceOptions | None = None
    ) -> ConstructResult:
        return self._plugin.construct(name, resource_type, inputs, options)
