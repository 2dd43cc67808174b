"""State that all searches on one account share: the principals worth becoming, the principals that have a lock-out
action already, and the work that is left.

It finds the principals by the actions' names alone, so that a search evaluates only policies that may matter.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import cached_property
from itertools import chain

from pulumi_aws_identity_center.access.account import Account, HeldPolicy, Principal
from pulumi_aws_identity_center.access.permissions import Permissions
from pulumi_aws_identity_center.domain import aws_managed_policies
from pulumi_aws_identity_center.iam import LOCK_OUT_ACTIONS, LOCK_OUT_BY_KEY, Document, Statement
from pulumi_aws_identity_center.iam.wildcards import has_wildcards, may_match

from . import edges
from .access_edges import trusted_names, ways_to_access
from .identity_center import ASSIGN, FILL

# Questions to the evaluator, of some 30 microseconds each: linear in the account.
_CALLS, _CALLS_A_PRINCIPAL = 20_000, 50
# By themselves these change no principal.
_PREPARATIONS = (edges.CREATE_POLICY, edges.ADD_USER_TO_GROUP)
_CHANGES_OF_PRINCIPALS = (*(action for action in edges.CHANGES if action not in _PREPARATIONS), *FILL, ASSIGN)
# A user that may be renamed may be become under another name than its own.
_NAMING_A_TARGET = (*edges.BECOMING_ACTIONS, edges.UPDATE_USER)
_LOWER_LOCK_OUT_ACTIONS = tuple(map(str.lower, (*LOCK_OUT_ACTIONS, *LOCK_OUT_BY_KEY)))
_LOWER_ACTIONS = (*_LOWER_LOCK_OUT_ACTIONS, *map(str.lower, edges.ACTIONS))


class BudgetSpent(Exception):
    """The bound on the work was reached."""


class SearchState:
    """existing_arns: of all principals, groups and policies. permission_sets: the ARNs of their roles.
    attachable_policies: those worth attaching. capable: the ARNs of who can. targets: those worth becoming."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.existing_arns = frozenset(account.arns)
        self.permission_sets = [principal.arn for principal in account.principals if principal.is_of_permission_set]
        self.attachable_policies = list(_policies_worth_attaching(account))
        self.capable: set[str] = set()
        self.targets: Targets = Targets([])
        self._budget = self._left = self._left_for_details = _CALLS + _CALLS_A_PRINCIPAL * len(account.principals)

    def spend(self) -> None:
        """One question to the evaluator. Raises BudgetSpent."""
        self._left -= 1
        if self._left < 0:
            raise BudgetSpent

    @contextmanager
    def budget_for_details(self) -> Iterator[None]:
        """A second budget, for work that changes no answer. That work ends once it is spent."""
        self._left, self._left_for_details = self._left_for_details, self._left
        with suppress(BudgetSpent):
            yield
        self._left, self._left_for_details = self._left_for_details, self._left

    @property
    def has_budget(self) -> bool:
        """Whether there is enough left for more than the least."""
        return self._left > self._budget / 2

    def could_change_somebody(self, permissions: Permissions) -> bool:
        """Whether it has an action that gives anybody more, or takes off what holds them back; or could join a group
        that has something to give."""
        if permissions.has_any_of(_CHANGES_OF_PRINCIPALS):
            return True
        return any(permissions.may_name(edges.ADD_USER_TO_GROUP, group.arn) for group in self._groups_worth_joining)

    @cached_property
    def _groups_worth_joining(self) -> list[Principal]:
        return list(filter(self._is_worth_joining, self.account.groups.values()))

    def _is_worth_joining(self, group: Principal) -> bool:
        """What can't be read may allow anything."""
        if self.account.problems_of_group(group):
            return True
        return self.account.document_of_group(group).allows_any_of(_LOWER_ACTIONS)

    @cached_property
    def restricting_groups(self) -> list[Principal]:
        """The groups that deny something."""
        return [group for group in self.account.groups.values() if self.account.document_of_group(group).denies]

    def permissions_of_group(self, group: Principal) -> Permissions:
        """As they are."""
        documents = {**group.documents, **self.account.managed_policies_of(group)}
        return Permissions(group, documents, boundary=None)

    @cached_property
    def lock_out_groups(self) -> list[Principal]:
        """The groups that allow a lock-out action, as far as names tell."""
        account = self.account
        groups = account.groups.values()
        return [group for group in groups if account.document_of_group(group).allows_any_of(_LOWER_LOCK_OUT_ACTIONS)]


def _policies_worth_attaching(account: Account) -> Iterator[tuple[HeldPolicy, Document]]:
    """Those, but for AdministratorAccess, that give an action that matters, or could with another default version."""
    policies = {**aws_managed_policies.in_partition_of(account.any_arn), **account.policies}
    for arn, document in policies.items():
        is_administrator_access = arn.endswith(f":aws:policy/{aws_managed_policies.ADMINISTRATOR}")
        if not is_administrator_access and _could_allow_any(arn, document, account):
            yield HeldPolicy(arn), document


def _could_allow_any(arn: str, document: Document, account: Account) -> bool:
    documents = (document, *(version.most for version in account.versions.get(arn, ())))
    return any(document.allows_any_of(_LOWER_ACTIONS) for document in documents)


class Targets:
    """The principals worth becoming, found by what a caller has to name to become one of them."""

    def __init__(self, principals: Iterable[Principal]) -> None:
        self._by_arn = {principal.arn: principal for principal in principals}
        self._by_trusted_name: defaultdict[str, list[Principal]] = defaultdict(list)
        self._by_action: dict[str, list[Principal]] = {action: [] for action in _NAMING_A_TARGET}
        for principal in self._by_arn.values():
            self._add(principal)
        self._by_pattern: dict[tuple[str, str], list[Principal]] = {}

    def _add(self, principal: Principal) -> None:
        for action in dict.fromkeys(way[0].action for way in ways_to_access(principal)):
            self._by_action[action].append(principal)
        for name in trusted_names(principal):
            self._by_trusted_name[name].append(principal)
        if principal.is_user:
            self._by_action[edges.UPDATE_USER].append(principal)

    @cached_property
    def trusts(self) -> list[Statement]:
        trusts = filter(None, (principal.trust for principal in self._by_arn.values()))
        return list(chain.from_iterable(trust.statements for trust in trusts))

    def of(self, permissions: Permissions) -> Iterable[Principal]:
        """Those that it could become, as far as names tell."""
        targets = [self._by_trusted_name.get(name, []) for name in self._names_trusting(permissions.principal)]
        for action in self._by_action:
            targets += [self._matching(action, pattern) for pattern in permissions.resource_patterns(action)]
        return {target.arn: target for target in chain.from_iterable(targets)}.values()

    def _names_trusting(self, principal: Principal) -> list[str]:
        """By which names trust policies may let it in: its own, everybody's, and those of a role's sessions."""
        names = [principal.arn, "*"]
        if principal.is_role:
            session = f"{principal.account}:assumed-role/{principal.name}/"
            names += [name for name in self._by_trusted_name if session in name]
        return names

    def _matching(self, action: str, pattern: str) -> list[Principal]:
        if _is_arn_of_principal(pattern):
            return [self._by_arn[pattern]] if pattern in self._by_arn else []
        key = (action, pattern)
        if key not in self._by_pattern:
            targets = self._by_action[action]
            self._by_pattern[key] = [target for target in targets if _may_match(action, pattern, target)]
        return self._by_pattern[key]


def _is_arn_of_principal(pattern: str) -> bool:
    return not has_wildcards(pattern) and ":saml-provider/" not in pattern


def _may_match(action: str, pattern: str, target: Principal) -> bool:
    """A SAML provider's pattern names no principal, so it may."""
    return action in edges.SAML_ACTIONS or may_match(pattern, target.arn)
