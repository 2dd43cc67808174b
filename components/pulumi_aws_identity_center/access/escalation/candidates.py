"""The principals that one attacker controls, together: their actions, and the names, policies and tags worth trying."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from itertools import chain, product
from typing import NamedTuple

from pulumi_aws_identity_center.access.account import HeldPolicy, Principal, is_customer_managed
from pulumi_aws_identity_center.access.permissions import Permissions
from pulumi_aws_identity_center.iam import Document, Statement
from pulumi_aws_identity_center.iam.wildcards import matches, matches_any

from . import edges, tags
from .tags import WantedTags
from .targets import SearchState

POLICY_KEY, BOUNDARY_KEY = "iam:policyarn", "iam:permissionsboundary"
_MOST_POLICIES, _MOST_NAMES = 8, 24
_VARIABLE = re.compile(r"\$\{[^}]*\}")


class WritablePolicy(NamedTuple):
    """action: creates the policy, or another version of it."""

    action: str
    arn: str


class Candidates:
    """As long as none of them changes. members: the permissions of all of them by ARN; the first one is who started.
    groups: what the groups have that they changed and haven't joined yet.
    becomes_others: whether the search also becomes other principals."""

    def __init__(
        self,
        state: SearchState,
        members: Mapping[str, Permissions],
        groups: Mapping[str, Permissions],
        *,
        becomes_others: bool,
    ) -> None:
        self.attachable_policies = state.attachable_policies
        self._state, self._members, self._groups, self._becomes_others = state, members, groups, becomes_others
        self._compared: dict[tuple[str, ...], frozenset[str]] = {}

    def may_call_any(self, *actions: str) -> bool:
        return any(permissions.has_any_of(actions) for permissions in self._members.values())

    def may_name(self, action: str, resource: str) -> bool:
        """Also on the resource, as far as its name tells."""
        return any(permissions.may_name(action, resource) for permissions in self._members.values())

    def count_giving_actions(self, kind: str, arn: str) -> int:
        """How many actions they have that give a principal of the kind a policy, as far as its name tells."""
        return sum(self.may_name(action, arn) for action in edges.GIVE_POLICY[kind])

    def may_add_to_groups(self, principal: Principal) -> bool:
        return principal.is_user and self.may_call_any(edges.ADD_USER_TO_GROUP)

    def restricting_groups(self) -> Iterator[tuple[str, Permissions]]:
        """By ARN, what the groups have that deny something and that a user could join, and change before that."""
        if not self.may_call_any(edges.ADD_USER_TO_GROUP) or not self.may_call_any(*edges.CHANGES_OF_GROUPS):
            return
        users = [permissions for permissions in self._members.values() if permissions.principal.is_user]
        for group in self._state.restricting_groups:
            may_join = self.may_name(edges.ADD_USER_TO_GROUP, group.arn) and self._may_change(group)
            if may_join and not all(permissions.is_in(group) for permissions in users):
                yield group.arn, self._groups.get(group.arn) or self._state.permissions_of_group(group)

    def _may_change(self, group: Principal) -> bool:
        """Or one of its policies, as far as names tell."""
        calls = product(edges.CHANGES_OF_GROUPS, (group.arn, *group.managed))
        return any(self.may_name(action, resource) for action, resource in calls)

    def policies_of_group(self, group: Principal) -> dict[HeldPolicy, Document]:
        """What a member has through it if it joins now."""
        if group.arn not in self._groups:
            return self._state.account.policies_of_group(group)
        documents = self._groups[group.arn].documents
        return {HeldPolicy(policy.name, group.name): document for policy, document in documents.items()}

    # ---- names of what isn't there yet

    def new_arns(self, kind: str, action: str, *actions: str, more: frozenset[str] = frozenset()) -> list[str]:
        """ARNs of what isn't there yet and that the action could make, for the other actions to be called on."""
        if not self.may_call_any(action):
            return []
        patterns = set(more)
        for permissions in self._members.values():
            for named_action in (action, *actions):
                patterns.update(permissions.resource_patterns(named_action))
        start = next(iter(self._members.values())).principal
        arns = dict.fromkeys(_arns_by_patterns(kind, sorted(patterns), start))
        return [arn for arn in arns if arn not in self._state.existing_arns][:_MOST_NAMES]

    def new_groups(self) -> list[str]:
        return self.new_arns("group", edges.CREATE["group"], *edges.GIVE_POLICY["group"], edges.ADD_USER_TO_GROUP)

    def other_names(self, user: Principal) -> list[str]:
        prefix = f"{user.arn.rpartition(':')[0]}:user/"
        names = (*self.compared_values("aws:username"), *self.compared_values("aws:principalarn"))
        arns = frozenset(name if name.startswith("arn:") else prefix + name for name in names)
        return self.new_arns("user", edges.UPDATE_USER, *edges.ACTIONS, more=arns)

    # ---- policies that conditions name

    def compared_values(self, key: str, *actions: str) -> frozenset[str]:
        """What the members' statements about the actions, or about any, compare a condition key with."""
        question = (key, *actions)
        if question not in self._compared:
            conditions = chain.from_iterable(member.conditions(*actions) for member in self._members.values())
            values = (condition.values for condition in conditions if condition.key.lower() == key)
            self._compared[question] = frozenset(chain.from_iterable(values))
        return self._compared[question]

    def own_policies(self, key: str, *actions: str) -> list[WritablePolicy]:
        """Policies that they could make or rewrite; none if no condition of the actions is on the key."""
        own = [WritablePolicy(edges.CREATE_POLICY, arn) for arn in self.new_policies(key, *actions)]
        named = self.named_policies(key, *actions)
        if named and self.may_call_any(edges.CREATE_POLICY_VERSION):
            # Those that the conditions name first; what a condition rules out, others may be.
            existing = dict.fromkeys((*named, *self._state.account.policies))
            rewritable = [arn for arn in existing if self.may_rewrite(arn)]
            own += [WritablePolicy(edges.CREATE_POLICY_VERSION, arn) for arn in rewritable[:_MOST_POLICIES]]
        return own

    def new_policies(self, key: str, *actions: str) -> list[str]:
        """The ARNs of those that they could make; none if no condition of the actions is on the key."""
        named = self.compared_values(key, *actions)
        return self.new_arns("policy", edges.CREATE_POLICY, more=named) if named else []

    def may_rewrite(self, policy: str) -> bool:
        return is_customer_managed(policy) and self.may_name(edges.CREATE_POLICY_VERSION, policy)

    def named_policies(self, key: str, *actions: str) -> list[str]:
        """The ARNs of policies that are there and that conditions on the key name; some, if they name none of these."""
        patterns = [_VARIABLE.sub("*", value) for value in self.compared_values(key, *actions)]
        if not patterns:
            return []
        policies = list(self._state.account.policies)
        named = [arn for arn in policies if matches_any(patterns, arn)]
        return (named or policies)[:_MOST_POLICIES]

    # ---- tags

    @cached_property
    def wanted_tags(self) -> WantedTags:
        """The tags that could matter."""
        return tags.wanted(self._statements(), self._state.account)

    def _statements(self) -> Iterator[Statement]:
        for permissions in self._members.values():
            yield from permissions.statements()
        if self._becomes_others:
            yield from self._state.targets.trusts


def _arns_by_patterns(kind: str, patterns: list[str], start: Principal) -> Iterator[str]:
    """ARNs of users, roles, groups or policies that the patterns might allow to make."""
    prefix = f"{start.arn.rpartition(':')[0]}:{kind}/"
    yield f"{prefix}who-can-disable"
    for pattern in patterns:
        resource = pattern.replace("${aws:username}", start.name).split(":", 5)[-1]
        kind_pattern, _, name = resource.partition("/")
        if not name or "${" in name:
            continue
        if matches(kind_pattern, kind):
            yield prefix + name.replace("?", "x").replace("*", "x")
