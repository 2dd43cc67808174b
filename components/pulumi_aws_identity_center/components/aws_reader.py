"""Reads from AWS what pulumi_aws has no function for, with the Region and credentials of the component's provider.

`sign_in_of` takes them from the component's explicit provider, else from the `aws:` configuration, else from the
environment, as the provider itself does. It gives None if they can't be known here: the explicit provider is another
process's, as in a remote component, or only the update knows a value. Then nothing is read, because an answer of
another account would be worse than none. Every result is an `Answer`: a check that only warns must not end a preview.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Hashable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import pulumi

from pulumi_aws_identity_center.aws.results import Answer
from pulumi_aws_identity_center.aws.sign_in_settings import SignIn, is_role
from pulumi_aws_identity_center.domain.values import as_list, camel_case, snake_case
from pulumi_aws_identity_center.errors import NotKnownYet

from .lookups import account_of, region_of
from .program import current_program
from .provider_account import explicit_provider
from .provider_settings import OTHER_WAYS, SIGN_IN_KEYS, settings_of

if TYPE_CHECKING:
    from pulumi_aws_identity_center.aws.client import Account

Value = TypeVar("Value")
UNKNOWN_SIGN_IN: Answer[Any] = Answer(kind="unknown-sign-in")
# The outputs of a provider. Its roles are not among them.
_PROVIDER_KEYS = ("profile", "access_key", "secret_key", "token")


async def sign_in_of(component: pulumi.Resource) -> SignIn | None:
    """The sign-in of the component's provider. None if it can't be known here."""
    provider = explicit_provider(component)
    if provider is None or current_program().inputs_of(provider) is not None:
        return await declared_sign_in(provider)
    return await _sign_in_by_account(component, provider)


async def declared_sign_in(provider: pulumi.Resource | None) -> SignIn | None:
    """The sign-in of a provider that this program declares, or of the default one. None if it can't be known here."""
    settings = settings_of(provider, (*SIGN_IN_KEYS, *OTHER_WAYS))
    if settings is None or any(map(settings.get, OTHER_WAYS)):
        return None
    values: dict[str, Any] = {}
    for key in settings.keys() - OTHER_WAYS:
        output = pulumi.Output.from_input(settings[key])
        if not await output.is_known():
            return None
        values[snake_case(key)] = await output.future()
    roles = _roles(values.pop("assume_roles", None) or [])
    return None if roles is None else SignIn(**values, assume_roles=roles)


async def _sign_in_by_account(component: pulumi.Resource, provider: pulumi.Resource) -> SignIn | None:
    """The sign-in of a provider that another process declares. It doesn't show the provider's roles. So the provider is
    asked for its account, and credentials of another account read nothing."""
    try:
        account, region = await asyncio.gather(account_of(component), region_of(component))
    except NotKnownYet:
        return None
    values = {key: await _known_output(provider, key) for key in _PROVIDER_KEYS}
    return SignIn(region=region, account=account, **values)


async def _known_output(provider: pulumi.Resource, key: str) -> Any:
    """The provider's setting; None if it has none, isn't created yet, or is another process's."""
    output = vars(provider).get(key)
    return await output.future() if isinstance(output, pulumi.Output) and await output.is_known() else None


def _roles(value: Any) -> tuple[Mapping[str, Any], ...] | None:
    """The roles to assume, with the configuration's keys. None if the aws provider would refuse the value."""
    try:
        rows = as_list(json.loads(value) if isinstance(value, str) else value)
    except ValueError:
        return None
    if not all(isinstance(row, Mapping) for row in rows):
        return None
    # A Python program may spell a key as role_arn.
    roles = [{camel_case(key): part for key, part in row.items() if part is not None} for row in rows]
    return tuple({"sessionName": "pulumi", **role} for role in roles) if all(map(is_role, roles)) else None


async def ask_aws(component: pulumi.Resource, question: Callable[[Account], Answer[Value]]) -> Answer[Value]:
    """AWS's answer to the question, with the sign-in of the component's provider."""
    account = await account_for(component)
    return account.as_error() if account.value is None else await asyncio.to_thread(question, account.value)


async def ask_aws_once(
    component: pulumi.Resource, what: Hashable, question: Callable[[Account], Answer[Value]]
) -> Answer[Value]:
    """As `ask_aws`, but read once in a program for each account."""
    account = await account_for(component)
    return await current_program().once((what, account), lambda: ask_aws(component, question))


async def account_for(component: pulumi.Resource) -> Answer[Account]:
    """The reader of that account, one in a program for each sign-in: making clients is slow."""
    sign_in = await current_program().once_for(component, "sign-in", lambda: sign_in_of(component))
    if sign_in is None or await current_program().state() is None:
        return UNKNOWN_SIGN_IN  # without an engine this is somebody's unit test, which must not reach AWS
    return await current_program().once(("account", sign_in), lambda: asyncio.to_thread(_open, sign_in))


def _open(sign_in: SignIn) -> Answer[Account]:
    from pulumi_aws_identity_center.aws.client import Patience, open_account  # costs botocore

    return open_account(sign_in, Patience(attempts=2, connect=3, read=5))


async def trusted_services(component: pulumi.Resource) -> Answer[list[dict[str, Any]]]:
    """The services with trusted access."""
    return await ask_aws_once(component, "trusted", lambda account: account.trusted())
