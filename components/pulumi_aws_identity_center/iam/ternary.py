"""Kleene's three-valued logic: True, False, and None for what can't be known. Sound: an answer that isn't None holds
for every completion of what is unknown."""

from __future__ import annotations

from collections.abc import Iterable

Truth = bool | None


def conj(values: Iterable[Truth]) -> Truth:
    """All of them; stops at the first False."""
    result: Truth = True
    for value in values:
        if value is False:
            return False
        if value is None:
            result = None
    return result


def disj(values: Iterable[Truth]) -> Truth:
    """Any of them; stops at the first True."""
    result: Truth = False
    for value in values:
        if value:
            return True
        if value is None:
            result = None
    return result


def neg(value: Truth) -> Truth:
    return None if value is None else not value


def unknown_if(may_be: object) -> Truth:
    """Of what certainly isn't, unless it may be."""
    return None if may_be else False


def neg_if(is_negated: bool, value: Truth) -> Truth:
    """For an element with a Not-form."""
    return neg(value) if is_negated else value
