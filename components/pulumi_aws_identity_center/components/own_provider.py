"""How this package's own provider signs in: as the aws provider of the component does.

The engine gives a provider the configuration of its own namespace only, and `aws:region` or `aws:profile` are in
another. So where the aws provider is configured, explicitly or by the stack, the component declares a provider of its
own with the same; otherwise the default one is used, which signs in by the environment.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pulumi

from pulumi_aws_identity_center.domain.values import snake_case
from pulumi_aws_identity_center.errors import InvalidInput
from pulumi_aws_identity_center.names import PACKAGE

from .program import current_program
from .provider_account import explicit_provider
from .provider_resources import PERMISSION_SET_TYPE, own_version

_PLAIN = ("region", "profile")
_SECRET = ("accessKey", "secretKey", "token")
_OBJECTS = ("assumeRoles",)


class _OwnProvider(pulumi.ProviderResource):
    def __init__(self, name: str, inputs: Mapping[str, Any], opts: pulumi.ResourceOptions) -> None:
        super().__init__(PACKAGE, name, inputs, opts)


def own_provider(component: pulumi.Resource, name: str) -> pulumi.ProviderResource | None:
    """The provider to declare the component's resources with; None for the one that they get anyway.

    Raises InvalidInput where the sign-in of the component's aws provider can't be known here.
    """
    if component.get_provider(PERMISSION_SET_TYPE) is not None:
        return None
    aws = explicit_provider(component)
    inputs = _configured() if aws is None else _given(aws)
    if not inputs:
        return None
    opts = pulumi.ResourceOptions(parent=component, version=own_version())
    return _OwnProvider(f"{name}-sign-in", inputs, opts)


def _configured() -> dict[str, Any]:
    """The stack's configuration of the aws provider."""
    config = pulumi.Config("aws")
    values: dict[str, Any] = {key: config.get(key) for key in (*_PLAIN, *_OBJECTS)}
    values |= {key: config.get_secret(key) for key in _SECRET}
    return {key: value for key, value in values.items() if value is not None}


def _given(aws: pulumi.Resource) -> dict[str, Any]:
    inputs = current_program().inputs_of(aws)
    if inputs is None:
        raise InvalidInput(
            [
                "AccessMatrix is given an aws provider of another process, which doesn't tell how it signs in. Give it "
                f"a provider of {PACKAGE} too, with the same region, profile or assumeRoles."
            ]
        )
    values = {key: inputs.get(key, inputs.get(snake_case(key))) for key in (*_PLAIN, *_SECRET, *_OBJECTS)}
    return {key: _as_text(value) for key, value in values.items() if value is not None}


def _as_text(value: Any) -> Any:
    """A provider's inputs are text: the engine's protocol has objects as JSON."""
    if isinstance(value, (str, pulumi.Output)):
        return value
    return pulumi.Output.from_input(value).apply(json.dumps)
