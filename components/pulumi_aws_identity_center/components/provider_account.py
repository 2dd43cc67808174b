"""Which providers of a program sign in to the same AWS account. Asks AWS: two keys may belong to one account."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi

from pulumi_aws_identity_center.names import ORGANIZATION_TYPE

from .aws_resources import plugin_version

_CALLER = "aws:index/getCallerIdentity:getCallerIdentity"


class ProviderAccounts:
    """The providers of one program, by account. An unknown account counts as the same one."""

    def __init__(self) -> None:
        self._same: dict[pulumi.Resource | None, pulumi.Resource | None] = {}
        self._ids: dict[pulumi.Resource | None, str | None] = {}

    def first_of_account(self, provider: pulumi.Resource | None) -> pulumi.Resource | None:
        """The program's first provider with the same account, as a key to compare; None is the default provider. Asks
        AWS only if the program has several providers."""
        if provider not in self._same:
            known_providers = dict.fromkeys(self._same.values())
            same = (first for first in known_providers if self._is_same(first, provider))
            self._same[provider] = next(same, provider)
        return self._same[provider]

    def _is_same(self, one: pulumi.Resource | None, other: pulumi.Resource | None) -> bool:
        ids = (self._account_id(one), self._account_id(other))
        return None in ids or ids[0] == ids[1]

    def _account_id(self, provider: pulumi.Resource | None) -> str | None:
        if provider not in self._ids:
            self._ids[provider] = _ask_account_id(provider)
        return self._ids[provider]


def _ask_account_id(provider: pulumi.Resource | None) -> str | None:
    """None if it is unknown, as in the preview that creates the provider's own credentials."""
    assert provider is None or isinstance(provider, pulumi.ProviderResource)
    opts = pulumi.InvokeOptions(provider=provider, version=plugin_version())
    try:
        answer = pulumi.runtime.invoke(_CALLER, {}, opts).value
    except Exception as error:  # noqa: BLE001 - the engine's failures have no class of their own
        pulumi.log.debug(f"The account of {provider} could not be asked for: {error}")
        return None
    return (answer or {}).get("accountId")


def explicit_provider(component: pulumi.Resource) -> pulumi.Resource | None:
    """The explicit aws provider of the component or of a parent; None for the default one."""
    return component.get_provider(ORGANIZATION_TYPE)


def provider_of(opts: pulumi.ResourceOptions, type_: str = ORGANIZATION_TYPE) -> pulumi.Resource | None:
    """The explicit provider for children of that type, by the options of a component that isn't constructed yet."""
    package = type_.partition(":")[0]
    providers: Any = opts.providers or ()
    for provider in (opts.provider, *(providers.values() if isinstance(providers, Mapping) else providers)):
        if isinstance(provider, pulumi.ProviderResource) and provider.package == package:
            return provider
    return opts.parent.get_provider(type_) if opts.parent is not None else None
