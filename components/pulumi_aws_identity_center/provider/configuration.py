"""The provider's own configuration: how it signs in, and in which accounts it may work. The names are those of Pulumi's
aws provider."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from pulumi_aws_identity_center.aws.sign_in_settings import ROLE_PARTS, SignIn
from pulumi_aws_identity_center.domain.values import is_account_id, item_problems

from .values import UNKNOWN

Configuration = Mapping[str, Any]
_TEXTS = ("region", "profile", "accessKey", "secretKey", "token")
_ACCOUNTS = ("allowedAccountIds", "forbiddenAccountIds")
NAMES = (*_TEXTS, "assumeRoles", *_ACCOUNTS)


def configuration_problems(configuration: Configuration) -> list[tuple[str, str]]:
    """(name, sentence) each, without values, which may be secrets. What only the update knows has none."""
    problems: list[tuple[str, str]] = []
    for name in _LISTS:
        problems += [(name, sentence) for sentence in _list_problems(name, configuration.get(name))]
    return problems


def sign_in_of(configuration: Configuration) -> SignIn:
    """Of a configuration without problems."""
    return SignIn(
        region=configuration.get("region"),
        profile=configuration.get("profile"),
        access_key=configuration.get("accessKey"),
        secret_key=configuration.get("secretKey"),
        token=configuration.get("token"),
        assume_roles=tuple(_list(configuration, "assumeRoles")),
    )


def limits_accounts(configuration: Configuration) -> bool:
    return any(_list(configuration, name) for name in _ACCOUNTS)


def account_problem(configuration: Configuration, account: str) -> str | None:
    """Why the provider may not work in that account, which is the caller's."""
    allowed, forbidden = (_list(configuration, name) for name in _ACCOUNTS)
    if account in forbidden:
        return f"The credentials are of account {account}, which forbiddenAccountIds names."
    if allowed and account not in allowed:
        return f"The credentials are of account {account}, which is not among allowedAccountIds ({', '.join(allowed)})."
    return None


def _list(configuration: Configuration, name: str) -> list[Any]:
    return _decoded(configuration.get(name)) or []


def _decoded(value: Any) -> Any:
    """A provider's inputs that aren't text arrive as JSON."""
    return json.loads(value) if isinstance(value, str) else value


def _list_problems(name: str, value: Any) -> list[str]:
    kind = _LISTS[name]
    if value in (None, UNKNOWN):
        return []
    try:
        items = _decoded(value)
    except (ValueError, RecursionError):
        return [f"{name} is not a list, as JSON."]
    if not isinstance(items, list):
        return [f"{name} is not a list of {kind.items}."]
    return item_problems(items, name, kind.problems)


def _role_problems(role: Any, key: str) -> Iterator[str]:
    if role is UNKNOWN:
        return
    if not isinstance(role, Mapping) or not role.get("roleArn"):
        yield f"{key} is not an object with roleArn; the keys are {_ROLE_KEYS}."
        return
    for name, value in role.items():
        part = ROLE_PARTS.get(name)
        if part is None:
            yield f"{key}.{name} is not a key; the keys are {_ROLE_KEYS}."
        elif value not in (None, UNKNOWN) and not isinstance(value, part.type):
            yield f"{key}.{name} is not {part.noun}."


_ROLE_KEYS = ", ".join(ROLE_PARTS)


def _account_problems(account: Any, key: str) -> Iterator[str]:
    if account is not UNKNOWN and not is_account_id(account):
        yield f"{key} is not an account id, which is 12 digits in quotes."


class _List(NamedTuple):
    """A setting that is a list. items: what it is a list of. problems: those of an item with its key."""

    items: str
    problems: Callable[[Any, str], Iterator[str]]


_LISTS: Mapping[str, _List] = {
    "assumeRoles": _List("objects with roleArn", _role_problems),
    **dict.fromkeys(_ACCOUNTS, _List("account ids", _account_problems)),
}
