"""Reads from AWS what pulumi_aws has no data source for, with the Region and credentials of the component's provider.

`settings_of` takes Region and credentials from the component's explicit provider, else from the `aws:` configuration,
else from the environment, in that order, as the provider itself does. What can't be known here (an explicit provider
of another process, as in a remote component; values that only the update will know) is `None`. Then it reads nothing,
because another account's answer would be worse than none. Every read returns rows, or `NotRead` with the reason, and
raises nothing.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any

import pulumi

from pulumi_aws_identity_center.aws.provider_session import NotRead, Reader, Row, Settings
from pulumi_aws_identity_center.aws.sign_in_settings import is_role
from pulumi_aws_identity_center.domain.values import as_list, camel_case, snake_case
from pulumi_aws_identity_center.errors import NotKnownYet

from .lookups import account_of, region_of
from .program import current_program
from .provider_account import OTHER_WAYS, explicit_provider
from .stack_state import read_state

_KEYS = {"region": "region", "profile": "profile", "access_key": "accessKey", "secret_key": "secretKey"}
_KEYS |= {"token": "token", "assume_roles": "assumeRoles"}
# What a provider tells by its outputs; its roles are not among them.
_PROVIDER_KEYS = ("profile", "access_key", "secret_key", "token")


async def settings_of(component: pulumi.Resource) -> Settings | None:
    """The settings of the component's provider, or None where they can't be known."""
    provider = explicit_provider(component)
    if provider is None or current_program().inputs_of(provider) is not None:
        return await declared_settings(provider)
    return await _settings_by_account(component, provider)


async def declared_settings(provider: pulumi.Resource | None) -> Settings | None:
    """The settings of a provider that this program declares, or of the default one. None where they can't be known."""
    if provider is not None:
        inputs = current_program().inputs_of(provider)
        return None if inputs is None else await _settings_by_inputs(inputs)
    config = pulumi.Config("aws")
    if any(config.get(key) for key in OTHER_WAYS):
        return None
    return _settings({name: config.get(key) for name, key in _KEYS.items()})


async def _settings_by_inputs(inputs: Mapping[str, Any]) -> Settings | None:
    """As the provider was declared."""
    if any(inputs.get(key) or inputs.get(snake_case(key)) for key in OTHER_WAYS):
        return None
    values: dict[str, Any] = {}
    for name, key in _KEYS.items():
        output = pulumi.Output.from_input(inputs.get(name, inputs.get(key)))
        if not await output.is_known():
            return None
        values[name] = await output.future()
    return _settings(values)


async def _settings_by_account(component: pulumi.Resource, provider: pulumi.Resource) -> Settings | None:
    """Of a provider whose declaration wasn't seen, which doesn't tell its roles: its account is asked for through it,
    and credentials of another account read nothing."""
    try:
        account, region = await asyncio.gather(account_of(component), region_of(component))
    except NotKnownYet:
        return None
    values = {key: await _known_output(provider, key) for key in _PROVIDER_KEYS}
    return Settings(region=region, account=account, **values)


async def _known_output(provider: pulumi.Resource, key: str) -> Any:
    """What the provider was given; None where it wasn't, isn't made yet, or is another process's."""
    output = vars(provider).get(key)
    return await output.future() if isinstance(output, pulumi.Output) and await output.is_known() else None


def _settings(values: dict[str, Any]) -> Settings | None:
    roles = _roles(values.pop("assume_roles") or [])
    return None if roles is None else Settings(**values, assume_roles=json.dumps(roles))


def _roles(value: Any) -> list[dict[str, Any]] | None:
    """The roles to assume, with the configuration's keys; None where the aws provider takes no such value either."""
    try:
        rows = as_list(json.loads(value) if isinstance(value, str) else value)
    except ValueError:
        return None
    if not all(isinstance(row, Mapping) for row in rows):
        return None
    # A Python program may spell a key as role_arn.
    roles = [{camel_case(key): part for key, part in row.items() if part is not None} for row in rows]
    return roles if all(map(is_role, roles)) else None


async def reader_of(component: pulumi.Resource) -> Reader:
    """Reads as the component's provider would. One a program for the same settings: making clients takes a while."""
    settings = await current_program().once_for(component, "settings", lambda: settings_of(component))
    if await read_state() is None:
        settings = None  # without an engine this is somebody's unit test, which must not reach AWS
    return current_program().shared(("reader", settings), lambda: Reader(settings))


async def trusted_services(component: pulumi.Resource) -> list[Row] | NotRead:
    """The services with trusted access, read once however many components ask."""
    reader = await reader_of(component)
    return await current_program().once(("trusted", reader), lambda: asyncio.to_thread(reader.trusted_services))
