"""Input as the API model has it: required members, types, lengths, ranges, patterns, enumerations, on every call.

Each service says it in its own way. organizations: InvalidInputException with a Reason (its model's list). iam and
sts: ValidationError. sso-admin and identitystore: ValidationException. The last three count their problems and name
each; that text follows what the services' SDK users report (assumed).
"""

from __future__ import annotations

import functools
import itertools
import json
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

from sandbox.aws.core import models
from sandbox.aws.core.errors import AwsError
from sandbox.aws.core.wire import Call


@dataclass(frozen=True)
class Problem:
    """reason: as organizations calls it."""

    reason: str
    path: str
    value: Any
    constraint: str


Check = Callable[[Any, str], Iterator[Problem]]

_MESSAGES = {
    "INPUT_REQUIRED": "You must include a value for all required parameters.",
    "INVALID_ENUM": "You specified an invalid value.",
    "INVALID_ENUM_POLICY_TYPE": "You specified an invalid policy type string.",
    "INVALID_PATTERN": "You provided a value that does not match the required pattern.",
    "MAX_LENGTH_EXCEEDED": "You provided a string parameter that is longer than allowed.",
    "MIN_LENGTH_EXCEEDED": "You provided a string parameter that is shorter than allowed.",
    "MAX_VALUE_EXCEEDED": "You provided a numeric parameter that has a larger value than allowed.",
    "MIN_VALUE_EXCEEDED": "You provided a numeric parameter that has a smaller value than allowed.",
}


def check(call: Call) -> None:
    """Raises the service's error for an operation that its model doesn't have, or for input that breaks the model."""
    if call.service not in models.MODELLED:
        return
    model = models.operation(call.service, call.operation)
    if model is None:
        if call.json:
            raise AwsError("UnknownOperationException", f"{call.service} has no operation {call.operation!r}.")
        raise AwsError("InvalidAction", f"Could not find operation {call.operation} for version 2010-05-08.")
    if model.input_shape is None:
        return
    problems = list(_operation_check(call.service, call.operation)(call.parameters, ""))
    if problems:
        raise _refusal(call, problems)


@functools.cache
def _operation_check(service: str, operation: str) -> Check:
    model = models.operation(service, operation)
    assert model is not None
    assert model.input_shape is not None
    return check_of(model.input_shape)


def check_of(shape: Shape) -> Check:
    """The check of a value of this shape; tests check answers by it too."""
    return _compiled(shape, ())


def _refusal(call: Call, problems: list[Problem]) -> AwsError:
    wrong_type = next((problem for problem in problems if problem.reason == "TYPE"), None)
    if wrong_type is not None and call.json:
        return AwsError("SerializationException", f"{wrong_type.path}: {wrong_type.constraint}")
    if call.service == "organizations":
        reason = problems[0].reason
        return AwsError("InvalidInputException", _MESSAGES[reason], Reason=reason)
    texts = "; ".join(
        f"Value {_shown(problem.value)} at '{problem.path}' failed to satisfy constraint: {problem.constraint}"
        for problem in problems
    )
    plural = "s" if len(problems) > 1 else ""
    code = "ValidationError" if call.service in ("iam", "sts") else "ValidationException"
    return AwsError(code, f"{len(problems)} validation error{plural} detected: {texts}")


def _shown(value: Any) -> str:
    if value is None:
        return "null"
    text = value if isinstance(value, str) else json.dumps(value, default=str)
    return f"'{text}'"


def _compiled(shape: Shape, enclosing: tuple[str, ...]) -> Check:
    """A shape's check. A shape inside itself is not checked again; a document type is any JSON. enclosing: the names of
    the shapes around it."""
    if shape.name in enclosing or getattr(shape, "is_document_type", False):
        return lambda _value, _path: iter(())
    within = (*enclosing, shape.name)
    if isinstance(shape, StructureShape):
        return _structure(shape, within)
    if isinstance(shape, ListShape):
        return _list(shape, within)
    if isinstance(shape, MapShape):
        return _map(shape, within)
    return _scalar(shape)


def _joined(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _structure(shape: StructureShape, within: tuple[str, ...]) -> Check:
    members = {name: _compiled(member, within) for name, member in shape.members.items()}
    spelt = {name: name[:1].lower() + name[1:] for name in members}
    required = list(shape.required_members)

    def checked(value: Any, path: str) -> Iterator[Problem]:
        if not isinstance(value, dict):
            yield Problem("TYPE", path, value, "Expected a structure")
            return
        for name in required:
            if value.get(name) is None:
                yield Problem("INPUT_REQUIRED", _joined(path, spelt[name]), None, "Member must not be null")
        for name, member_value in value.items():
            if member_value is not None and name in members:
                yield from members[name](member_value, _joined(path, spelt[name]))

    return checked


def _list(shape: ListShape, within: tuple[str, ...]) -> Check:
    member, bounds = _compiled(shape.member, within), _bounds(shape, "LENGTH", "length")

    def checked(value: Any, path: str) -> Iterator[Problem]:
        if not isinstance(value, list):
            yield Problem("TYPE", path, value, "Expected list")
            return
        yield from bounds(len(value), value, path)
        for number, item in enumerate(value, 1):
            yield from member(item, f"{path}.{number}.member")

    return checked


def _map(shape: MapShape, within: tuple[str, ...]) -> Check:
    key, inner = _compiled(shape.key, within), _compiled(shape.value, within)

    def checked(value: Any, path: str) -> Iterator[Problem]:
        if not isinstance(value, dict):
            yield Problem("TYPE", path, value, "Expected map")
            return
        for name, item in value.items():
            yield from key(name, path)
            yield from inner(item, f"{path}.{name}.member")

    return checked


def _scalar(shape: Shape) -> Check:
    checks = {"integer": _whole_number, "long": _whole_number, "boolean": _boolean, "string": _string}
    check = checks.get(shape.type_name)
    return check(shape) if check is not None else lambda _value, _path: iter(())


def _whole_number(shape: Shape) -> Check:
    bounds = _bounds(shape, "VALUE", "value")

    def checked(value: Any, path: str) -> Iterator[Problem]:
        if isinstance(value, int) and not isinstance(value, bool):
            yield from bounds(value, value, path)
        else:
            yield Problem("TYPE", path, value, "Expected a whole number")

    return checked


def _boolean(shape: Shape) -> Check:
    def checked(value: Any, path: str) -> Iterator[Problem]:
        if not isinstance(value, bool):
            yield Problem("TYPE", path, value, "Expected a boolean")

    return checked


def _string(shape: Shape) -> Check:
    bounds = _bounds(shape, "LENGTH", "length")
    allowed: list[str] = shape.metadata.get("enum", [])
    text: str | None = shape.metadata.get("pattern")
    pattern = re.compile(python_pattern(text), re.ASCII) if text is not None else None
    enum_reason = "INVALID_ENUM_POLICY_TYPE" if shape.name.endswith("PolicyType") else "INVALID_ENUM"

    def checked(value: Any, path: str) -> Iterator[Problem]:
        if not isinstance(value, str):
            yield Problem("TYPE", path, value, "Expected a string")
            return
        yield from bounds(len(value), value, path)
        if allowed and value not in allowed:
            yield Problem(
                enum_reason, path, value, f"Member must satisfy enum value set: [{', '.join(sorted(allowed))}]"
            )
        if pattern is not None and not pattern.fullmatch(value):
            yield Problem("INVALID_PATTERN", path, value, f"Member must satisfy regular expression pattern: {text}")

    return checked


def _bounds(shape: Shape, reason: str, word: str) -> Callable[[int, Any, str], Iterator[Problem]]:
    low, high = shape.metadata.get("min"), shape.metadata.get("max")

    def checked(measure: int, value: Any, path: str) -> Iterator[Problem]:
        if low is not None and measure < low:
            yield Problem(
                f"MIN_{reason}_EXCEEDED", path, value, f"Member must have {word} greater than or equal to {low}"
            )
        if high is not None and measure > high:
            yield Problem(
                f"MAX_{reason}_EXCEEDED", path, value, f"Member must have {word} less than or equal to {high}"
            )

    return checked


@functools.cache
def python_pattern(java: str) -> str:
    """The models' patterns are Java's: \\p{L} and its kin become ranges, inside a class or alone."""
    parts = re.split(r"\\p\{(\w+)\}", java)
    result, in_class = parts[0], _opens_class(parts[0], False)
    for category, following in zip(parts[1::2], parts[2::2], strict=True):
        ranges = _ranges(category)
        result += (ranges if in_class else f"[{ranges}]") + following
        in_class = _opens_class(following, in_class)
    return result


def _opens_class(text: str, inside: bool) -> bool:
    for sign in re.sub(r"\\.", "", text):
        inside = sign == "[" or (inside and sign != "]")
    return inside


@functools.cache
def _ranges(category: str) -> str:
    """Every character of a Unicode category, as ranges of a character class. Of the planes above the second only the
    third and fourth have anything, and that is letters: looking at each of their characters would take a second."""
    ranges: list[tuple[int, int]] = []
    for name, first, last in _characters():
        if name.startswith(category):
            if ranges and ranges[-1][1] == first - 1:
                first, _ = ranges.pop()
            ranges.append((first, last))
    text = "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in ranges)
    return text + (r"\U00020000-\U0003ffff" if category == "L" else "")


@functools.cache
def _characters() -> list[tuple[str, int, int]]:
    """The characters of the first two planes, in runs of one category: the category, the first and the last of each."""
    runs = []
    for category, points in itertools.groupby(range(0x20000), lambda point: unicodedata.category(chr(point))):
        run = list(points)
        runs.append((category, run[0], run[-1]))
    return runs
