"""Rows in the order in which they were made, and the indexes over them.

Every row has a number that only grows. A page starts after the number in its token, found by bisection: a page costs
the same wherever it is in the list, and rows that come or go meanwhile are neither repeated nor make others skipped.
"""

from __future__ import annotations

import heapq
from bisect import bisect_left, bisect_right, insort
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar


class Row(Protocol):
    number: int


R = TypeVar("R", bound=Row)
K = TypeVar("K", bound=Hashable)


def _number(row: Row) -> int:
    return row.number


class Rows(Generic[R]):
    """Rows sorted by number."""

    __slots__ = ("_rows",)

    def __init__(self) -> None:
        self._rows: list[R] = []

    def add(self, row: R) -> None:
        if self._rows and row.number < self._rows[-1].number:
            insort(self._rows, row, key=_number)
        else:
            self._rows.append(row)

    def discard(self, row: R) -> None:
        place = bisect_left(self._rows, row.number, key=_number)
        if place < len(self._rows) and self._rows[place] is row:
            del self._rows[place]

    def after(self, number: int) -> Iterator[R]:
        """The rows created after the one with this number, which may be deleted."""
        rows = self._rows
        for place in range(bisect_right(rows, number, key=_number), len(rows)):
            yield rows[place]

    def __iter__(self) -> Iterator[R]:
        return iter(list(self._rows))

    def __len__(self) -> int:
        return len(self._rows)


T = TypeVar("T")


@dataclass(slots=True)
class Numbered(Generic[T]):
    number: int
    item: T


def numbered(items: Iterable[T]) -> Rows[Numbered[T]]:
    """Rows of objects without numbers of their own, numbered by their order."""
    rows: Rows[Numbered[T]] = Rows()
    for number, item in enumerate(items, 1):
        rows.add(Numbered(number, item))
    return rows


class Merged(Generic[R]):
    """Several rows read as one."""

    def __init__(self, *several: Rows[R]) -> None:
        self._several = several

    def after(self, number: int) -> Iterator[R]:
        return heapq.merge(*(rows.after(number) for rows in self._several), key=_number)


class Index(Generic[K, R]):
    """Rows by a key that many share. A key without rows takes no room."""

    __slots__ = ("_by_key",)

    def __init__(self) -> None:
        self._by_key: dict[K, Rows[R]] = {}

    def add(self, key: K, row: R) -> None:
        rows = self._by_key.get(key)
        if rows is None:
            rows = self._by_key[key] = Rows()
        rows.add(row)

    def discard(self, key: K, row: R) -> None:
        rows = self._by_key.get(key)
        if rows is None:
            return
        rows.discard(row)
        if not rows:
            del self._by_key[key]

    def of(self, key: K) -> Rows[R]:
        rows = self._by_key.get(key)
        return rows if rows is not None else Rows()
