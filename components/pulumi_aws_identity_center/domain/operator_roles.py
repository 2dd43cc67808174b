"""Operator roles as plain data: what a role may have, checked with every problem at once, and its trust document."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from pulumi_aws_identity_center.errors import InvalidInput, refuse, shown

from .values import (
    is_list,
    item_problems,
    list_problems,
    object_problems,
    principal_arn_problem,
    repeated,
    role_name_problem,
)
from .web_identity import WebIdentity, parse_web_identity, provider_problems, trust_statement, web_identity_problems

PERMISSIONS = ("enable", "disable", "observe", "preview")
_ALWAYS = ("enable", "disable", "observe", "guard", "guard-boundary")

_KEYS = ("name", "permissions", "trustedPrincipals", "trustedWebIdentities")


@dataclass(frozen=True)
class OperatorRole:
    """trusted_principals: ARNs, some of which may be Outputs; so may the web identities' providers."""

    name: str
    permissions: tuple[str, ...]
    trusted_principals: tuple[Any, ...]
    web_identities: tuple[WebIdentity, ...] = ()

    @property
    def is_break_glass(self) -> bool:
        return "disable" in self.permissions

    @property
    def trusted(self) -> tuple[Any, ...]:
        """What of the trust may be known only later: principals, then the web identities' providers."""
        return (*self.trusted_principals, *(identity.provider for identity in self.web_identities))

    def with_trusted(self, known: Sequence[Any]) -> OperatorRole:
        """The role with other values in place of `trusted`."""
        count = len(self.trusted_principals)
        identities = tuple(
            replace(identity, provider=arn) for identity, arn in zip(self.web_identities, known[count:], strict=True)
        )
        return replace(self, trusted_principals=tuple(known[:count]), web_identities=identities)


def policies_of(roles: Sequence[OperatorRole]) -> tuple[str, ...]:
    """The managed policies to make. Only CI previews without updating, so its policy is made where a role has it."""
    is_previewed = any("preview" in role.permissions for role in roles)
    return (*_ALWAYS, "preview") if is_previewed else _ALWAYS


def parse_operator_roles(
    value: Any, key: str, is_deferred: Callable[[Any], bool] = lambda _: False
) -> list[OperatorRole]:
    """The roles; what is parsed already is taken as it is. Raises InvalidInput with every problem.

    is_deferred: whether a principal or a provider is known only later.
    """
    if isinstance(value, list) and all(isinstance(role, OperatorRole) for role in value):
        return value
    if not is_list(value):
        raise InvalidInput(f"{key} is {shown(value)}; it must be a list of objects with {', '.join(_KEYS)}.")
    problems = item_problems(value, key, partial(_problems, is_deferred=is_deferred))
    problems += _name_problems(value, key)
    refuse(problems)
    return [_role(role) for role in value]


def _name_problems(roles: Sequence[Any], key: str) -> list[str]:
    """IAM tells names apart by their letters only, not by case (API_CreateRole)."""
    values = [role.get("name") for role in roles if isinstance(role, Mapping)]
    names = [name for name in values if isinstance(name, str)]
    first = {name.lower(): name for name in reversed(names)}
    return [
        f"{key} has the name {shown(first[lower])} more than once; each role needs its own, whatever its case."
        for lower in repeated(map(str.lower, names))
    ]


def _role(role: Mapping[str, Any]) -> OperatorRole:
    identities = tuple(map(parse_web_identity, role.get("trustedWebIdentities") or ()))
    principals = tuple(role.get("trustedPrincipals") or ())
    return OperatorRole(role["name"], tuple(role["permissions"]), principals, identities)


def _problems(role: Any, key: str, is_deferred: Callable[[Any], bool]) -> Iterator[str | None]:
    yield from object_problems(role, key, _KEYS)
    if not isinstance(role, Mapping):
        return
    yield role_name_problem(role.get("name"), f"{key}.name")
    permissions = role.get("permissions")
    yield from list_problems(permissions, f"{key}.permissions", f"one or more of {', '.join(PERMISSIONS)}")
    for permission in permissions if isinstance(permissions, list) else ():
        if permission not in PERMISSIONS:
            yield f"{key}.permissions has {shown(permission)}; the permissions are {', '.join(PERMISSIONS)}."
    yield from _trust_problems(role, key, is_deferred)


def _trust_problems(role: Mapping[str, Any], key: str, is_deferred: Callable[[Any], bool]) -> Iterator[str]:
    """A role has principals or web identities; None stands for one that is left out."""
    principals, identities = role.get("trustedPrincipals"), role.get("trustedWebIdentities")
    principals_key, identities_key = f"{key}.trustedPrincipals", f"{key}.trustedWebIdentities"
    if identities is not None:
        yield from list_problems(identities, identities_key, "OIDC providers with their audiences and subjects")
    if principals is not None or identities is None:
        yield from list_problems(principals, principals_key, "ARNs of principals that may assume it")
    yield from item_problems(principals, principals_key, partial(_principal_problems, is_deferred=is_deferred))
    yield from item_problems(identities, identities_key, partial(web_identity_problems, is_deferred=is_deferred))


def _principal_problems(principal: Any, key: str, is_deferred: Callable[[Any], bool]) -> list[str | None]:
    return [] if is_deferred(principal) else [principal_arn_problem(principal, key)]


def check_trusted(role: OperatorRole) -> OperatorRole:
    """The role, once all that was an Output is known. Raises InvalidInput."""
    principals = f"trustedPrincipals of {role.name}"
    problems = [problem for arn in role.trusted_principals if (problem := principal_arn_problem(arn, principals))]
    for identity in role.web_identities:
        problems += provider_problems(identity.provider, f"trustedWebIdentities[].provider of {role.name}")
    refuse(problems)
    return role


def trust_document(role: OperatorRole) -> dict[str, Any]:
    statements: list[dict[str, Any]] = []
    if role.trusted_principals:
        statements.append(
            {
                "Sid": "OperatorsAssume",
                "Effect": "Allow",
                "Principal": {"AWS": sorted(role.trusted_principals)},
                "Action": "sts:AssumeRole",
            }
        )
    statements += [trust_statement(identity, number) for number, identity in enumerate(role.web_identities)]
    return {"Version": "2012-10-17", "Statement": statements}
