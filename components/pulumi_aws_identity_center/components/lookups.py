"""pulumi_aws's functions, several at a time and with failures that can be caught: its own come as Outputs, or block.

Under Pulumi's mocks, what a user's unit test doesn't answer is a healthy organization's: a test answers what it is
about.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from functools import partial
from typing import Any

import pulumi
from pulumi.runtime.mocks import MockMonitor
from pulumi.runtime.settings import get_monitor

from pulumi_aws_identity_center.errors import NotKnownYet

from .aws_resources import plugin_version
from .program import watch

_ACCOUNT = "111122223333"
_HEALTHY: dict[str, Mapping[str, Any]] = {
    "index/getCallerIdentity:getCallerIdentity": {"accountId": _ACCOUNT},
    "index/getPartition:getPartition": {"partition": "aws"},
    "index/getRegion:getRegion": {"region": "us-east-1"},
    "organizations/getDelegatedAdministrators:getDelegatedAdministrators": {"delegatedAdministrators": []},
    # No accounts: which there are isn't known, so each may be named.
    "organizations/getOrganization:getOrganization": {"masterAccountId": _ACCOUNT, "featureSet": "ALL", "accounts": []},
    "ssoadmin/getInstances:getInstances": {
        "arns": ["arn:aws:sso:::instance/ssoins-0000000000000000"],
        "identityStoreIds": ["d-0000000000"],
    },
}


def is_mocked() -> bool:
    """Whether this program is a unit test of somebody's, which must not reach AWS."""
    return isinstance(get_monitor(), MockMonitor)


async def ask(component: pulumi.Resource, function: str, arguments: Mapping[str, Any] | None = None) -> Any:
    """The function's result, by the component's provider. Raises whatever the engine does: it has no class of its own.
    NotKnownYet where the preview can't ask.

    With pulumi_aws's version, as its resources have: without, the engine starts a second provider beside theirs.
    """
    opts = pulumi.InvokeOptions(parent=component, version=plugin_version())
    answer = await pulumi.runtime.invoke_async(f"aws:{function}", dict(arguments or {}), opts)
    if is_mocked():
        return {**_HEALTHY[function], **(answer or {})}
    if not answer:  # what the engine makes of a function whose provider it can't configure in a preview
        raise NotKnownYet(
            "What its provider signs in with is known only in the update, so this preview can't look at the "
            "organization. The update looks before it declares anything."
        )
    return answer


def or_unknown(found: Any) -> Any:
    """For an Output's value: that, or, where it is None, what only the update will know."""
    if found is not None:
        return found
    value: asyncio.Future[Any] = asyncio.Future()
    known: asyncio.Future[bool] = asyncio.Future()
    value.set_result(None)
    known.set_result(False)
    return pulumi.Output(set(), value, known)


async def account_of(component: pulumi.Resource) -> str:
    """The account of the component's provider, asked once in a program."""
    look = partial(ask, component, "index/getCallerIdentity:getCallerIdentity")
    found = await watch().once_for(component, "account", look)
    return str(found["accountId"])


async def account_by(provider: pulumi.Resource | None) -> str:
    """The account of an explicit provider, or of the default one. Raises whatever the engine does."""
    assert provider is None or isinstance(provider, pulumi.ProviderResource)
    opts = pulumi.InvokeOptions(provider=provider, version=plugin_version())
    answer: Any = await pulumi.runtime.invoke_async("aws:index/getCallerIdentity:getCallerIdentity", {}, opts)
    return str(answer["accountId"])


async def partition_of(component: pulumi.Resource) -> str:
    """The partition of the component's provider: aws, aws-cn or aws-us-gov."""
    return str((await ask(component, "index/getPartition:getPartition"))["partition"])
