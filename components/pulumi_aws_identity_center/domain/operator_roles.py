"""Operator roles as plain data: what a role may have, checked with every problem at once, and its trust document."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pulumi_aws_identity_center.errors import InvalidInput, shown

from .values import principal_arn_problem, role_name_problem

PERMISSIONS = ("enable", "disable", "observe")
POLICIES = (*PERMISSIONS, "guard", "guard-boundary")
_KEYS = ("name", "permissions", "trustedPrincipals")


@dataclass(frozen=True)
class OperatorRole:
    """trusted_principals: ARNs, some of which may be Outputs."""

    name: str
    permissions: tuple[str, ...]
    trusted_principals: tuple[Any, ...]

    @property
    def is_break_glass(self) -> bool:
        """Whether it may turn trusted access off."""
        return "disable" in self.permissions


def parse_operator_roles(
    given: Any, key: str, is_deferred: Callable[[Any], bool] = lambda _: False
) -> list[OperatorRole]:
    """The roles; what is parsed already is taken as it is. Raises InvalidInput with every problem.

    is_deferred: whether a principal is known only later.
    """
    if isinstance(given, list) and all(isinstance(role, OperatorRole) for role in given):
        return given
    if not isinstance(given, Sequence) or isinstance(given, str):
        raise InvalidInput([f"{key} is {shown(given)}; it is a list of objects with {', '.join(_KEYS)}."])
    problems = [
        problem for number, role in enumerate(given) for problem in _problems(role, f"{key}[{number}]", is_deferred)
    ]
    names = [role["name"] for role in given if isinstance(role, Mapping) and isinstance(role.get("name"), str)]
    # IAM tells names apart by their letters only, not by case (API_CreateRole).
    same = [name.lower() for name in names]
    problems += [
        f"{key} has the name {shown(names[same.index(name)])} more than once; each role needs its own, "
        "whatever its case."
        for name in dict.fromkeys(same)
        if same.count(name) > 1
    ]
    if problems:
        raise InvalidInput(problems)
    return [OperatorRole(role["name"], tuple(role["permissions"]), tuple(role["trustedPrincipals"])) for role in given]


def _problems(role: Any, key: str, is_deferred: Callable[[Any], bool]) -> list[str]:
    if not isinstance(role, Mapping):
        return [f"{key} is {shown(role)}; it is an object with {', '.join(_KEYS)}."]
    problems = [f"{key}.{name} is not a key; the keys are {', '.join(_KEYS)}." for name in role if name not in _KEYS]
    problems.append(role_name_problem(role.get("name"), f"{key}.name") or "")
    problems += _list_problems(
        role.get("permissions"), f"{key}.permissions", f"one or more of {', '.join(PERMISSIONS)}"
    )
    problems += _list_problems(role.get("trustedPrincipals"), f"{key}.trustedPrincipals", "ARNs of who may assume it")
    if isinstance(role.get("permissions"), list):
        problems += [
            f"{key}.permissions has {shown(permission)}; the permissions are {', '.join(PERMISSIONS)}."
            for permission in role["permissions"]
            if permission not in PERMISSIONS
        ]
    if isinstance(role.get("trustedPrincipals"), list):
        problems += [
            principal_arn_problem(principal, f"{key}.trustedPrincipals[{number}]") or ""
            for number, principal in enumerate(role["trustedPrincipals"])
            if not is_deferred(principal)
        ]
    return [problem for problem in problems if problem]


def _list_problems(value: Any, key: str, what: str) -> list[str]:
    if not isinstance(value, list) or not value:
        return [f"{key} is {shown(value)}; it is a list of {what}, not empty."]
    texts = [item for item in value if isinstance(item, str)]
    repeated = [item for item in dict.fromkeys(texts) if texts.count(item) > 1]
    return [f"{key} has {shown(item)} more than once." for item in repeated]


def check_principals(role: str, principals: Sequence[str]) -> Sequence[str]:
    """Those that were Outputs, once they are known. Raises InvalidInput."""
    key = f"trustedPrincipals of {role}"
    problems = [problem for principal in principals if (problem := principal_arn_problem(principal, key))]
    if problems:
        raise InvalidInput(problems)
    return principals


def trust_document(principals: Sequence[str]) -> dict[str, Any]:
    """Who may assume the role."""
    statement = {
        "Sid": "OperatorsAssume",
        "Effect": "Allow",
        "Principal": {"AWS": sorted(principals)},
        "Action": "sts:AssumeRole",
    }
    return {"Version": "2012-10-17", "Statement": [statement]}
