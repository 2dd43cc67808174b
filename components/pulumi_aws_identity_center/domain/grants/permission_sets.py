"""Permission sets, which account they are assigned in, and which set a policy or attachment belongs to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from pulumi_aws_identity_center.domain.accounts_of_resources import AccountsOfResources
from pulumi_aws_identity_center.domain.declared import Declared
from pulumi_aws_identity_center.domain.iam_carriers import FLOWS
from pulumi_aws_identity_center.domain.values import as_list
from pulumi_aws_identity_center.iam.ternary import Truth, disj

SET_TYPES = frozenset(
    {
        "aws:ssoadmin/permissionSet:PermissionSet",
        "aws-native:sso:PermissionSet",
        "aws-identity-center:index:PermissionSet",
    }
)
# What is attached to a permission set.
PART_TYPES = frozenset(type_ for type_ in FLOWS if type_.startswith("aws:ssoadmin/"))
ASSIGNMENTS = "aws-identity-center:index:AccountAssignments"
ASSIGNMENT_TYPES = frozenset(
    {"aws:ssoadmin/accountAssignment:AccountAssignment", "aws-native:sso:Assignment", ASSIGNMENTS}
)
ARN_KEYS = ("arn", "permissionSetArn")
_SET_KEY = "permissionSetArn"


class Assigned(NamedTuple):
    """account: its id, or UNKNOWN. is_management: whether it is the management account. parts: the declared permission
    set with its parts; none for a set from elsewhere."""

    account: Any
    is_management: Truth
    parts: Sequence[Declared]


class _Target(NamedTuple):
    """An account in which something is assigned. sources: the URNs of what its id comes from."""

    account: Any
    sources: Sequence[str]


class PermissionSets:
    def __init__(self, resources: Iterable[Declared], accounts: AccountsOfResources) -> None:
        self._accounts = accounts
        self._sets: dict[str, Declared] = {}
        self._urn_by_arn: dict[str, str] = {}
        self._assignments: dict[str, list[Declared]] = defaultdict(list)
        self._parts: dict[str, list[Declared]] = defaultdict(list)
        resources = list(filter(_is_of_interest, resources))
        for permission_set in filter(_is_set, resources):
            self._add_set(permission_set)
        for resource in resources:
            self._add_row(resource)

    def _add_set(self, resource: Declared) -> None:
        self._sets[resource.urn] = resource
        for key in ARN_KEYS:
            arn = resource.props.get(key)
            if arn and isinstance(arn, str):
                self._urn_by_arn[arn] = resource.urn

    def _add_row(self, resource: Declared) -> None:
        rows = self._assignments if resource.type in ASSIGNMENT_TYPES else self._parts
        if key := self._key(resource):
            rows[key].append(resource)

    def _key(self, resource: Declared) -> str:
        """The URN of the set that a resource is or belongs to, the ARN of a set from elsewhere, or ""."""
        if resource.type in SET_TYPES:
            return resource.urn
        arn = resource.props.get(_SET_KEY)
        if isinstance(arn, str):
            return self._urn_by_arn.get(arn, arn)
        urns = [urn for urn in resource.comes_from.get(_SET_KEY, ()) if urn in self._sets]
        return urns[0] if len(urns) == 1 else ""

    def set_of(self, resource: Declared) -> Declared | None:
        """The declared permission set that the resource is or belongs to."""
        return self._sets.get(self._key(resource))

    def is_in_management(self, resource: Declared) -> Truth:
        """Whether its set is assigned in the management account; None where an account isn't known, or none is told."""
        truths = [self._is_management(target) for target in self._targets_of(self._key(resource))]
        return disj(truths) if truths else None

    def assigned(self) -> Iterator[Assigned]:
        for key in self._assignments:
            parts = self._parts.get(key, []) if key in self._sets else []
            for target in self._targets_of(key):
                yield Assigned(target.account, self._is_management(target), parts)

    def account_ids(self, resource: Declared) -> set[str]:
        """The accounts, as far as they are known, in which its set is assigned."""
        accounts = [target.account for target in self._targets_of(self._key(resource))]
        return {account for account in accounts if isinstance(account, str)}

    def _targets_of(self, key: str) -> list[_Target]:
        return [target for assignment in self._assignments.get(key, ()) for target in _targets(assignment)]

    def _is_management(self, target: _Target) -> Truth:
        return self._accounts.is_management_id(target.account, target.sources)


def _is_set(resource: Declared) -> bool:
    return resource.type in SET_TYPES


def is_of_permission_set(resource: Declared) -> bool:
    return resource.type in SET_TYPES or resource.type.startswith("aws:ssoadmin/")


def _is_of_interest(resource: Declared) -> bool:
    return resource.type in ASSIGNMENT_TYPES or is_of_permission_set(resource)


def _targets(assignment: Declared) -> list[_Target]:
    key = "accounts" if assignment.type == ASSIGNMENTS else "targetId"
    sources = assignment.comes_from.get(key, ())
    return [_Target(account, sources) for account in as_list(assignment.props.get(key))]
