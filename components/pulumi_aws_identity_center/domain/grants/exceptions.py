"""The exceptions of no-disable-grant: `allowed`, a list of {pattern, account, reason}.

A pattern (*, ? and […]) is compared with the name in AWS of the role, user, group or permission set that receives the
grant. If several receive it, all must match. A pattern that matches a managed policy's name lets the policy exist; each
attachment is judged by its receiver. `account` limits an exception to one account. An exception without `account`
counts in a stack with one known account, and in a stack that `ownerStacks` names.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from pulumi_aws_identity_center.domain.accounts_of_resources import AccountsOfResources
from pulumi_aws_identity_center.domain.declared import UNKNOWN, Declared
from pulumi_aws_identity_center.iam.ternary import Truth, conj

from .permission_sets import PermissionSets, is_of_permission_set
from .receivers import receiver_names, without_generated_ending

Allowed = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class _Exception:
    """account: "" for one that isn't limited."""

    pattern: str
    account: str

    def fits(self, name: str) -> bool:
        """Its name without a path, or without the ending that Pulumi gives to a logical name too."""
        own_name = name.rpartition("/")[2]
        return any(fnmatchcase(text, self.pattern) for text in (own_name, without_generated_ending(own_name)))


def _parse(allowed: Allowed) -> list[_Exception]:
    """Those with a reason."""
    with_reason = [row for row in allowed if str(row.get("reason") or "").strip()]
    return [_Exception(str(row.get("pattern")), row.get("account") or "") for row in with_reason]


class Exceptions:
    """The exceptions of one stack. is_owner: whether `ownerStacks` names it."""

    def __init__(
        self,
        allowed: Allowed,
        accounts: AccountsOfResources,
        sets: PermissionSets,
        *,
        is_owner: bool,
    ) -> None:
        self._exceptions = _parse(allowed)
        self._accounts, self._sets = accounts, sets
        self._counts_anywhere = is_owner or not self._exceptions or accounts.is_one_account()

    def excuse(self, resource: Declared) -> Truth:
        """Whether the resource is an exception; None where that depends on a name that the preview can't know."""
        counting = [exception for exception in self._exceptions if self._counts(exception, resource)]
        if not counting:
            return False
        return conj(self._is_excused(name, counting) for name in self.names(resource))

    def name_policy(self, name: str) -> bool:
        return any(exception.fits(name) for exception in self._exceptions)

    def names(self, resource: Declared) -> list[Any]:
        """The receivers' names; a permission set's own name for what belongs to a set of this stack."""
        owner = self._sets.set_of(resource) if is_of_permission_set(resource) else None
        return receiver_names(owner or resource)

    def _counts(self, exception: _Exception, resource: Declared) -> bool:
        is_set = is_of_permission_set(resource)
        if not exception.account:
            return is_set or self._counts_anywhere or not self._accounts.is_management(resource)
        if is_set:
            # One assigned in member accounts too counts by the management account that it is assigned in.
            assigned = self._sets.account_ids(resource)
            return {exception.account} in (assigned, assigned & self._accounts.management_ids)
        return self._accounts.account_id(resource) == exception.account

    def _is_excused(self, name: Any, exceptions: Sequence[_Exception]) -> Truth:
        if not isinstance(name, str):
            return None if name is UNKNOWN else False
        return any(exception.fits(name) for exception in exceptions)
