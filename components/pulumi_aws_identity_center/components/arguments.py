"""What an argument's value may be, by its key: the same key means the same in every component and in the configuration.

One place, so that all that is wrong is told at once, whichever component it is given to.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pulumi

from pulumi_aws_identity_center.domain.access_control_attributes import check_attributes
from pulumi_aws_identity_center.domain.break_glass import check as check_break_glass
from pulumi_aws_identity_center.domain.operator_roles import check_roles
from pulumi_aws_identity_center.domain.sentinel import PARSERS as SENTINEL_PARSERS
from pulumi_aws_identity_center.domain.sentinel import parse_sentinel
from pulumi_aws_identity_center.domain.values import (
    check_account,
    check_instance,
    check_policy_prefix,
    check_service_principal,
    check_trusted_access,
    check_when_not_enabled,
)
from pulumi_aws_identity_center.errors import InvalidInput
from pulumi_aws_identity_center.matrix.access_matrix import parse_access_matrix

from .user_errors import in_update


def _known(check: Callable[[Any, str], Any]) -> Callable[[Any, str], Any]:
    """That check, for what is known by now: who gets an Output judges it when it is, and once."""
    return lambda value, key: None if isinstance(value, pulumi.Output) else check(value, key)


def _break_glass(value: Any, key: str) -> None:
    from .trusted_access import readable

    check_break_glass(readable(value), key, closing=in_update())


def _sentinel(value: Any, key: str) -> None:
    """An object of SentinelArgs, with a break-glass of its own if wanted."""
    parse_sentinel(value, key)
    _break_glass(value.get("breakGlass"), f"{key}.breakGlass")


def _access_matrix(value: Any, key: str) -> None:
    """An object of AccessMatrixArgs; what isn't the matrix's own keys is the component's to check."""
    if isinstance(value, Mapping):
        value = {name: item for name, item in value.items() if name not in ("instanceArn", "breakGlass")}
    parse_access_matrix(value, key, is_deferred=lambda part: isinstance(part, pulumi.Output))


def _with_the_whole(value: Any, key: str) -> None:
    """A part of a matrix, which `parse_access_matrix` checks together with the other part."""


CHECKS: Mapping[str, Callable[[Any, str], Any]] = {
    "accountId": check_account,
    "delegatedAdministratorAccountId": check_account,
    "trustedAccess": _known(check_trusted_access),
    "servicePrincipal": _known(check_service_principal),
    "whenNotEnabled": check_when_not_enabled,
    "roles": check_roles,
    "operatorRoles": check_roles,
    "policyPrefix": check_policy_prefix,
    "accessControlAttributes": check_attributes,
    "breakGlass": _break_glass,
    "sentinel": _sentinel,
    "accessMatrix": _access_matrix,
    "permissionSets": _with_the_whole,
    "assignments": _with_the_whole,
    "instanceArn": _known(check_instance),
    **SENTINEL_PARSERS,
}


def value_problems(args: Mapping[str, Any], allowed: type, prefix: str = "") -> list[str]:
    """Every problem of every value; None stands for what is left out. prefix: what the reader writes before a key."""
    problems: list[str] = []
    required: frozenset[str] = allowed.__required_keys__  # type: ignore[attr-defined] # it is a TypedDict
    for key in allowed.__annotations__:
        value = args.get(key)
        if value is None and key not in required:
            continue
        try:
            CHECKS[key](value, prefix + key)
        except InvalidInput as error:
            problems += error.problems
    return problems
