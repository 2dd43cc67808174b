"""What an argument's value may be, by its key: the same key means the same in every component and in the configuration.

Every component checks its arguments here, so one error lists everything that is wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pulumi

from pulumi_aws_identity_center.domain.access_control_attributes import check_attributes
from pulumi_aws_identity_center.domain.break_glass import check as check_break_glass
from pulumi_aws_identity_center.domain.operator_roles import OperatorRole, parse_operator_roles
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
from pulumi_aws_identity_center.errors import InvalidInput, shown
from pulumi_aws_identity_center.matrix.access_matrix import parse_access_matrix

from .user_errors import in_update, plain_error


def is_deferred(value: Any) -> bool:
    """Whether only the engine knows it so far."""
    return isinstance(value, pulumi.Output)


def _known(check: Callable[[Any, str], Any]) -> Callable[[Any, str], Any]:
    """That check, for what is known by now: who gets an Output judges it when it is, and once."""
    return lambda value, key: value if is_deferred(value) else check(value, key)


def checked_when_known(value: Any, key: str, check: Callable[[Any, str], Any]) -> Any:
    """What the check gives, for an Output once it is known. Of a secret its error says what is allowed, not what it
    is."""
    if not isinstance(value, pulumi.Output):
        return check(value, key)

    async def check_known(known: Any) -> Any:
        try:
            return check(known, key)
        except InvalidInput as error:
            secret = await value.is_secret()
            raise plain_error(str(error).replace(shown(known), "a secret") if secret else str(error)) from None

    return value.apply(check_known)


def readable(given: Any) -> Any:
    """breakGlass as its check reads it, and as it may be shown: a reason can be a secret, a date can't."""
    if isinstance(given, Mapping) and is_deferred(given.get("reason")):
        return {**given, "reason": "its reason is a secret"}
    return given


def _operator_roles(value: Any, key: str) -> list[OperatorRole]:
    return parse_operator_roles(value, key, is_deferred)


def _attributes(value: Any, key: str) -> Any:
    return check_attributes(value, key, is_deferred)


def _break_glass(value: Any, key: str) -> None:
    check_break_glass(readable(value), key, closing=in_update())


def _sentinel(value: Any, key: str) -> None:
    """An object of SentinelArgs, with a break-glass of its own if wanted."""
    parse_sentinel(value, key)
    _break_glass(value.get("breakGlass"), f"{key}.breakGlass")


def _access_matrix(value: Any, key: str) -> None:
    """An object of AccessMatrixArgs; what isn't the matrix's own keys is the component's to check."""
    if isinstance(value, Mapping):
        value = {name: item for name, item in value.items() if name not in ("instanceArn", "breakGlass")}
    parse_access_matrix(value, key, is_deferred=is_deferred)


def _with_the_whole(value: Any, key: str) -> None:
    """A part of a matrix, which `parse_access_matrix` checks together with the other part."""


CHECKS: Mapping[str, Callable[[Any, str], Any]] = {
    "accountId": _known(check_account),
    "delegatedAdministratorAccountId": _known(check_account),
    "trustedAccess": _known(check_trusted_access),
    "servicePrincipal": _known(check_service_principal),
    "whenNotEnabled": check_when_not_enabled,
    "roles": _operator_roles,
    "operatorRoles": _operator_roles,
    "policyPrefix": check_policy_prefix,
    "accessControlAttributes": _attributes,
    "breakGlass": _break_glass,
    "sentinel": _sentinel,
    "accessMatrix": _access_matrix,
    "guardedServicePrincipals": check_guarded_services,
    "permissionSets": _with_the_whole,
    "assignments": _with_the_whole,
    "instanceArn": _known(check_instance),
    **SENTINEL_PARSERS,
}


# What these parse to is taken unchanged by whoever parses it again.
TYPED_KEYS = ("roles", "operatorRoles")


def value_problems(args: Mapping[str, Any], allowed: type, prefix: str = "") -> list[str]:
    """Every problem of every value; None stands for what is left out. prefix: what the reader writes before a key."""
    return parse_values(args, allowed, prefix)[1]


def parse_values(args: Mapping[str, Any], allowed: type, prefix: str = "") -> tuple[dict[str, Any], list[str]]:
    """The values, those of TYPED_KEYS as what they parse to, and every problem of them."""
    values = dict(args)
    problems: list[str] = []
    required: frozenset[str] = allowed.__required_keys__  # type: ignore[attr-defined] # it is a TypedDict
    for key in allowed.__annotations__:
        value = args.get(key)
        if value is None and key not in required:
            continue
        try:
            parsed = CHECKS[key](value, prefix + key)
        except InvalidInput as error:
            problems += error.problems
        else:
            values[key] = parsed if key in TYPED_KEYS else value
    return values, problems


def read_arguments(given: Mapping[str, Any] | None, allowed: type) -> Any:
    """A component's arguments by their own keys; Python's snake_case is taken too. Raises InvalidInput with every
    problem: of other keys, and of the values.

    A misspelt key must not pass in silence: what it asked for would be left at a default.
    """
    if given is None:
        given = {}
    keys = tuple(allowed.__annotations__)
    if not isinstance(given, Mapping):
        raise InvalidInput([f"The arguments are {shown(given)}, and have to be an object with {', '.join(keys)}."])
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
    values, value_problems = parse_values(read, allowed)
    if problems := [*problems, *value_problems]:
        raise InvalidInput(problems)
    return values
