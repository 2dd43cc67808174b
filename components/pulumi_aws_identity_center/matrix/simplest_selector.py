"""The SELECTOR that a person would write for a set of accounts: exact today, in names where names do. Pure.

In this order: `all`, `all` except a few, organizational units, globs of a common beginning, names that are unique, ids.
The management account is always there by its id.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
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


class SimplestSelector:
    """For one organization. Sets of accounts are numbers whose bits stand for the active members."""

    def __init__(self, organization: Organization) -> None:
        self._organization = organization
        self._members = [
            account for account in organization.accounts if not account.is_management and account.reason_to_skip is None
        ]
        self._bits = {account.id: 1 << number for number, account in enumerate(self._members)}
        self._everybody = (1 << len(self._members)) - 1
        self._names = Counter(account.name for account in organization.accounts)

    def of(self, account_ids: Iterable[str]) -> Value:
        """account_ids: active ones, the management account's among them or not; not empty."""
        ids = sorted(set(account_ids))
        selector = self._cover(sum(self._bits.get(id_, 0) for id_ in ids))
        others = [id_ for id_ in ids if id_ not in self._bits]
        if others:
            selector["ids"] = sorted([*others, *selector.get("ids", [])])
        return {key: selector[key] for key in _ORDER if key in selector}

    def _cover(self, wanted: int) -> Value:
        missing = self._everybody & ~wanted
        if not wanted or len(self._members) < _FEWEST:
            return self._parts(wanted)
        if not missing:
            return {"all": True}
        if missing.bit_count() <= _EXCEPTIONS * len(self._members):
            return {"all": True, "except": self._parts(missing)}
        return self._parts(wanted)

    def _parts(self, wanted: int) -> Value:
        """Units and globs that hold nothing else, the largest first; the rest one by one."""
        selector: Value = {}
        left = wanted
        for key, text, accounts in self._candidates:
            is_exact = not accounts & ~wanted
            if is_exact and (accounts & left).bit_count() >= _FEWEST:
                selector.setdefault(key, []).append(text)
                left &= ~accounts
        for account in self._accounts(left):
            key, text = ("names", account.name) if self._is_plain(account) else ("ids", account.id)
            selector.setdefault(key, []).append(text)
        return {key: sorted(texts) for key, texts in selector.items()}

    def _is_plain(self, account: OrganizationAccount) -> bool:
        """Whether its name, as a glob, matches it and no other."""
        return bool(account.name) and self._names[account.name] == 1 and not _GLOB_CHARACTERS & set(account.name)

    @cached_property
    def _candidates(self) -> list[tuple[str, str, int]]:
        """Units and globs with the accounts that they select, the largest first, units before globs."""
        units = [("organizationalUnits", path, self._in_unit(path)) for path in sorted(self._organization.every_unit)]
        globs = [("names", f"{start}*", accounts) for start, accounts in sorted(self._starts().items())]
        large = [one for one in (*units, *globs) if one[2].bit_count() >= _FEWEST]
        return sorted(large, key=lambda one: -one[2].bit_count())

    def _in_unit(self, path: str) -> int:
        return sum(self._bits[account.id] for account in self._members if is_in_unit(account, path))

    def _starts(self) -> Mapping[str, int]:
        """The beginnings of names up to the end of a word, with the accounts whose names begin so."""
        starts: dict[str, int] = {}
        for account in self._members:
            for end in _WORD_END.finditer(account.name):
                start = account.name[: end.end()]
                if not _GLOB_CHARACTERS & set(start):
                    starts.setdefault(start, 0)
        for start in starts:
            starts[start] = sum(self._bits[one.id] for one in self._members if one.name.startswith(start))
        return starts

    def _accounts(self, bits: int) -> Iterator[OrganizationAccount]:
        while bits:
            lowest = bits & -bits
            yield self._members[lowest.bit_length() - 1]
            bits ^= lowest


_ORDER = ("all", "organizationalUnits", "names", "ids", "except")
