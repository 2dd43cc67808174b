"""Makes this package's own provider sign in as the component's aws provider does.

The engine gives a provider only the configuration of its own namespace, without `aws:region` or `aws:profile`. So if
the aws provider is configured, explicitly or by the stack, the component declares a provider of its own with the same
settings. Otherwise it uses the default one, which signs in by the environment.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from typing import Any

import pulumi

from pulumi_aws_identity_center.domain.values import camel_case
from pulumi_aws_identity_center.errors import InvalidInput
from pulumi_aws_identity_center.matrix.resource_steps import PERMISSION_SET_TYPE
from pulumi_aws_identity_center.names import PACKAGE

from .provider_account import explicit_provider
from .provider_resources import own_version
from .provider_settings import OTHER_WAYS, SIGN_IN_KEYS, settings_of

_KEYS = (*SIGN_IN_KEYS, "allowedAccountIds", "forbiddenAccountIds", *OTHER_WAYS)


class _OwnProvider(pulumi.ProviderResource):
    def __init__(self, name: str, inputs: Mapping[str, Any], opts: pulumi.ResourceOptions) -> None:
        super().__init__(PACKAGE, name, inputs, opts)


def own_provider(component: pulumi.Resource, name: str) -> pulumi.ProviderResource | None:
    """The provider for the component's resources; None for their default one.

    Raises InvalidInput if this process can't know how the component's aws provider signs in.
    """
    if component.get_provider(PERMISSION_SET_TYPE) is not None:
        return None
    inputs = _inputs(explicit_provider(component))
    if not inputs:
        return None
    opts = pulumi.ResourceOptions(parent=component, version=own_version())
    return _OwnProvider(f"{name}-sign-in", inputs, opts)


def _inputs(aws: pulumi.Resource | None) -> dict[str, Any]:
    """The aws provider's settings. Raises InvalidInput for a setting that this provider lacks, since it would then use
    other credentials."""
    values = settings_of(aws, _KEYS)
    if values is None:
        raise InvalidInput(
            "AccessMatrix has an aws provider of another process, and can't know how it signs in. Also give it a "
            f"provider of {PACKAGE} with the same region, profile or assumeRoles."
        )
    unsupported = [key for key in OTHER_WAYS if key in values]
    if unsupported:
        raise InvalidInput(
            f"AccessMatrix can't sign in as its aws provider, which has {', '.join(unsupported)}. Sign in by the "
            f"environment (AWS_ROLE_ARN and AWS_WEB_IDENTITY_TOKEN_FILE, AWS_CONFIG_FILE, AWS_ENDPOINT_URL), or "
            f"give AccessMatrix a provider of {PACKAGE} too."
        )
    return {key: _as_text(value) for key, value in values.items()}


def _as_text(value: Any) -> Any:
    """A provider's inputs are texts: Pulumi's protocol writes a list as JSON. The aws package may have done so."""
    if isinstance(value, str):
        return value
    output: pulumi.Output[Any] = pulumi.Output.from_input(value)
    return output.apply(_known_as_text)


def _known_as_text(value: Any) -> str | None:
    if isinstance(value, str) and value.startswith("["):
        with contextlib.suppress(ValueError):
            value = json.loads(value)
    if isinstance(value, list):
        return json.dumps(list(map(_in_camel_case, value)))
    return value if value is None or isinstance(value, str) else json.dumps(value)


def _in_camel_case(row: Any) -> Any:
    """An object as the configuration spells it: a Python program may write role_arn."""
    return {camel_case(name): part for name, part in row.items()} if isinstance(row, Mapping) else row
