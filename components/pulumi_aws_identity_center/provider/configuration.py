"""The provider's own configuration: how it signs in, and in which accounts it may work. The names are those of Pulumi's
aws provider."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from pulumi_aws_identity_center.aws.sign_in_settings import ROLE_PARTS, SignIn
from pulumi_aws_identity_center.domain.values import is_account_id

from .values import UNKNOWN

Configuration = Mapping[str, Any]
_TEXTS = ("region", "profile", "accessKey", "secretKey", "token")
_ACCOUNTS = ("allowedAccountIds", "forbiddenAccountIds")
NAMES = (*_TEXTS, "assumeRoles", *_ACCOUNTS)


def configuration_problems(configuration: Configuration) -> list[tuple[str, str]]:
    """(name, sentence) each, without values, which may be secrets. What only the update knows has none."""
    problems = []
    for name, find in _PROBLEMS.items():
        value = configuration.get(name)
        if value is None or value is UNKNOWN:
            continue
        try:
            problems += [(name, sentence) for sentence in find(_decoded(value), name)]
        except (ValueError, RecursionError):
            problems.append((name, f"{name} is not a list, as JSON."))
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


def _role_problems(rows: Any, name: str) -> list[str]:
    if not isinstance(rows, list):
        return [f"{name} is not a list of objects with roleArn."]
    return [sentence for number, row in enumerate(rows) for sentence in _row_problems(row, f"{name}[{number}]")]


def _row_problems(row: Any, key: str) -> list[str]:
    if row is UNKNOWN:
        return []
    if not isinstance(row, Mapping) or not row.get("roleArn"):
        return [f"{key} is not an object with roleArn; the keys are {_ROLE_KEYS}."]
    return [sentence for name, value in row.items() for sentence in _part_problems(name, value, f"{key}.{name}")]


def _part_problems(name: str, value: Any, key: str) -> list[str]:
    part = ROLE_PARTS.get(name)
    if part is None:
        return [f"{key} is not a key; the keys are {_ROLE_KEYS}."]
    is_right = value is None or value is UNKNOWN or isinstance(value, part.type)
    return [] if is_right else [f"{key} is not {part.noun}."]


_ROLE_KEYS = ", ".join(ROLE_PARTS)


def _account_problems(ids: Any, name: str) -> list[str]:
    if not isinstance(ids, list):
        return [f"{name} is not a list of account ids."]
    wrong = [number for number, id_ in enumerate(ids) if id_ is not UNKNOWN and not is_account_id(id_)]
    return [f"{name}[{number}] is not an account id, which is 12 digits in quotes." for number in wrong]


_PROBLEMS: Mapping[str, Callable[[Any, str], list[str]]] = {
    "assumeRoles": _role_problems,
    **dict.fromkeys(_ACCOUNTS, _account_problems),
}
