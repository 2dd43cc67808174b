"""Calls functions of the aws provider with `await`: several run at once, and an error can be caught."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import pulumi

from pulumi_aws_identity_center.errors import NotKnownYet

from .aws_resources import plugin_version
from .program import current_program


async def ask(component: pulumi.Resource, function: str, arguments: Mapping[str, Any] | None = None) -> Any:
    """The function's result, by the component's provider. Raises what the engine raises, which has no class of its own.
    Raises NotKnownYet if this preview can't ask.

    version: the resources' own. For another one the engine would start a second provider.
    """
    opts = pulumi.InvokeOptions(parent=component, version=plugin_version())
    answer = await pulumi.runtime.invoke_async(f"aws:{function}", dict(arguments or {}), opts)
    if not answer:  # in a preview, the engine can't configure the provider yet
        raise NotKnownYet(
            "The sign-in of its provider is known only in the update, so this preview can't read the organization. The "
            "update reads it before it declares anything."
        )
    return answer


async def account_of(component: pulumi.Resource) -> str:
    """The account of the component's provider, asked once in a program."""
    look = partial(ask, component, "index/getCallerIdentity:getCallerIdentity")
    caller = await current_program().once_for(component, "account", look)
    return str(caller["accountId"])


async def partition_of(component: pulumi.Resource) -> str:
    """The partition of the component's provider: aws, aws-cn or aws-us-gov."""
    return str((await ask(component, "index/getPartition:getPartition"))["partition"])


async def region_of(component: pulumi.Resource) -> str:
    """The Region of the component's provider."""
    answer = await ask(component, "index/getRegion:getRegion")
    return str(answer.get("region") or answer.get("name") or "")
