"""Reads the values of a matrix by key path and collects every problem, so that a person mends them in one go.

A deferred value is one that only the update knows (a Pulumi Output): it passes unchecked wherever a text may stand.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from pulumi_aws_identity_center.domain.values import ACCOUNT, camel_case, match_text
from pulumi_aws_identity_center.errors import shown

IsDeferred = Callable[[Any], bool]


def never_deferred(_value: Any) -> bool:
    """For values from a file: all of them are known."""
    return False


class Values:
    """Each method gives a usable value, or an empty one after it noted a problem."""

    def __init__(self, is_deferred: IsDeferred = never_deferred) -> None:
        self.is_deferred = is_deferred
        self.problems: list[str] = []

    def refuse(self, key: str, value: Any, allowed: str) -> None:
        text = "missing" if value is None else shown(value)
        self.problems.append(f"{key or 'The matrix'} is {text}; it must be {allowed}.")

    def mapping(self, value: Any, key: str, what: str) -> Mapping[str, Any]:
        """A mapping whose keys the user chooses."""
        if not isinstance(value, Mapping):
            self.refuse(key, value, what)
            return {}
        result: dict[str, Any] = {}
        for name, item in value.items():
            if isinstance(name, str):
                result[name] = item
            else:
                self.problems.append(f"{key or 'The matrix'} has the key {shown(name)}; keys are text.")
        return result

    def fields(self, value: Any, key: str, allowed: Collection[str]) -> Mapping[str, Any]:
        """An object with known keys; a key that is null counts as absent."""
        result: dict[str, Any] = {}
        for name, item in self.mapping(value, key, f"an object with {', '.join(allowed)}").items():
            if name not in allowed:
                self.problems.append(f"{join(key, name)} is not a key; {_suggestion(name, allowed)}")
            elif item is not None:
                result[name] = item
        return result

    def items(self, value: Any, key: str, what: str) -> list[Any]:
        if not isinstance(value, (list, tuple)):
            self.refuse(key, value, f"a list of {what}")
            return []
        return list(value)

    def text(self, value: Any, key: str, allowed: str, pattern: re.Pattern[str]) -> Any:
        """The text, a deferred value, or None after a problem."""
        if self.is_deferred(value) or match_text(pattern, value):
            return value
        self.refuse(key, value, allowed)
        return None

    def texts(self, value: Any, key: str, allowed: str, pattern: re.Pattern[str]) -> tuple[Any, ...]:
        """Texts of a list, each once, and deferred values."""
        texts = [
            self.text(item, f"{key}[{number}]", allowed, pattern)
            for number, item in enumerate(self.items(value, key, f"texts, each {allowed}"))
        ]
        return unique(texts)

    def known_texts(self, value: Any, key: str, allowed: str, pattern: re.Pattern[str]) -> tuple[str, ...]:
        """Texts of a list, where a preview has to know them."""
        texts = self.texts(value, key, allowed, pattern)
        if any(map(self.is_deferred, texts)):
            self.problems.append(f"{key} has a value that only the update knows; a preview has to know it.")
        return tuple(text for text in texts if isinstance(text, str))

    def account(self, value: Any, key: str) -> Any:
        """Leading zeros are part of an account id, so it has to be text."""
        return self.text(value, key, 'an AWS account id: 12 digits in quotes, such as "111122223333"', ACCOUNT)


def join(key: str, name: str) -> str:
    """The path of a key inside an object; the outermost object has an empty path."""
    return f"{key}.{name}" if key else name


def unique(texts: Iterable[Any]) -> tuple[Any, ...]:
    """Each text once, in order; deferred values stay, and None goes."""
    result: list[Any] = []
    noted: set[Any] = {None}
    for text in texts:
        if text not in noted:
            result.append(text)
        if isinstance(text, str):
            noted.add(text)
    return tuple(result)


def _suggestion(name: str, allowed: Collection[str]) -> str:
    close = difflib.get_close_matches(camel_case(name), allowed, n=1)
    return f"did you mean {close[0]}?" if close else f"the keys are {', '.join(allowed)}."
