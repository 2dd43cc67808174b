"""IAM's wildcards: * is any text, ? is one character, nothing else is special. Cached, since policies repeat
themselves; and how two patterns relate, for requests whose resource is known by its shape only."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator

from .ternary import Truth, unknown_if

# Stands for a wildcard of the other pattern in `covers`: no policy has it.
_ANY = "\ue000"
# A wildcard that is meant literally, from ${*} and ${?} (reference_policies_variables.html): no policy has these.
LITERAL_STAR, LITERAL_QUESTION = "\ue001", "\ue002"


def escape(text: str) -> str:
    """The pattern that matches this text only."""
    return text.replace("*", LITERAL_STAR).replace("?", LITERAL_QUESTION)


def unescape(pattern: str) -> str:
    """A pattern without wildcards, as text."""
    return pattern.replace(LITERAL_STAR, "*").replace(LITERAL_QUESTION, "?")


def has_wildcards(pattern: str) -> bool:
    """Whether a resource pattern may match more than itself: by a wildcard or a policy variable."""
    return any(char in pattern for char in "*?$")


@functools.lru_cache(maxsize=8192)
def _compiled(pattern: str) -> re.Pattern[str]:
    """Between two stars the first place that fits is as good as any: an atomic group keeps the time linear in it."""
    first, *following = map(_expression, pattern.split("*"))
    if not following:
        return re.compile(first, re.DOTALL)
    middle = "".join(f"(?>.*?{part})" for part in following[:-1])
    return re.compile(f"{first}{middle}.*{following[-1]}", re.DOTALL)


def _expression(part: str) -> str:
    """Of a pattern's part without stars."""
    expression = re.escape(part).replace(r"\?", f"[^{_ANY}]")
    return expression.replace(LITERAL_STAR, r"\*").replace(LITERAL_QUESTION, r"\?")


def _is_literal(pattern: str) -> bool:
    return "*" not in pattern and "?" not in pattern


def matches(pattern: str, text: str) -> bool:
    """Case-sensitive, and the whole text."""
    if pattern in ("*", text):
        return True
    if _is_literal(pattern):
        return unescape(pattern) == text  # most are: an expression for each would thrash the cache
    return _compiled(pattern).fullmatch(text) is not None


def matches_any(patterns: Iterable[str], text: str) -> bool:
    return any(matches(pattern, text) for pattern in patterns)


def may_match(pattern: str, resource: str) -> bool:
    """Whether a statement's resource pattern matches, or could: a policy variable in it may be anything."""
    return "${" in pattern or matches(pattern, resource)


@functools.lru_cache(maxsize=65536)
def action_matches(pattern: str, action: str) -> bool:
    """Both in lower case: actions have no case (reference_policies_elements_action.html)."""
    return matches(pattern, action)


@functools.lru_cache(maxsize=65536)
def among(pattern: str, actions: tuple[str, ...]) -> frozenset[str]:
    """Which of the actions a pattern names; all in lower case. To look for a few actions in many documents."""
    return frozenset(action for action in actions if action_matches(pattern, action))


@functools.lru_cache(maxsize=8192)
def relation(pattern: str, shape: str) -> Truth:
    """Whether pattern matches all (True), none (False) or perhaps some (None) of the texts that `shape` matches. A
    shape's only wildcard is *, for a text without a colon: what isn't known of an ARN is within one of its parts."""
    if pattern == shape:
        return True
    if _is_literal(pattern):
        # Compiles the shape only, which is one of few.
        return unknown_if(_shape(shape).fullmatch(unescape(pattern)))
    if _compiled(pattern).fullmatch(shape.replace("*", _ANY)):
        return True
    return unknown_if(_meet(pattern, shape))


@functools.lru_cache(maxsize=64)
def _shape(shape: str) -> re.Pattern[str]:
    return re.compile("[^:]*".join(re.escape(part) for part in shape.split("*")), re.DOTALL)


def _meet(pattern: str, shape: str) -> bool:
    """Whether some text matches both: a walk over positions in each."""
    visited, todo = set(), {(0, 0)}
    while todo:
        position = todo.pop()
        visited.add(position)
        todo.update(_following(pattern, shape, *position))
        todo -= visited
    return (len(pattern), len(shape)) in visited


def _following(pattern: str, shape: str, i: int, j: int) -> Iterator[tuple[int, int]]:
    """The positions after these. At the end of a text its character is "", which no star takes."""
    a, b = pattern[i : i + 1], shape[j : j + 1]
    pattern_star_takes_b = a == "*" and b != ""
    shape_star_takes_a = b == "*" and a not in ("", ":")
    if a == "*" or shape_star_takes_a:
        yield i + 1, j
    if b == "*" or pattern_star_takes_b:
        yield i, j + 1
    are_same = a == b or "?" in (a, b)
    if are_same and "" not in (a, b):
        yield i + 1, j + 1
