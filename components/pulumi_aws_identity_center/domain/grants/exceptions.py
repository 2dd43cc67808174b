"""The exceptions of no-disable-grant: `allowed`, a list of {pattern, account, reason}.

A pattern (* and ?) is compared with the name in AWS of the role, user, group or permission set that receives the grant.
If several receive it, all must match. A pattern that matches a managed policy's name lets the policy exist; each
attachment is judged by its receiver. `account` limits an exception to one account. An exception without `account`
counts in a stack with one known account, and in a stack that `ownerStacks` names.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from pulumi_aws_identity_center.domain.accounts_of_resources import AccountsOfResources
from pulumi_aws_identity_center.domain.declared import UNKNOWN, Declared
from pulumi_aws_identity_center.iam.ternary import Truth, conj

from .permission_sets import PermissionSets, is_of_permission_set
from .receivers import IDENTITIES, is_generated, receiver_names

Allowed = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class _Exception:
    """account: "" for one that isn't limited."""

    pattern: str
    account: str

    def fits(self, name: str) -> bool:
        return fnmatchcase(name.rpartition("/")[2], self.pattern)


def _parse(allowed: Allowed) -> list[_Exception]:
    """Those with a reason."""
    with_reason = [row for row in allowed if str(row.get("reason") or "").strip()]
    return [_Exception(str(row.get("pattern")), row.get("account") or "") for row in with_reason]


class Exceptions:
    """The exceptions of one stack. is_owner: whether `ownerStacks` names it."""

    def __init__(
        self,
        allowed: Allowed,
        resources: Iterable[Declared],
        accounts: AccountsOfResources,
        sets: PermissionSets,
        *,
        is_owner: bool,
    ) -> None:
        self._exceptions = _parse(allowed)
        self._accounts, self._sets = accounts, sets
        self._counts_anywhere = is_owner or not self._exceptions or accounts.is_one_account()
        self._logical_names = _logical_names(resources) if self._exceptions else {}

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
        """A receiver that is named by what Pulumi made of a logical name is the exception that the latter is."""
        if not isinstance(name, str):
            return None if name is UNKNOWN else False
        logical_name = self._logical_names.get(name) or name
        return any(exception.fits(logical_name) for exception in exceptions)


def _logical_names(resources: Iterable[Declared]) -> dict[str, str]:
    """Of the identities that Pulumi named, by their names in AWS."""
    names: dict[str, str] = {}
    for resource in resources:
        name = resource.props.get(IDENTITIES.get(resource.type, ""))
        if isinstance(name, str) and is_generated(name, resource.name):
            names[name] = resource.name
    return names
