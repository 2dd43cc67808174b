"""The settings of an aws provider: from the program that declares it, or from the stack, for the default one."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import pulumi

from pulumi_aws_identity_center.domain.values import snake_case

from .program import current_program

_SECRET_KEYS = ("accessKey", "secretKey", "token")
SIGN_IN_KEYS = ("region", "profile", *_SECRET_KEYS, "assumeRoles")
# With one of these, a provider uses credentials or an endpoint that this process doesn't use.
OTHER_WAYS = ("assumeRoleWithWebIdentity", "endpoints", "sharedConfigFiles", "sharedCredentialsFiles")


def settings_of(provider: pulumi.Resource | None, keys: Collection[str]) -> dict[str, Any] | None:
    """The provider's settings among these keys. None if its declaration wasn't seen. provider: None for the default."""
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
