"""What an aws provider is configured with: by the program that declares it, or by the stack, for the default one."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import pulumi

from pulumi_aws_identity_center.domain.values import snake_case

from .program import current_program

_SECRET_KEYS = ("accessKey", "secretKey", "token")
SIGN_IN_KEYS = ("region", "profile", *_SECRET_KEYS, "assumeRoles")
# With one of these a provider signs in, or asks, where nothing else here would.
OTHER_WAYS = ("assumeRoleWithWebIdentity", "endpoints", "sharedConfigFiles", "sharedCredentialsFiles")


def settings_of(provider: pulumi.Resource | None, keys: Collection[str]) -> dict[str, Any] | None:
    """Those of the keys that it has; None where its declaration wasn't seen. provider: None for the default one."""
    if provider is None:
        config = pulumi.Config("aws")
        values = {key: config.get_secret(key) if key in _SECRET_KEYS else config.get(key) for key in keys}
    else:
        inputs = current_program().inputs_of(provider)
        if inputs is None:
            return None
        # A Python program spells a key as access_key.
        values = {key: inputs.get(key, inputs.get(snake_case(key))) for key in keys}
    return {key: value for key, value in values.items() if value is not None}
