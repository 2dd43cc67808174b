"""Policy documents, read once. What IAM would not take raises MalformedDocument, which says what is wrong and where.

Grammar: docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html. Texts may be URL-encoded, as IAM's
API returns them. Condition operators that aren't known are kept: they make a verdict UNDETERMINED, not an error.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple
from urllib.parse import unquote

from pulumi_aws_identity_center.errors import IdentityCenterError

from .wildcards import action_matches, among

VERSIONS: Final = ("2012-10-17", "2008-10-17")
_TOP = ("Version", "Id", "Statement")
_ELEMENTS = (
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
)
_PRINCIPAL_KINDS = ("AWS", "Service", "Federated", "CanonicalUser")


class MalformedDocument(IdentityCenterError):
    """Not a policy document. where: the place in it, such as Statement[2].Action; "" for the whole of it."""

    def __init__(self, where: str, problem: str) -> None:
        self.where, self.problem = where, problem
        super().__init__(f"{where} {problem}" if where else problem)


class Condition(NamedTuple):
    """operator and key as the document spells them; neither has a case."""

    operator: str
    key: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """actions: in lower case. principals: (kind, name) each. conditions: all of them have to hold. variables: whether
    ${…} is one, as only in version 2012-10-17."""

    effect: str
    actions: tuple[str, ...]
    not_action: bool = False
    resources: tuple[str, ...] | None = None
    not_resource: bool = False
    principals: frozenset[tuple[str, str]] | None = None
    not_principal: bool = False
    conditions: tuple[Condition, ...] = ()
    variables: bool = False
    sid: str = ""

    def principals_of(self, kind: str) -> set[str]:
        """The names of its principals of one kind, such as AWS or Service."""
        return {name for principal_kind, name in self.principals or () if principal_kind == kind}

    def concerns(self, action: str) -> bool:
        """Whether it is about the action (lower case)."""
        return any(action_matches(pattern, action) for pattern in self.actions) != self.not_action

    def concerned(self, actions: tuple[str, ...]) -> frozenset[str]:
        """Which of the actions (lower case) it is about."""
        named = frozenset[str]().union(*(among(pattern, actions) for pattern in self.actions))
        return frozenset(actions) - named if self.not_action else named


@dataclass(frozen=True, slots=True)
class Document:
    statements: tuple[Statement, ...]
    # Found once: a search asks the same documents again and again.
    _about: dict[str, tuple[Statement, ...]] = field(default_factory=dict, repr=False, compare=False)
    _by_effect: dict[str, tuple[Statement, ...]] = field(default_factory=dict, repr=False, compare=False)

    @property
    def allows(self) -> tuple[Statement, ...]:
        """The Allow statements."""
        return self._with_effect("Allow")

    @property
    def denies(self) -> tuple[Statement, ...]:
        """The Deny statements."""
        return self._with_effect("Deny")

    def _with_effect(self, effect: str) -> tuple[Statement, ...]:
        statements = self._by_effect.get(effect)
        if statements is None:
            statements = tuple(statement for statement in self.statements if statement.effect == effect)
            self._by_effect[effect] = statements
        return statements

    def about(self, action: str) -> tuple[Statement, ...]:
        """The statements that concern an action (lower case)."""
        statements = self._about.get(action)
        if statements is None:
            statements = tuple(statement for statement in self.statements if statement.concerns(action))
            self._about[action] = statements
        return statements


def parse_document(source: str | Mapping[str, Any]) -> Document:
    """A document from its text, plain or URL-encoded, or as an object. Raises MalformedDocument."""
    raw = _load(source) if isinstance(source, str) else source
    if not isinstance(raw, Mapping):
        raise MalformedDocument("", f"A policy document is a JSON object, and this is {_kind(raw)}.")
    for key in raw:
        if key not in _TOP:
            raise MalformedDocument(str(key), f"is no element of a policy; it takes {', '.join(_TOP)}.")
    version = raw.get("Version", VERSIONS[1])
    if version not in VERSIONS:
        raise MalformedDocument("Version", f"is {version!r}; it is one of {', '.join(VERSIONS)}.")
    if "Statement" not in raw:
        raise MalformedDocument("Statement", "is missing.")
    variables = version == VERSIONS[0]
    statements = enumerate(_many(raw["Statement"]))
    return Document(tuple(_statement(statement, f"Statement[{n}]", variables) for n, statement in statements))


def _load(text: str) -> object:
    bare = text.strip("\ufeff \t\r\n")
    try:
        return json.loads(unquote(bare) if bare.startswith("%") else bare)
    except json.JSONDecodeError as error:
        raise MalformedDocument("", f"The document is not JSON: {error.msg} in line {error.lineno}.") from None
    except ValueError:
        raise MalformedDocument("", "The document has a number too long to be in a policy.") from None
    except RecursionError:
        raise MalformedDocument("", "The document is nested too deeply to be a policy.") from None


def _statement(raw: object, where: str, variables: bool) -> Statement:
    if not isinstance(raw, Mapping):
        raise MalformedDocument(where, f"is {_kind(raw)}; a statement is a JSON object.")
    for key in raw:
        if key not in _ELEMENTS:
            raise MalformedDocument(where, f"has {key!r}; a statement takes {', '.join(_ELEMENTS)}.")
    effect = raw.get("Effect")
    if effect not in ("Allow", "Deny"):
        raise MalformedDocument(f"{where}.Effect", f"is {effect!r}; it is Allow or Deny.")
    action, resource = _twin(raw, "Action", where), _twin(raw, "Resource", where)
    principal = _twin(raw, "Principal", where)
    if action is None:
        raise MalformedDocument(where, "has neither Action nor NotAction.")
    statement = Statement(
        effect=effect,
        actions=tuple(pattern.lower() for pattern in _strings(raw[action], f"{where}.{action}")),
        not_action=action == "NotAction",
        resources=None if resource is None else _strings(raw[resource], f"{where}.{resource}"),
        not_resource=resource == "NotResource",
        principals=None if principal is None else _principals(raw[principal], f"{where}.{principal}"),
        not_principal=principal == "NotPrincipal",
        conditions=_conditions(raw.get("Condition", {}), f"{where}.Condition"),
        variables=variables,
        sid=str(raw.get("Sid", "")),
    )
    if resource is None and principal is None:
        raise MalformedDocument(where, "has neither Resource nor NotResource, nor the Principal of a trust policy.")
    return statement


def _twin(raw: Mapping[str, Any], name: str, where: str) -> str | None:
    """Which of the element and its Not-form the statement has."""
    present = [element for element in (name, f"Not{name}") if element in raw]
    if len(present) > 1:
        raise MalformedDocument(where, f"has both {name} and Not{name}; it takes one of them.")
    return present[0] if present else None


def _many(raw: Any) -> Sequence[Any]:
    return raw if isinstance(raw, list | tuple) else [raw]


def _strings(raw: object, where: str) -> tuple[str, ...]:
    strings = tuple(_many(raw))
    wrong = next((item for item in strings if not isinstance(item, str)), None)
    if wrong is not None or None in strings:
        raise MalformedDocument(where, f"has {_kind(wrong)}; it is a string or a list of strings.")
    return strings


def _principals(raw: object, where: str) -> frozenset[tuple[str, str]]:
    if raw == "*":
        return frozenset({("AWS", "*")})
    if not isinstance(raw, Mapping):
        raise MalformedDocument(where, f'is {raw!r}; it is "*" or an object with {", ".join(_PRINCIPAL_KINDS)}.')
    wrong = next((kind for kind in raw if kind not in _PRINCIPAL_KINDS), None)
    if wrong is not None:
        raise MalformedDocument(where, f"has {wrong!r}; it takes {', '.join(_PRINCIPAL_KINDS)}.")
    return frozenset((kind, name) for kind, names in raw.items() for name in _strings(names, f"{where}.{kind}"))


def _conditions(raw: object, where: str) -> tuple[Condition, ...]:
    if not isinstance(raw, Mapping):
        raise MalformedDocument(where, f"is {_kind(raw)}; it is an object of operators.")
    conditions: list[Condition] = []
    for operator, values_by_key in raw.items():
        if not isinstance(values_by_key, Mapping):
            what = _kind(values_by_key)
            raise MalformedDocument(f"{where}.{operator}", f"is {what}; it is an object of condition keys.")
        for key, raw_values in values_by_key.items():
            values = tuple(_scalar(value, f"{where}.{operator}.{key}") for value in _many(raw_values))
            conditions.append(Condition(operator, key, values))
    return tuple(conditions)


def _scalar(raw: object, where: str) -> str:
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if isinstance(raw, str | int | float):
        return str(raw)
    raise MalformedDocument(where, f"has {_kind(raw)}; a value is a string, a number or a boolean.")


def _kind(value: object) -> str:
    name = type(value).__name__
    names = {"dict": "an object", "list": "a list", "str": "a string", "bool": "a boolean", "NoneType": "null"}
    names |= {"int": "a number", "float": "a number"}
    return names.get(name, name)
