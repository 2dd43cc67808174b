"""The principals that one attacker controls, together: their actions, and the names, policies and tags worth trying."""

from __future__ import annotations

import re
from collections.abc import Mapping

from pulumi_aws_identity_center.access.account import HeldPolicy, Principal
from pulumi_aws_identity_center.access.permissions import Power
from pulumi_aws_identity_center.iam.wildcards import matches

from . import actions, tags
from .edges import new_names
from .tags import Tag
from .targets import SearchState

BOUNDARY_KEY = "iam:permissionsboundary"
_MOST = 8
_VARIABLE = re.compile(r"\$\{[^}]*\}")


class Candidates:
    """members: the powers of all of them by ARN, which change as the search goes on; the first one is who started.
    becomes_others: whether others are become too."""

    def __init__(self, state: SearchState, members: Mapping[str, Power], *, becomes_others: bool) -> None:
        self.attachable_policies = state.attachable_policies
        self._state, self._members, self._social = state, members, becomes_others
        self._tags: tuple[tuple[int, ...], tuple[list[Tag], bool]] | None = None

    def able(self, action: str) -> bool:
        """Whether any policy gives them the action at all."""
        return any(power.patterns(action) for power in self._members.values())

    def names(self, action: str, resource: str) -> bool:
        """Also on the resource, as far as its name tells."""
        return any(power.names(action, resource) for power in self._members.values())

    def new(self, kind: str, action: str, *others: str, more: frozenset[str] = frozenset()) -> list[str]:
        """ARNs of what isn't there yet and that the action could make, for the others to be used on."""
        if not self.able(action):
            return []
        patterns = {each for power in self._members.values() for a in (action, *others) for each in power.patterns(a)}
        started = next(iter(self._members.values())).principal
        return new_names(kind, frozenset(patterns) | more, self._state.account, started)

    def wanted(self, key: str, *about: str) -> frozenset[str]:
        """What the members' statements about the actions, or about any, compare a condition key with."""
        return frozenset(
            value
            for power in self._members.values()
            for statement in power.statements(*about)
            for _, name, values in statement.conditions
            if name.lower() == key
            for value in values
        )

    def new_groups(self) -> list[str]:
        return self.new("group", actions.CREATE["group"], actions.PUT["group"], actions.ATTACH["group"], actions.JOIN)

    def names_for(self, user: Principal) -> list[str]:
        """ARNs that a user could be given."""
        conditions = (*self.wanted("aws:username"), *self.wanted("aws:principalarn"))
        prefix = f"{user.arn.rpartition(':')[0]}:user/"
        named = frozenset(each if each.startswith("arn:") else prefix + each for each in conditions)
        return self.new("user", actions.RENAME, *actions.ACTIONS, more=named)

    def own_policies(self, key: str, *about: str) -> list[tuple[str, str]]:
        """(action, ARN) each: policies that they could write, new ones or new versions, of those that conditions on
        the key, in what they have about the actions, name."""
        named = self.wanted(key, *about)
        if not named:
            return []
        found = [(actions.MAKE, arn) for arn in self.new("policy", actions.MAKE, more=named)]
        if self.able(actions.REWRITE):
            # Those that the conditions name first; what a condition rules out, others may be.
            policies = (*self.named_policies(key, *about), *self._state.account.policies)
            rewritable = [arn for arn in dict.fromkeys(policies) if self._may_rewrite(arn)]
            found += [(actions.REWRITE, arn) for arn in rewritable[:_MOST]]
        return found

    def _may_rewrite(self, arn: str) -> bool:
        return HeldPolicy(arn).customers and self.names(actions.REWRITE, arn)

    def named_policies(self, key: str, *about: str) -> list[str]:
        """The ARNs of policies that are there and that conditions on the key name; some, if they name none of these."""
        named = [_VARIABLE.sub("*", each) for each in self.wanted(key, *about)]
        policies = list(self._state.account.policies) if named else []
        return [arn for arn in policies if any(matches(each, arn) for each in named)][:_MOST] or policies[:_MOST]

    @property
    def wanted_tags(self) -> tuple[list[Tag], bool]:
        """The tags that could matter, and whether these are all."""
        powers = tuple(map(id, self._members.values()))
        if self._tags is None or self._tags[0] != powers:
            own = (s for power in self._members.values() for s in power.statements())
            trusts = self._state.targets.trusts if self._social else []
            self._tags = powers, tags.wanted((*own, *trusts), self._state.account)
        return self._tags[1]
