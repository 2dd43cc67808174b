"""Whose account a resource will be in, as far as its provider tells: two with one key sign in alike, so are in one."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from typing import Any

import pulumi

from pulumi_aws_identity_center.domain.values import snake_case
from pulumi_aws_identity_center.names import ORGANIZATION_TYPE

# The inputs of Pulumi's aws provider that decide it; a Region doesn't.
_SIGN_IN = (
    "accessKey",
    "secretKey",
    "token",
    "profile",
    "assumeRoles",
    "assumeRoleWithWebIdentity",
    "sharedConfigFiles",
    "sharedCredentialsFiles",
    "allowedAccountIds",
)


def account_key(
    provider: pulumi.Resource | None, inputs_of: Callable[[pulumi.Resource], Mapping[str, Any] | None]
) -> Hashable:
    """The key, for an explicit provider or the default one.

    inputs_of: what an explicit provider was declared with; None for one of another process.
    """
    if provider is None:
        config = pulumi.Config("aws")
        return _key({key: config.get(key) for key in _SIGN_IN})
    inputs = inputs_of(provider)
    return provider if inputs is None else _key({key: inputs.get(key, inputs.get(snake_case(key))) for key in _SIGN_IN})


def explicit_provider(component: pulumi.Resource) -> pulumi.Resource | None:
    """The aws provider that it was given, or a parent of it; None for the default one."""
    return component.get_provider(ORGANIZATION_TYPE)


def provider_of(opts: pulumi.ResourceOptions) -> pulumi.Resource | None:
    """The explicit aws provider of a resource that is still to be made."""
    given: Any = opts.providers or ()
    for provider in (opts.provider, *(given.values() if isinstance(given, Mapping) else given)):
        if isinstance(provider, pulumi.ProviderResource) and provider.package == "aws":
            return provider
    return explicit_provider(opts.parent) if opts.parent is not None else None


def _key(inputs: Mapping[str, Any]) -> Hashable:
    # An Output is another each time: no clash is told where there may be none.
    return tuple((key, value if isinstance(value, str) else repr(value)) for key, value in inputs.items() if value)
