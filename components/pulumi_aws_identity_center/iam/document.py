"""Policy documents, read once. What IAM would not take raises MalformedDocument, which says what is wrong and where.

Grammar: docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html. Texts may be URL-encoded, as IAM's
API returns them. Condition operators that aren't known are kept: they make a verdict UNDETERMINED, not an error.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, Generic, NamedTuple, TypeVar
from urllib.parse import unquote

from pulumi_aws_identity_center.errors import IdentityCenterError

from .wildcards import action_matches, among

VERSIONS: Final = ("2012-10-17", "2008-10-17")
_TOP = ("Version", "Id", "Statement")
_ELEMENTS = (
    *("Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"),
)
_PRINCIPAL_KINDS = ("AWS", "Service", "Federated", "CanonicalUser")


class MalformedDocument(IdentityCenterError):
    """Not a policy document. where: the place in it, such as Statement[2].Action; "" for the whole of it."""

    def __init__(self, where: str, problem: str) -> None:
        self.where, self.problem = where, problem
        super().__init__(f"{where} {problem}" if where else problem)


class RepeatedKey(ValueError):
    """JSON of which an object has a key twice."""


Parsed = TypeVar("Parsed")


class Element(NamedTuple, Generic[Parsed]):
    """values: None if the statement has no such element. is_negated: it is NotAction, NotResource or NotPrincipal."""

    values: Parsed | None
    is_negated: bool


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

    @property
    def resource_patterns(self) -> tuple[str, ...]:
        """The resources that it may be about: all of them where it names none, or those that it isn't about."""
        return ("*",) if self.not_resource else self.resources or ("*",)

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


@dataclass(frozen=True)
class Document:
    statements: tuple[Statement, ...]
    # Found once: a search asks the same documents again and again.
    _about: dict[tuple[str, str], tuple[Statement, ...]] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def allows(self) -> tuple[Statement, ...]:
        return self._with_effect("Allow")

    @cached_property
    def denies(self) -> tuple[Statement, ...]:
        return self._with_effect("Deny")

    def _with_effect(self, effect: str) -> tuple[Statement, ...]:
        return tuple(statement for statement in self.statements if statement.effect == effect)

    def allows_any(self, action: str) -> bool:
        """Whether an Allow concerns the action (lower case)."""
        return bool(self.about(action, "Allow"))

    def allows_any_of(self, actions: tuple[str, ...]) -> bool:
        """Whether an Allow concerns one of the actions (lower case)."""
        return any(allow.concerned(actions) for allow in self.allows)

    def about(self, action: str, effect: str) -> tuple[Statement, ...]:
        """The statements with the effect that concern an action (lower case)."""
        statements = self._about.get((action, effect))
        if statements is None:
            statements = tuple(statement for statement in self._with_effect(effect) if statement.concerns(action))
            self._about[action, effect] = statements
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
        raise MalformedDocument("Version", f"is {version!r}; it must be one of {', '.join(VERSIONS)}.")
    if "Statement" not in raw:
        raise MalformedDocument("Statement", "is missing.")
    variables = version == VERSIONS[0]
    statements = enumerate(_many(raw["Statement"]))
    return Document(tuple(_statement(statement, f"Statement[{n}]", variables) for n, statement in statements))


def readable_document(source: str | Mapping[str, Any]) -> Document | None:
    """None of what is no policy document."""
    try:
        return parse_document(source)
    except MalformedDocument:
        return None


def _object_of(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """No page says which of two values counts where a key is there twice."""
    members = dict(pairs)
    if len(members) < len(pairs):
        repeated = next(key for key, count in Counter(key for key, _ in pairs).items() if count > 1)
        raise RepeatedKey(f"The document has the key {repeated!r} twice in one object.")
    return members


_DECODER: Final = json.JSONDecoder(object_pairs_hook=_object_of)


def read_json(text: str) -> Any:
    """JSON with policies in it. Raises ValueError: RepeatedKey where json.loads takes the last of two equal keys."""
    return _DECODER.decode(text)


def _load(text: str) -> object:
    bare = text.strip("\ufeff \t\r\n")
    try:
        return read_json(unquote(bare) if bare.startswith("%") else bare)
    except json.JSONDecodeError as error:
        raise MalformedDocument("", f"The document is not JSON: {error.msg} in line {error.lineno}.") from None
    except RepeatedKey as error:
        raise MalformedDocument("", str(error)) from None
    except ValueError:
        raise MalformedDocument("", "The document has a number too long to be in a policy.") from None
    except RecursionError:
        raise MalformedDocument("", "The document is nested too deeply to be a policy.") from None


def _statement(raw: object, where: str, variables: bool) -> Statement:
    raw = _object(raw, where, "a statement is a JSON object.")
    _refuse_other_keys(raw, _ELEMENTS, where, "a statement takes")
    effect = raw.get("Effect")
    if effect not in ("Allow", "Deny"):
        raise MalformedDocument(f"{where}.Effect", f"is {effect!r}; it must be Allow or Deny.")
    actions = _element(raw, "Action", where, _strings)
    resources = _element(raw, "Resource", where, _strings)
    principals = _element(raw, "Principal", where, _principals)
    conditions = _conditions(raw.get("Condition", {}), f"{where}.Condition")
    if actions.values is None:
        raise MalformedDocument(where, "has neither Action nor NotAction.")
    if resources.values is None and principals.values is None:
        raise MalformedDocument(where, "has neither Resource nor NotResource, nor the Principal of a trust policy.")
    return Statement(
        effect=effect,
        actions=tuple(map(str.lower, actions.values)),
        not_action=actions.is_negated,
        resources=resources.values,
        not_resource=resources.is_negated,
        principals=principals.values,
        not_principal=principals.is_negated,
        conditions=conditions,
        variables=variables,
        sid=str(raw.get("Sid") or ""),
    )


def _element(raw: Mapping[str, Any], name: str, where: str, parse: Callable[[object, str], Parsed]) -> Element[Parsed]:
    """An element, or its Not-form: a statement has one of them at most."""
    names = [element for element in (name, f"Not{name}") if element in raw]
    if len(names) > 1:
        raise MalformedDocument(where, f"has both {name} and Not{name}; it takes one of them.")
    for element in names:
        return Element(parse(raw[element], f"{where}.{element}"), element != name)
    return Element(None, is_negated=False)


def _object(raw: object, where: str, expected: str) -> Mapping[str, Any]:
    if not isinstance(raw, Mapping):
        raise MalformedDocument(where, f"is {_kind(raw)}; {expected}")
    return raw


def _refuse_other_keys(raw: Mapping[str, Any], allowed: Sequence[str], where: str, takes: str) -> None:
    for key in raw:
        if key not in allowed:
            raise MalformedDocument(where, f"has {key!r}; {takes} {', '.join(allowed)}.")


def _many(raw: Any) -> Sequence[Any]:
    return raw if isinstance(raw, list | tuple) else [raw]


def _strings(raw: object, where: str) -> tuple[str, ...]:
    strings = tuple(_many(raw))
    for item in strings:
        if not isinstance(item, str):
            raise MalformedDocument(where, f"has {_kind(item)}; it must be a string or a list of strings.")
    return strings


def _principals(raw: object, where: str) -> frozenset[tuple[str, str]]:
    if raw == "*":
        return frozenset({("AWS", "*")})
    if not isinstance(raw, Mapping):
        raise MalformedDocument(where, f'is {raw!r}; it must be "*" or an object with {", ".join(_PRINCIPAL_KINDS)}.')
    _refuse_other_keys(raw, _PRINCIPAL_KINDS, where, "it takes")
    return frozenset((kind, name) for kind, names in raw.items() for name in _strings(names, f"{where}.{kind}"))


def _conditions(raw: object, where: str) -> tuple[Condition, ...]:
    conditions: list[Condition] = []
    for operator, comparisons in _object(raw, where, "it is an object of operators.").items():
        values_by_key = _object(comparisons, f"{where}.{operator}", "it is an object of condition keys.")
        for key, raw_values in values_by_key.items():
            values = tuple(_scalar(value, f"{where}.{operator}.{key}") for value in _many(raw_values))
            conditions.append(Condition(operator, key, values))
    return tuple(conditions)


def _scalar(raw: object, where: str) -> str:
    if isinstance(raw, str):
        return raw
    if isinstance(raw, bool | int | float):
        return str(raw).lower()
    raise MalformedDocument(where, f"has {_kind(raw)}; a value is a string, a number or a boolean.")


_KINDS: Final = {
    "dict": "an object",
    "list": "a list",
    "str": "a string",
    "bool": "a boolean",
    "int": "a number",
    "float": "a number",
    "NoneType": "null",
}


def _kind(value: object) -> str:
    name = type(value).__name__
    return _KINDS.get(name, name)


ALLOW_ALL: Final = parse_document({"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}})
