"""The SELECTOR that a person would write for a set of accounts: exact today, in names where names do. Pure.

In this order: `all`, `all` except a few, organizational units, globs of a common beginning, names that are unique, ids.
The management account is always there by its id.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from .organization import Organization, OrganizationAccount, is_in_unit

Value = dict[str, Any]

# A unit or glob for a single account says less than its name does.
_FEWEST = 2
# `all` with exceptions only where the exceptions are the smaller part by far.
_EXCEPTIONS = 0.25
_WORD_END = re.compile(r"[-_. ]")
_GLOB_CHARACTERS = frozenset("*?[")


@dataclass(frozen=True)
class _Candidate:
    """A unit or a glob, with the members that it selects, as bits."""

    key: str
    text: str
    bits: int

    @property
    def size(self) -> int:
        return self.bits.bit_count()

    def is_within(self, wanted: int) -> bool:
        return not self.bits & ~wanted


class SimplestSelector:
    """For one organization. Sets of accounts are numbers whose bits stand for the active members."""

    def __init__(self, organization: Organization) -> None:
        self._organization = organization
        self._members = [account for account in organization.members if account.reason_to_skip is None]
        self._bit = {account.id: 1 << number for number, account in enumerate(self._members)}
        self._everybody = self._bits(self._members)
        self._names = Counter(account.name for account in organization.accounts)

    def of(self, account_ids: Iterable[str]) -> Value:
        """account_ids: active ones, the management account's among them or not; not empty."""
        ids = set(account_ids)
        management = ids - self._bit.keys()
        selector = self._cover(sum(self._bit[id_] for id_ in ids - management))
        if management:
            selector["ids"] = sorted([*management, *selector.get("ids", [])])
        return {key: selector[key] for key in _ORDER if key in selector}

    def _bits(self, accounts: Iterable[OrganizationAccount]) -> int:
        return sum(self._bit[account.id] for account in accounts)

    def _cover(self, wanted: int) -> Value:
        """wanted: members, as bits."""
        missing = self._everybody & ~wanted
        has_few_exceptions = missing.bit_count() <= _EXCEPTIONS * len(self._members)
        if not wanted or not has_few_exceptions or len(self._members) < _FEWEST:
            return self._parts(wanted)
        return {"all": True, "except": self._parts(missing)} if missing else {"all": True}

    def _parts(self, wanted: int) -> Value:
        """Units and globs that hold nothing else, the largest first; the rest one by one."""
        selector: Value = {}
        remaining = wanted
        for candidate in self._candidates:
            if candidate.is_within(wanted) and (candidate.bits & remaining).bit_count() >= _FEWEST:
                selector.setdefault(candidate.key, []).append(candidate.text)
                remaining &= ~candidate.bits
        for account in self._accounts(remaining):
            key, text = self._single(account)
            selector.setdefault(key, []).append(text)
        return {key: sorted(texts) for key, texts in selector.items()}

    def _single(self, account: OrganizationAccount) -> tuple[str, str]:
        """By its name, where that is a glob that matches no other."""
        is_by_name = _is_plain(account.name) and self._names[account.name] == 1
        return ("names", account.name) if is_by_name else ("ids", account.id)

    @cached_property
    def _candidates(self) -> list[_Candidate]:
        """The largest first, units before globs."""
        candidates = sorted([*self._units(), *self._globs()], key=lambda candidate: -candidate.size)
        return [candidate for candidate in candidates if candidate.size >= _FEWEST]

    def _units(self) -> Iterator[_Candidate]:
        for path in sorted(self._organization.every_unit):
            inside = (account for account in self._members if is_in_unit(account, path))
            yield _Candidate("organizationalUnits", path, self._bits(inside))

    def _globs(self) -> Iterator[_Candidate]:
        by_start: dict[str, int] = defaultdict(int)
        for account in self._members:
            for start in _starts(account.name):
                by_start[start] |= self._bit[account.id]
        for start, bits in sorted(by_start.items()):
            yield _Candidate("names", f"{start}*", bits)

    def _accounts(self, bits: int) -> Iterator[OrganizationAccount]:
        while bits:
            lowest = bits & -bits
            yield self._members[lowest.bit_length() - 1]
            bits ^= lowest


def _starts(name: str) -> Iterator[str]:
    """The beginnings of the name up to the end of a word, as far as a glob takes them literally."""
    starts = (name[: word_end.end()] for word_end in _WORD_END.finditer(name))
    return filter(_is_plain, starts)


def _is_plain(text: str) -> bool:
    """Whether a glob takes it literally; no glob is empty."""
    return text != "" and _GLOB_CHARACTERS.isdisjoint(text)


_ORDER = ("all", "organizationalUnits", "names", "ids", "except")
