"""Which accounts of an organization a SELECTOR selects, and which it skips because they aren't ACTIVE. Pure.

The management account is selected by its id only, so that no glob and no `all` reaches it. Accounts that aren't ACTIVE
are never selected: AWS would never finish an assignment there.
"""

from __future__ import annotations

import difflib
import fnmatch
import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from pulumi_aws_identity_center.domain.values import item_problems
from pulumi_aws_identity_center.errors import refuse, shown

from .organization import Organization, OrganizationAccount, is_in_unit
from .selector import Selector
from .values import join


@dataclass(frozen=True)
class SkippedAccount:
    """An account that the SELECTOR names and that is left as it is. reason: the rest of a sentence about it."""

    account: OrganizationAccount
    reason: str

    def __str__(self) -> str:
        return f"Account {self.account.id} ({self.account.name}) {self.reason}: no access to it is granted or removed."


@dataclass(frozen=True)
class Selection:
    """account_ids: sorted, without those that only the update knows."""

    account_ids: tuple[str, ...]
    skipped: tuple[SkippedAccount, ...] = ()


def select_accounts(selector: Selector, organization: Organization, key: str = "accounts") -> Selection:
    """Raises InvalidInput with every problem, by key path: an id that isn't in the organization, an unknown
    organizational unit, a glob that matches no account."""
    refuse(list(_problems(selector, organization, key)))
    ids = sorted(_selected(selector, organization))
    reasons = {id_: reason for id_ in ids if (reason := organization.by_id[id_].reason_to_skip)}
    return Selection(
        account_ids=tuple(id_ for id_ in ids if id_ not in reasons),
        skipped=tuple(SkippedAccount(organization.by_id[id_], reason) for id_, reason in reasons.items()),
    )


def _selected(selector: Selector, organization: Organization) -> set[str]:
    """Whatever the accounts' state."""
    selected = set(selector.known_ids)
    for glob in selector.names:
        selected |= {account.id for account in _named(glob, organization) if not account.is_management}
    tests = list(_tests_of_members(selector))
    if tests:
        selected |= {account.id for account in organization.members if any(test(account) for test in tests)}
    if selector.exclusion is not None:
        selected -= _selected(selector.exclusion, organization)
    return selected


def _tests_of_members(selector: Selector) -> Iterator[Callable[[OrganizationAccount], bool]]:
    """What selects a member account but its id and its name: one that passes any of these is selected."""
    if selector.all:
        yield lambda account: True
    for path in selector.organizational_units:
        yield partial(is_in_unit, path=path)
    for tag, values in selector.tags.items():
        yield partial(_has_tag, tag, values)


def _has_tag(tag: str, values: Collection[str], account: OrganizationAccount) -> bool:
    return account.tags.get(tag) in values


def _named(glob: str, organization: Organization) -> list[OrganizationAccount]:
    """*, ? and [characters], with case, as in a shell. A name without them is looked up: what import-matrix writes of a
    large organization has thousands."""
    if not re.search(r"[*?[]", glob):
        return organization.by_name.get(glob, [])
    pattern = re.compile(fnmatch.translate(glob))
    return [account for account in organization.accounts if pattern.fullmatch(account.name)]


def _problems(selector: Selector, organization: Organization, key: str) -> Iterator[str]:
    yield from item_problems(selector.ids, f"{key}.ids", partial(_id_problems, organization=organization))
    yield from item_problems(selector.names, f"{key}.names", partial(_glob_problems, organization=organization))
    units_key = f"{key}.organizationalUnits"
    yield from item_problems(
        selector.organizational_units, units_key, partial(_unit_problems, organization=organization)
    )
    if selector.exclusion is None:
        return
    if selector.has_deferred_id or selector.exclusion.has_deferred_id:
        yield (
            f"{key} has an id that only the update knows, and `except`: a preview can't tell what is left. "
            "Give that id in an assignment of its own."
        )
    yield from _problems(selector.exclusion, organization, join(key, "except"))


def _id_problems(account_id: Any, key: str, organization: Organization) -> Iterator[str]:
    if isinstance(account_id, str) and account_id not in organization.by_id:
        yield f"{key} is {account_id}, which the organization doesn't have: correct it or remove it."


def _glob_problems(glob: str, key: str, organization: Organization) -> Iterator[str]:
    matches = _named(glob, organization)
    if not matches:
        yield f"{key} is {shown(glob)}, which matches the name of no account; names are compared with case."
    elif all(account.is_management for account in matches):
        by_id = f"that one is selected by its id: ids: [{shown(matches[0].id)}]."
        yield f"{key} is {shown(glob)}, which matches the management account only; {by_id}"


def _unit_problems(path: str, key: str, organization: Organization) -> Iterator[str]:
    if path not in organization.every_unit:
        yield f"{key} is {shown(path)}; {_unit_advice(path, organization)}"


def _unit_advice(path: str, organization: Organization) -> str:
    below_root = path.partition("/")[2]
    if below_root in organization.every_unit:
        return f"paths start below the root: {shown(below_root)}."
    close = difflib.get_close_matches(path, organization.every_unit, n=1)
    if close:
        return f"the organization has no such organizational unit. Did you mean {shown(close[0])}?"
    return "the organization has no organizational unit of that path (names below the root, separated by /)."
