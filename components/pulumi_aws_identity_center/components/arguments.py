"""Checks and parses the arguments of every component, by key; one error lists every problem.

A key means the same in every component and in the stack's configuration.
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
    """The check for a plain value. An Output passes: its component checks it when it is known (checked_when_known)."""
    return lambda value, key: value if is_deferred(value) else check(value, key)


def checked_when_known(value: Any, key: str, check: Callable[[Any, str], Any]) -> Any:
    """The argument. An Output is checked when it is known; if it is a secret, the error doesn't show its value."""
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
    """The reason may be an Output, such as a secret; the date may not."""
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
    """Unparsed: `parse_access_matrix` parses the permission sets and the assignments together."""
    return value


class Arguments(dict[str, Any]):
    """A component's parsed arguments, by key. A component that gets them doesn't parse them again."""


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


def _parse_each(
    args: Mapping[str, Any], prefix: str = "", required: Collection[str] = ()
) -> tuple[Arguments, list[str]]:
    """The values, parsed, and every problem of them. None stands for a value that is left out."""
    values = Arguments()
    problems: list[str] = []
    for key, value in args.items():
        if value is None and key not in required:
            continue
        with collected(problems):
            values[key] = PARSERS[key](value, prefix + key)
    return values, problems


def read_arguments(arguments: Mapping[str, Any] | None, allowed: type) -> Any:
    """A component's arguments, parsed; a key may be in snake_case. Raises InvalidInput with every problem.

    An unknown key is a problem: without an error its argument would silently keep the default.
    """
    if isinstance(arguments, Arguments):
        return arguments
    if arguments is None:
        arguments = {}
    keys = tuple(allowed.__annotations__)
    required: frozenset[str] = allowed.__required_keys__  # type: ignore[attr-defined] # it is a TypedDict
    if not isinstance(arguments, Mapping):
        raise InvalidInput([f"The arguments are {shown(arguments)}, and have to be an object with {', '.join(keys)}."])
    read, problems = _by_own_key(arguments, keys)
    values, problems_of_values = _parse_each({key: read.get(key) for key in keys}, required=required)
    refuse([*problems, *problems_of_values])
    return values


def spelled_as_keys(arguments: Mapping[str, Any], keys: Collection[str]) -> dict[str, Any]:
    """The values of those keys, also where they are spelled in snake_case."""
    return _by_own_key(arguments, keys)[0]


def _by_own_key(arguments: Mapping[str, Any], keys: Collection[str]) -> tuple[dict[str, Any], list[str]]:
    """The values by the keys' own spelling, and a sentence for each key that isn't one or is there twice."""
    spellings = {snake_case(key): key for key in keys} | {key: key for key in keys}
    problems = [
        f"{key} is not an argument; the arguments are {', '.join(keys)}." for key in arguments if key not in spellings
    ]
    read: dict[str, Any] = {}
    for key, value in arguments.items():
        name = spellings.get(key)
        if name in read:
            problems.append(f"{name} is given twice, as {name} and in snake_case; give it once.")
        elif name is not None:
            read[name] = value
    return read, problems
