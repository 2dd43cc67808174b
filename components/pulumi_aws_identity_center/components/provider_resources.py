"""The resources of this package's own provider, as Python declares them. The provider itself is `provider/`."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import pulumi

from pulumi_aws_identity_center.matrix.resource_steps import ASSIGNMENTS_TYPE, EXCLUSIVE_TYPE, PERMISSION_SET_TYPE
from pulumi_aws_identity_center.names import DISTRIBUTION, PACKAGE

from .user_errors import is_plugin, plain_error


def own_version() -> str | None:
    """The version by which the engine finds the plugin. None in the plugin itself, which serves its own children."""
    return None if is_plugin() else _installed_version()


@functools.cache
def _installed_version() -> str:
    """Cached: reading the package's metadata is too slow for each resource."""
    return version(DISTRIBUTION)


def _with_version(opts: pulumi.ResourceOptions | None) -> pulumi.ResourceOptions:
    return pulumi.ResourceOptions.merge(pulumi.ResourceOptions(version=own_version()), opts)


class PermissionSet(pulumi.CustomResource):
    """One permission set with all its parts."""

    arn: pulumi.Output[str]

    def __init__(self, name: str, inputs: Mapping[str, Any], opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(PERMISSION_SET_TYPE, name, {**inputs, "arn": None}, _with_version(opts))


class AccountAssignments(pulumi.CustomResource):
    """The accounts in which one group or user has one permission set."""

    accounts: pulumi.Output[list[str]]

    def __init__(self, name: str, inputs: Mapping[str, Any], opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(ASSIGNMENTS_TYPE, name, dict(inputs), _with_version(opts))


class ExclusiveAssignments(pulumi.CustomResource):
    """Removes one permission set from every group and user that isn't listed."""

    def __init__(self, name: str, inputs: Mapping[str, Any], opts: pulumi.ResourceOptions | None = None) -> None:
        inputs = {**inputs, "others": None}
        super().__init__(EXCLUSIVE_TYPE, name, inputs, _with_version(opts))


@dataclass(frozen=True)
class Asker:
    """A component, and the provider whose functions it calls if that isn't its default one."""

    component: pulumi.Resource
    provider: pulumi.ProviderResource | None = None


async def ask_provider(asker: Asker, function: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The result of one of the provider's functions; empty if this preview can't ask. Raises RunError."""
    opts = pulumi.InvokeOptions(parent=asker.component, provider=asker.provider, version=own_version())
    try:
        answer = await pulumi.runtime.invoke_async(f"{PACKAGE}:index:{function}", dict(arguments), opts)
    except Exception as error:  # noqa: BLE001 - the SDK has no class of its own for it
        raise plain_error(_reason(str(error))) from None
    return dict(answer or {})


def _reason(text: str) -> str:
    """The provider's own message, without what the engine puts around it."""
    reason = text.rpartition("returned an error: ")[2]
    if "client connection is closing" in reason:
        return "AccessMatrix could not ask AWS any more: another error ended this run."
    return reason
