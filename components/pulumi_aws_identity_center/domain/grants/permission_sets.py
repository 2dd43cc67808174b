"""Permission sets, which account they are assigned in, and which set a policy or attachment belongs to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from pulumi_aws_identity_center.domain.accounts import Accounts
from pulumi_aws_identity_center.domain.declared import UNKNOWN, Declared

SET_TYPES = frozenset(
    {
        "aws:ssoadmin/permissionSet:PermissionSet",
        "aws-native:sso:PermissionSet",
        "aws-identity-center:index:PermissionSet",
    }
)
ASSIGNMENTS = "aws-identity-center:index:AccountAssignments"
ASSIGNMENT_TYPES = frozenset(
    {"aws:ssoadmin/accountAssignment:AccountAssignment", "aws-native:sso:Assignment", ASSIGNMENTS}
)
_ARN_KEYS = ("arn", "permissionSetArn")
_SET_KEY = "permissionSetArn"


class PermissionSets:
    """The permission sets and assignments that a stack declares."""

    def __init__(self, resources: Iterable[Declared], accounts: Accounts) -> None:
        self._accounts = accounts
        self._sets: dict[str, Declared] = {}
        self._urn_by_arn: dict[str, str] = {}
        self._assignments: dict[str, list[Declared]] = {}
        self._parts: dict[str, list[Declared]] = {}
        resources = list(resources)
        for resource in resources:
            if resource.type in SET_TYPES:
                self._add_set(resource)
        for resource in resources:
            if resource.type in ASSIGNMENT_TYPES and (key := self._key(resource)):
                self._assignments.setdefault(key, []).append(resource)
            elif is_of_permission_set(resource) and (key := self._key(resource)):
                self._parts.setdefault(key, []).append(resource)

    def _add_set(self, resource: Declared) -> None:
        self._sets[resource.urn] = resource
        for key in _ARN_KEYS:
            arn = resource.props.get(key)
            if isinstance(arn, str):
                if arn:
                    self._urn_by_arn[arn] = resource.urn
                return

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

    def is_in_management(self, resource: Declared) -> bool | None:
        """Whether its set is assigned in the management account; None where an account isn't known, or none is told."""
        places = [
            self._accounts.is_management_id(account, assignment.comes_from.get(key, ()))
            for assignment in self._assignments.get(self._key(resource), ())
            for key, account in _targets(assignment)
        ]
        if True in places:
            return True
        return None if not places or None in places else False

    def assigned(self) -> Iterator[tuple[Any, bool | None, Sequence[Declared]]]:
        """Each assignment: the account's id, whether it is the management account, and the declared permission set
        with its parts; none of these for a set from elsewhere."""
        for key, assignments in self._assignments.items():
            parts = self._parts.get(key, []) if key in self._sets else []
            for assignment in assignments:
                for name, account in _targets(assignment):
                    sources = assignment.comes_from.get(name, ())
                    yield account, self._accounts.is_management_id(account, sources), parts

    def account_ids(self, resource: Declared) -> set[str]:
        """The accounts, as far as they are known, in which its set is assigned."""
        assignments = self._assignments.get(self._key(resource), ())
        accounts = (account for assignment in assignments for _, account in _targets(assignment))
        return {account for account in accounts if isinstance(account, str)}


def is_of_permission_set(resource: Declared) -> bool:
    """Whether the resource is a permission set or a part of one."""
    return resource.type in SET_TYPES or resource.type.startswith("aws:ssoadmin/")


def _targets(assignment: Declared) -> Iterator[tuple[str, Any]]:
    if assignment.type != ASSIGNMENTS:
        yield "targetId", assignment.props.get("targetId")
        return
    accounts: Sequence[Any] = assignment.props.get("accounts") or ()
    for account in accounts if isinstance(accounts, list) else [UNKNOWN]:
        yield "accounts", account
