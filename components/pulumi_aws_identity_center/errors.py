"""The package's errors. Each text says what was given, what is allowed, and what to do next."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any


class IdentityCenterError(Exception):
    """The root: catch this to catch all of them."""


class InvalidInput(IdentityCenterError):
    """Bad arguments or configuration, every problem at once: one sentence each, by key."""

    def __init__(self, problems: str | Sequence[str]) -> None:
        self.problems = (problems,) if isinstance(problems, str) else tuple(problems)
        is_one = len(self.problems) == 1
        super().__init__(self.problems[0] if is_one else "\n".join(f"- {problem}" for problem in self.problems))


def refuse(problems: Sequence[str]) -> None:
    """Raises InvalidInput if there are any."""
    if problems:
        raise InvalidInput(problems)


@contextmanager
def collected(problems: list[str]) -> Iterator[None]:
    """Adds what an InvalidInput says to the problems instead of raising it."""
    try:
        yield
    except InvalidInput as error:
        problems += error.problems


class NotPossibleHere(IdentityCenterError):
    """The account or its organization is not in a state in which this can work."""


class NotKnownYet(NotPossibleHere):
    """What only the update can tell: it is neither good nor bad, and a preview goes on without it."""


_MOST_SHOWN = 200


def shown(value: Any) -> str:
    """What was given, for a sentence: the beginning of a long value. Of an Output nothing is known yet, and its address
    tells nobody anything."""
    text = re.sub(r"<pulumi\.output\.Output object at 0x[0-9a-f]+>", "an Output (known only later)", repr(value))
    return text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}… ({count(len(text), 'character')})"


def count(number: int, noun: str) -> str:
    """1 account; 2,000 accounts. noun: one whose plural ends in s."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def first_of(names: Sequence[str], most: int) -> str:
    """Ann, Bob and 3 more: the first names, and how many follow them."""
    following = len(names) - most
    return f"{', '.join(names[:most])} and {following:,} more" if following > 0 else ", ".join(names)


_LARGEST = sys.float_info.max


class _Secret:
    """A value that is checked as any other, and shown in no sentence. By itself, for what no check takes."""

    def __repr__(self) -> str:
        return "a secret"

    __str__ = __repr__


class _SecretText(_Secret, str):
    pass


class _SecretNumber(_Secret, float):
    pass


def hidden(value: Any) -> Any:
    """A secret as the checks take it: what they say of it has its keys, and none of its values."""
    if isinstance(value, Mapping):
        return {key: hidden(item) for key, item in value.items()}
    if isinstance(value, list):
        return [hidden(item) for item in value]
    if isinstance(value, str):
        return _SecretText(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _SecretNumber(max(-_LARGEST, min(value, _LARGEST)))
    return None if value is None else _Secret()
