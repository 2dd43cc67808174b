"""What an argument's value may be, by its key: the same key means the same in every component and in the configuration.

Every component checks its arguments here, so one error lists everything that is wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import pulumi

from pulumi_aws_identity_center.domain.access_control_attributes import check_attributes
from pulumi_aws_identity_center.domain.break_glass import BreakGlass, parse_break_glass
from pulumi_aws_identity_center.domain.operator_roles import parse_operator_roles
from pulumi_aws_identity_center.domain.sentinel import PARSERS as SENTINEL_PARSERS
from pulumi_aws_identity_center.domain.sentinel import parse_sentinel
from pulumi_aws_identity_center.domain.values import (
    check_account,
    check_guarded_services,
    check_instance,
    check_policy_prefix,
    check_service_principal,
    check_trusted_access,
    check_when_not_enabled,
    snake_case,
)
from pulumi_aws_identity_center.errors import InvalidInput, collected, refuse, shown
from pulumi_aws_identity_center.matrix.access_matrix import parse_access_matrix

from .user_errors import in_update, plain_error

SECRET_REASON = "its reason is a secret"


def is_deferred(value: Any) -> bool:
    """Whether only the engine knows it so far."""
    return isinstance(value, pulumi.Output)


def _known(check: Callable[[Any, str], Any]) -> Callable[[Any, str], Any]:
    """That check, for what is known by now: who gets an Output judges it when it is, and once."""
    return lambda value, key: value if is_deferred(value) else check(value, key)


def checked_when_known(value: Any, key: str, check: Callable[[Any, str], Any]) -> Any:
    """An argument, with the check for an Output once that is known: what is known already is parsed. Of a secret its
    error says what is allowed, not what it is."""
    if not isinstance(value, pulumi.Output):
        return value

    async def check_known(known: Any) -> Any:
        try:
            return check(known, key)
        except InvalidInput as error:
            secret = await value.is_secret()
            raise plain_error(str(error).replace(shown(known), "a secret") if secret else str(error)) from None

    return value.apply(check_known)


def _break_glass(value: Any, key: str) -> BreakGlass | None:
    """A reason can be a secret, which no message may show; a date can't."""
    if not isinstance(value, Mapping) or not is_deferred(value.get("reason")):
        return parse_break_glass(value, key, closing=in_update())
    parsed = parse_break_glass({**value, "reason": SECRET_REASON}, key, closing=in_update())
    assert parsed is not None
    return replace(parsed, arguments=value)


def _access_matrix(value: Any, key: str) -> Arguments:
    """The arguments of an AccessMatrix, with its permission sets and assignments as one `matrix`."""
    whole = dict(value) if isinstance(value, Mapping) else value
    own = {name: whole.pop(name, None) for name in _BESIDE_MATRIX} if isinstance(whole, dict) else {}
    values, problems = _parse_each(own, f"{key}.")
    with collected(problems):
        values["matrix"] = parse_access_matrix(whole, key, is_deferred=is_deferred)
    refuse(problems)
    return values


_BESIDE_MATRIX = ("instanceArn", "breakGlass")


def _with_the_whole(value: Any, key: str) -> Any:
    """A part of a matrix, which `parse_access_matrix` parses together with the other part."""
    return value


class Arguments(dict[str, Any]):
    """A component's arguments by their own keys, each parsed: a component that is given them takes them unchanged."""


PARSERS: Mapping[str, Callable[[Any, str], Any]] = {
    "accountId": _known(check_account),
    "delegatedAdministratorAccountId": _known(check_account),
    "trustedAccess": _known(check_trusted_access),
    "servicePrincipal": _known(check_service_principal),
    "whenNotEnabled": check_when_not_enabled,
    **dict.fromkeys(("roles", "operatorRoles"), partial(parse_operator_roles, is_deferred=is_deferred)),
    "policyPrefix": check_policy_prefix,
    "accessControlAttributes": partial(check_attributes, is_deferred=is_deferred),
    "breakGlass": _break_glass,
    "sentinel": partial(parse_sentinel, parse_glass=_break_glass),
    "accessMatrix": _access_matrix,
    "guardedServicePrincipals": check_guarded_services,
    "permissionSets": _with_the_whole,
    "assignments": _with_the_whole,
    "instanceArn": _known(check_instance),
    **SENTINEL_PARSERS,
}


def parse_values(args: Mapping[str, Any], allowed: type, prefix: str = "") -> Arguments:
    """The values as their keys' parsers make of them; None stands for what is left out. Raises InvalidInput with every
    problem. prefix: what the reader writes before a key."""
    required: frozenset[str] = allowed.__required_keys__  # type: ignore[attr-defined] # it is a TypedDict
    values, problems = _parse_each({key: args.get(key) for key in allowed.__annotations__}, prefix, required)
    refuse(problems)
    return values


def _parse_each(args: Mapping[str, Any], prefix: str, required: Collection[str] = ()) -> tuple[Arguments, list[str]]:
    """The values, parsed, and every problem of them."""
    values = Arguments()
    problems: list[str] = []
    for key, value in args.items():
        if value is None and key not in required:
            continue
        with collected(problems):
            values[key] = PARSERS[key](value, prefix + key)
    return values, problems


def read_arguments(arguments: Mapping[str, Any] | None, allowed: type) -> Any:
    """A component's arguments by their own keys; Python's snake_case is taken too. Raises InvalidInput with every
    problem: of other keys, and of the values.

    A misspelt key must not pass in silence: what it asked for would be left at a default.
    """
    if isinstance(arguments, Arguments):
        return arguments
    if arguments is None:
        arguments = {}
    keys = tuple(allowed.__annotations__)
    if not isinstance(arguments, Mapping):
        raise InvalidInput([f"The arguments are {shown(arguments)}, and have to be an object with {', '.join(keys)}."])
    read, problems = _by_own_key(arguments, keys)
    with collected(problems):
        values = parse_values(read, allowed)
    refuse(problems)
    return values


def spelled_as_keys(arguments: Mapping[str, Any], keys: Collection[str]) -> dict[str, Any]:
    """The values of those keys, also where they are spelled in snake_case."""
    return _by_own_key(arguments, keys)[0]


def _by_own_key(given: Mapping[str, Any], keys: Collection[str]) -> tuple[dict[str, Any], list[str]]:
    """The values by the keys' own spelling, and a sentence for each key that isn't one or is there twice."""
    spellings = {snake_case(key): key for key in keys} | {key: key for key in keys}
    problems = [
        f"{key} is not an argument; the arguments are {', '.join(keys)}." for key in given if key not in spellings
    ]
    read: dict[str, Any] = {}
    for key, value in given.items():
        name = spellings.get(key)
        if name in read:
            problems.append(f"{name} is given twice, as {name} and in snake_case; give it once.")
        elif name is not None:
            read[name] = value
    return read, problems
