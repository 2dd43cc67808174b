"""Parses a matrix: the arguments of the component AccessMatrix, and the content of access.yaml."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from pulumi_aws_identity_center.errors import InvalidInput, shown

from .permission_set import PermissionSet, parse_permission_set
from .selector import Selector, parse_selector
from .values import IsDeferred, Values, join, never_deferred, unique

KEYS = ("permissionSets", "assignments")
ASSIGNMENT_KEYS = ("groups", "users", "permissionSets", "accounts")
PrincipalType = Literal["GROUP", "USER"]
GROUP: Final = "GROUP"
USER: Final = "USER"

# docs.aws.amazon.com/singlesignon/latest/IdentityStoreAPIReference/API_CreateGroup.html (DisplayName, 1 to 1024
# characters), API_CreateUser.html (UserName, 1 to 128)
_NAMES: Mapping[PrincipalType, tuple[str, re.Pattern[str]]] = {
    GROUP: ("the display name of a group", re.compile(r".{1,1024}", re.DOTALL)),
    USER: ("the user name of a user", re.compile(r".{1,128}", re.DOTALL)),
}
# API_Group.html, GroupId
_PRINCIPAL_ID = re.compile(r"([0-9a-f]{10}-)?[A-Fa-f0-9]{8}(-[A-Fa-f0-9]{4}){3}-[A-Fa-f0-9]{12}")
_TEXT = re.compile(r".+", re.DOTALL)


@dataclass(frozen=True)
class PrincipalReference:
    """A group or user by its name (display name, user name) or by its id; one of the two is None. Either may be a
    deferred value."""

    type: PrincipalType
    name: Any = None
    id: Any = None

    def __str__(self) -> str:
        return f"{self.type.lower()} {shown(self.id if self.name is None else self.name)}"


@dataclass(frozen=True)
class Assignment:
    """One entry of `assignments`. key: its path, for messages. is_partial: `accounts` lacks what is wrong in it, so
    nobody knows which accounts it means."""

    key: str
    principals: tuple[PrincipalReference, ...]
    permission_sets: tuple[str, ...]
    accounts: Selector
    is_partial: bool = False


@dataclass(frozen=True)
class AccessMatrix:
    permission_sets: Mapping[str, PermissionSet] = field(default_factory=dict)
    assignments: tuple[Assignment, ...] = ()

    @property
    def principals(self) -> tuple[PrincipalReference, ...]:
        """Each group and user once, in order."""
        references = [principal for assignment in self.assignments for principal in assignment.principals]
        return tuple(dict.fromkeys(references))

    @property
    def needs_units(self) -> bool:
        """Whether a selector names an organizational unit: reading them costs a call for each."""
        return any(selector.organizational_units for selector in self._selectors())

    @property
    def needs_tags(self) -> bool:
        """Whether a selector names a tag: reading them costs a call for each account."""
        return any(selector.tags for selector in self._selectors())

    def _selectors(self) -> Iterator[Selector]:
        for assignment in self.assignments:
            selector: Selector | None = assignment.accounts
            while selector is not None:
                yield selector
                selector = selector.exclusion


class InvalidMatrix(InvalidInput):
    """usable: the matrix without the parts that are wrong, for the problems that only AWS can show."""

    def __init__(self, problems: Sequence[str], usable: AccessMatrix) -> None:
        super().__init__(problems)
        self.usable = usable


def parse_access_matrix(value: Any, key: str = "", is_deferred: IsDeferred = never_deferred) -> AccessMatrix:
    """The typed matrix. Raises InvalidMatrix with every problem, by key path below `key`.

    is_deferred: says which values only the update knows (Pulumi Outputs); they pass unchecked as text of permission
    sets, as names and ids of principals, and as account ids.
    """
    if isinstance(value, AccessMatrix):
        return value
    values = Values(is_deferred)
    fields = values.fields(value, key, KEYS)
    sets_key = join(key, "permissionSets")
    sets = values.mapping(fields.get("permissionSets", {}), sets_key, "an object of names, each with a permission set")
    permission_sets = {
        name: parse_permission_set(name, item, join(sets_key, name), values) for name, item in sets.items()
    }
    _refuse_equal_names(permission_sets, sets_key, values)
    assignments_key = join(key, "assignments")
    assignments = tuple(
        _assignment(item, f"{assignments_key}[{number}]", permission_sets, values)
        for number, item in enumerate(values.items(fields.get("assignments", []), assignments_key, "assignments"))
    )
    matrix = AccessMatrix(permission_sets, assignments)
    if values.problems:
        raise InvalidMatrix(values.problems, matrix)
    return matrix


def _refuse_equal_names(names: Mapping[str, Any], key: str, values: Values) -> None:
    """Roles are made of the names, and IAM tells names apart without regard to case."""
    by_lower: dict[str, str] = {}
    for name in names:
        other = by_lower.setdefault(name.lower(), name)
        if other != name:
            values.problems.append(
                f"{key} has {shown(other)} and {shown(name)}; names have to differ by more than case."
            )


def _assignment(value: Any, key: str, permission_sets: Mapping[str, Any], values: Values) -> Assignment:
    fields = values.fields(value, key, ASSIGNMENT_KEYS)
    principals = (
        *_principals(fields.get("groups", []), join(key, "groups"), GROUP, values),
        *_principals(fields.get("users", []), join(key, "users"), USER, values),
    )
    sets_key = join(key, "permissionSets")
    names = values.known_texts(fields.get("permissionSets", []), sets_key, "the name of a permission set", _TEXT)
    if isinstance(value, Mapping):
        values.problems += _missing_parts(fields, key)
    known = ", ".join(permission_sets) or "none"
    values.problems += [
        f"{sets_key} has {shown(name)}, which permissionSets doesn't define (it has {known})."
        for name in names
        if name not in permission_sets
    ]
    known_problems = len(values.problems)
    accounts = parse_selector(fields["accounts"], join(key, "accounts"), values) if "accounts" in fields else Selector()
    return Assignment(key, principals, names, accounts, is_partial=len(values.problems) != known_problems)


def _missing_parts(fields: Mapping[str, Any], key: str) -> Iterator[str]:
    if not fields.get("groups") and not fields.get("users"):
        yield f"{key} is for nobody; give it groups or users."
    if not fields.get("permissionSets"):
        yield f"{join(key, 'permissionSets')} is missing; name one or more permission sets."
    if "accounts" not in fields:
        yield f"{join(key, 'accounts')} is missing; select the accounts."


def _principals(value: Any, key: str, type_: PrincipalType, values: Values) -> tuple[PrincipalReference, ...]:
    items = values.items(value, key, f"{type_.lower()} names")
    return unique(_principal(item, f"{key}[{number}]", type_, values) for number, item in enumerate(items))


def _principal(value: Any, key: str, type_: PrincipalType, values: Values) -> PrincipalReference | None:
    if isinstance(value, Mapping):
        fields = values.fields(value, key, ("id",))
        what = (
            "the id of a group or user in the identity store, such as 9067642ac7-11111111-2222-3333-4444-555555555555"
        )
        id_ = values.text(fields.get("id"), join(key, "id"), what, _PRINCIPAL_ID)
        return None if id_ is None else PrincipalReference(type_, id=id_)
    what, pattern = _NAMES[type_]
    name = values.text(value, key, f"{what}, or an object {{id: …}}", pattern)
    return None if name is None else PrincipalReference(type_, name=name)
