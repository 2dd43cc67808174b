"""The exceptions of no-disable-grant: `allowed`, a list of {pattern, account, reason}.

A pattern (* and ?) is held against the name in AWS of the role, user, group or permission set that receives the grant;
of several receivers all have to match. A managed policy goes by its own name: that lets it exist, and each attachment
is judged by its receiver. `account` limits an exception to one account. An exception without `account` counts in a
stack of which one account is known, and in a stack that `ownerStacks` names.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

from pulumi_aws_identity_center.domain.accounts import Accounts
from pulumi_aws_identity_center.domain.declared import UNKNOWN, Declared

from .permission_sets import PermissionSets, is_of_permission_set
from .receivers import IDENTITIES, is_generated, receiver_names

Allowed = Sequence[Mapping[str, Any]]


class Exceptions:
    """The exceptions of one stack. is_owner: whether `ownerStacks` names it."""

    def __init__(
        self,
        allowed: Allowed,
        resources: Iterable[Declared],
        accounts: Accounts,
        sets: PermissionSets,
        *,
        is_owner: bool,
    ) -> None:
        self._allowed = [exception for exception in allowed if str(exception.get("reason") or "").strip()]
        self._accounts, self._sets = accounts, sets
        self._counts_anywhere = is_owner or not self._allowed or accounts.is_one_account()
        self._logical_names = _logical_names(resources) if self._allowed else {}

    def excuse(self, resource: Declared) -> Any:
        """True, False, or UNKNOWN where that depends on a name that the preview can't know."""
        counting = [exception for exception in self._allowed if self._counts(exception, resource)]
        patterns = [str(exception.get("pattern")) for exception in counting]
        if not patterns:
            return False
        names = self.names(resource)
        known_names = [name for name in names if name is not UNKNOWN]
        if not all(self._matches(name, patterns) for name in known_names):
            return False
        return UNKNOWN if len(known_names) < len(names) else True

    def name_policy(self, name: str) -> bool:
        """Whether a pattern names a managed policy."""
        return any(_fits(name, str(exception.get("pattern"))) for exception in self._allowed)

    def names(self, resource: Declared) -> list[Any]:
        """The receivers' names; a permission set's own name for what belongs to a set of this stack."""
        owner = self._sets.set_of(resource) if is_of_permission_set(resource) else None
        return receiver_names(owner or resource)

    def _counts(self, exception: Mapping[str, Any], resource: Declared) -> bool:
        account = exception.get("account")
        is_set = is_of_permission_set(resource)
        if not account:
            return is_set or self._counts_anywhere or not self._accounts.is_management(resource)
        if is_set:
            assigned = self._sets.account_ids(resource)
            return {account} in (assigned, assigned & self._accounts.management_ids)
        return bool(self._accounts.account_id(resource) == account)

    def _matches(self, name: Any, patterns: Sequence[str]) -> bool:
        """A receiver that is named by what Pulumi made of a logical name is the exception that the latter is."""
        logical = self._logical_names.get(name) if isinstance(name, str) else None
        return any(_fits(logical or name, pattern) for pattern in patterns)


def _fits(name: Any, pattern: str) -> bool:
    return isinstance(name, str) and fnmatchcase(name.rpartition("/")[2], pattern)


def _logical_names(resources: Iterable[Declared]) -> dict[str, str]:
    names: dict[str, str] = {}
    for resource in resources:
        if resource.type in IDENTITIES:
            name = resource.props.get(IDENTITIES[resource.type])
            if isinstance(name, str) and is_generated(name, resource.name):
                names[name] = resource.name
    return names
