"""An organization as plain data: what a SELECTOR is judged against."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

ACTIVE = "ACTIVE"
# docs.aws.amazon.com/organizations/latest/APIReference/API_Account.html, State
_REASONS: Mapping[str, str | None] = {
    ACTIVE: None,
    "PENDING_ACTIVATION": "is not active yet",
    "SUSPENDED": "is suspended",
    "PENDING_CLOSURE": "is being closed",
    "CLOSED": "is closed",
}


@dataclass(frozen=True)
class OrganizationAccount:
    """One account of the organization.

    state: ListAccounts' `State`, or its older `Status`. organizational_unit: the path of names below the root, such as
    "Workloads/Prod"; "" for an account directly in the root.
    """

    id: str
    name: str
    state: str = ACTIVE
    organizational_unit: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    is_management: bool = False

    @property
    def reason_to_skip(self) -> str | None:
        """Why AWS would not make an assignment in it, for a sentence; None if it can."""
        return _REASONS.get(self.state, f"is in state {self.state}")


@dataclass(frozen=True)
class Organization:
    """organizational_units: the paths of all of them, also of those without an account."""

    accounts: tuple[OrganizationAccount, ...]
    organizational_units: frozenset[str] = field(default_factory=frozenset)

    @cached_property
    def by_id(self) -> Mapping[str, OrganizationAccount]:
        return {account.id: account for account in self.accounts}

    @cached_property
    def by_name(self) -> Mapping[str, list[OrganizationAccount]]:
        names: dict[str, list[OrganizationAccount]] = {}
        for account in self.accounts:
            names.setdefault(account.name, []).append(account)
        return names

    @cached_property
    def members(self) -> tuple[OrganizationAccount, ...]:
        """All but the management account."""
        return tuple(account for account in self.accounts if not account.is_management)

    @cached_property
    def every_unit(self) -> frozenset[str]:
        """The named paths, those of the accounts, and the paths above them."""
        named = self.organizational_units | {account.organizational_unit for account in self.accounts}
        return frozenset(path for unit in named for path in _paths_down_to(unit)) - {""}


def _paths_down_to(unit: str) -> list[str]:
    """A, A/B and A/B/C of A/B/C."""
    names = unit.split("/")
    return ["/".join(names[:length]) for length in range(1, len(names) + 1)]


def is_in_unit(account: OrganizationAccount, path: str) -> bool:
    """Whether the account is in the organizational unit or in one below it."""
    return account.organizational_unit == path or account.organizational_unit.startswith(f"{path}/")
