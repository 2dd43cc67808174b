"""Which accounts of an organization a SELECTOR selects, and which it would but for their state. Pure.

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
    problems = list(_problems(selector, organization, key))
    refuse(problems)
    accounts = [organization.by_id[account_id] for account_id in sorted(_selected(selector, organization))]
    return Selection(
        account_ids=tuple(account.id for account in accounts if account.reason_to_skip is None),
        skipped=tuple(
            SkippedAccount(account, account.reason_to_skip)
            for account in accounts
            if account.reason_to_skip is not None
        ),
    )


def _selected(selector: Selector, organization: Organization) -> set[str]:
    """Whatever the accounts' state."""
    selected = {id_ for id_ in selector.ids if isinstance(id_, str)}
    tests = list(_tests_of_members(selector))
    if tests:
        selected |= {account.id for account in organization.members if any(test(account) for test in tests)}
    if selector.exclusion is not None:
        selected -= _selected(selector.exclusion, organization)
    return selected


def _tests_of_members(selector: Selector) -> Iterator[Callable[[OrganizationAccount], bool]]:
    """What selects a member account but its id: one that passes any of these is selected."""
    if selector.all:
        yield lambda account: True
    for glob in selector.names:
        yield partial(_has_name, _compiled(glob))
    for path in selector.organizational_units:
        yield partial(is_in_unit, path=path)
    for tag, values in selector.tags.items():
        yield partial(_has_tag, tag, values)


def _has_name(glob: re.Pattern[str], account: OrganizationAccount) -> bool:
    return glob.fullmatch(account.name) is not None


def _has_tag(tag: str, values: Collection[str], account: OrganizationAccount) -> bool:
    return account.tags.get(tag) in values


def _compiled(glob: str) -> re.Pattern[str]:
    """*, ? and [characters], with case, as in a shell."""
    return re.compile(fnmatch.translate(glob))


def _problems(selector: Selector, organization: Organization, key: str) -> Iterator[str]:
    yield from _problems_of_ids(selector, organization, key)
    yield from _problems_of_names(selector, organization, key)
    yield from _problems_of_units(selector, organization, key)
    if selector.exclusion is None:
        return
    if _has_deferred_id(selector) or _has_deferred_id(selector.exclusion):
        yield (
            f"{key} has an id that only the update knows, and `except`: a preview can't tell what is left. "
            "Give that id in an assignment of its own."
        )
    yield from _problems(selector.exclusion, organization, join(key, "except"))


def _has_deferred_id(selector: Selector) -> bool:
    return not all(isinstance(id_, str) for id_ in selector.ids)


def _problems_of_ids(selector: Selector, organization: Organization, key: str) -> Iterator[str]:
    for number, account_id in enumerate(selector.ids):
        if isinstance(account_id, str) and account_id not in organization.by_id:
            yield f"{key}.ids[{number}] is {account_id}, which the organization doesn't have: correct it or remove it."


def _problems_of_names(selector: Selector, organization: Organization, key: str) -> Iterator[str]:
    for number, glob in enumerate(selector.names):
        if problem := _glob_problem(glob, organization):
            yield f"{key}.names[{number}] is {shown(glob)}, which {problem}"


def _problems_of_units(selector: Selector, organization: Organization, key: str) -> Iterator[str]:
    for number, path in enumerate(selector.organizational_units):
        if path not in organization.every_unit:
            yield f"{key}.organizationalUnits[{number}] is {shown(path)}; {_unit_advice(path, organization)}"


def _glob_problem(glob: str, organization: Organization) -> str | None:
    pattern = _compiled(glob)
    matches = [account for account in organization.accounts if pattern.fullmatch(account.name)]
    if not matches:
        return "matches the name of no account; names are compared with case."
    if all(account.is_management for account in matches):
        return f"matches the management account only; that one is selected by its id: ids: [{shown(matches[0].id)}]."
    return None


def _unit_advice(path: str, organization: Organization) -> str:
    below_root = path.partition("/")[2]
    if below_root in organization.every_unit:
        return f"paths start below the root: {shown(below_root)}."
    close = difflib.get_close_matches(path, organization.every_unit, n=1)
    if close:
        return f"the organization has no such organizational unit. Did you mean {shown(close[0])}?"
    return "the organization has no organizational unit of that path (names below the root, separated by /)."
