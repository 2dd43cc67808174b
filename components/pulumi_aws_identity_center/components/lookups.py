"""pulumi_aws's functions, several at a time and with failures that can be caught: its own come as Outputs, or block."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import pulumi

from pulumi_aws_identity_center.errors import NotKnownYet

from .aws_resources import plugin_version
from .program import current_program


async def ask(component: pulumi.Resource, function: str, arguments: Mapping[str, Any] | None = None) -> Any:
    """The function's result, by the component's provider. Raises whatever the engine does: it has no class of its own.
    NotKnownYet where the preview can't ask.

    With pulumi_aws's version, as its resources have: without, the engine starts a second provider beside theirs.
    """
    opts = pulumi.InvokeOptions(parent=component, version=plugin_version())
    answer = await pulumi.runtime.invoke_async(f"aws:{function}", dict(arguments or {}), opts)
    if not answer:  # what the engine makes of a function whose provider it can't configure in a preview
        raise NotKnownYet(
            "What its provider signs in with is known only in the update, so this preview can't look at the "
            "organization. The update looks before it declares anything."
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
