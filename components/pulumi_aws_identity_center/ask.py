"""pulumi_aws's functions, several at a time and with failures that can be caught: its own come as Outputs, or block."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi
from pulumi_aws import _utilities


async def ask(component: pulumi.Resource, function: str, arguments: Mapping[str, Any] | None = None) -> Any:
    """The function's result, by the component's provider. Raises whatever the engine does: it has no class of its own.

    With pulumi_aws's version, as its resources have: without, the engine starts a second provider beside theirs.
    """
    opts = pulumi.InvokeOptions.merge(_utilities.get_invoke_opts_defaults(), pulumi.InvokeOptions(parent=component))
    return await pulumi.runtime.invoke_async(f"aws:{function}", dict(arguments or {}), opts)
