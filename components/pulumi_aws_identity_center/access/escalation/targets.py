"""What all searches on one account share: the principals worth becoming, those that can already, found by names alone,
so that a search only asks the evaluator where something can come of it; and the bound on the work.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property

from pulumi_aws_identity_center.access.account import Account, HeldPolicy, Principal
from pulumi_aws_identity_center.access.permissions import Power
from pulumi_aws_identity_center.iam import LOCK_OUT_ACTIONS, Document, Statement
from pulumi_aws_identity_center.iam.wildcards import matches

from . import actions, edges

# Questions to the evaluator, of some 30 microseconds each: linear in the account.
_CALLS, _CALLS_A_PRINCIPAL = 20_000, 50
# What gives somebody more than there is; what gives back what there is.
_RAISING = frozenset(
    {
        *(actions.PUT.values()),
        *(actions.ATTACH.values()),
        *(actions.CREATE.values()),
        *(actions.TAG.values()),
        *(actions.REWRITE, actions.SWAP, actions.RENAME),
    }
)
_FREEING = frozenset(
    {
        *(actions.DELETE.values()),
        *(actions.DETACH.values()),
        *(actions.UNBIND.values()),
        *(actions.REBIND.values()),
        *(actions.UNTAG.values()),
        actions.LEAVE,
    }
)
_LOWER = tuple(action.lower() for action in (*LOCK_OUT_ACTIONS, *actions.ACTIONS))
_LOCK_OUT = tuple(action.lower() for action in LOCK_OUT_ACTIONS)


class BudgetSpent(Exception):
    """The bound on the work was reached."""


class SearchState:
    """What all searches on one account share. attachable_policies: those worth attaching. capable: the ARNs of the
    principals that can already. targets: the principals worth becoming."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.attachable_policies: list[tuple[HeldPolicy, Document]] = list(edges.attachable(account, frozenset(_LOWER)))
        self.capable: set[str] = set()
        self.targets: Targets = Targets([])
        self._budget = self._left = _CALLS + _CALLS_A_PRINCIPAL * len(account.principals)

    def spend(self) -> None:
        """One question to the evaluator. Raises BudgetSpent."""
        self._left -= 1
        if self._left < 0:
            raise BudgetSpent

    @property
    def has_budget(self) -> bool:
        """Whether there is enough left for more than the least."""
        return self._left > self._budget / 2

    def could_change_somebody(self, power: Power) -> bool:
        """Whether it has an action that gives anybody more, or takes off what holds them back; or could join a group
        that has something to give."""
        if any(power.patterns(action) for action in (*_RAISING, *_FREEING)):
            return True
        return any(power.names(actions.JOIN, group.arn) for group in self._groups_worth_joining)

    @cached_property
    def _groups_worth_joining(self) -> list[Principal]:
        unread = [group for group in self.account.groups.values() if group.problems or self._is_unread(group)]
        return [*self._groups_with(_LOWER), *unread]

    def _is_unread(self, group: Principal) -> bool:
        return any(arn in self.account.malformed for arn in group.managed)

    @cached_property
    def lock_out_groups(self) -> list[Principal]:
        """The groups that allow a lock-out action, as far as names tell."""
        return self._groups_with(_LOCK_OUT)

    def _groups_with(self, wanted: tuple[str, ...]) -> list[Principal]:
        return [group for group in self.account.groups.values() if self._allows_any(group, wanted)]

    def _allows_any(self, group: Principal, wanted: tuple[str, ...]) -> bool:
        managed = [self.account.policies[arn] for arn in group.managed if arn in self.account.policies]
        for document in (*group.documents.values(), *managed):
            if any(statement.effect == "Allow" and statement.concerned(wanted) for statement in document.statements):
                return True
        return False


class Targets:
    """The principals worth becoming, found by what a caller has to name to become one of them."""

    def __init__(self, principals: Iterable[Principal]) -> None:
        self._by_arn = {principal.arn: principal for principal in principals}
        self._by_trusted_name: dict[str, list[Principal]] = {}
        becoming = {action for kind in actions.BECOME.values() for action in kind}
        self._by_action: dict[str, list[Principal]] = {action: [] for action in becoming}
        for principal in self._by_arn.values():
            self._add(principal)
        # A user that may be renamed may be become under another name than its own.
        self._by_action[actions.RENAME] = [user for user in self._by_arn.values() if user.kind == "user"]
        self._matching: dict[tuple[str, str], list[Principal]] = {}

    def _add(self, principal: Principal) -> None:
        for action in dict.fromkeys(way[0].action for way in edges.becoming(principal)):
            self._by_action[action].append(principal)
        for name in edges.trusted_principals(principal):
            self._by_trusted_name.setdefault(name, []).append(principal)

    @property
    def trusts(self) -> list[Statement]:
        """The statements of their trust policies."""
        trusts = [principal.trust for principal in self._by_arn.values() if principal.trust]
        return [statement for trust in trusts for statement in trust.statements]

    def of(self, power: Power) -> Iterator[Principal]:
        """Those that it could become, as far as names tell."""
        reachable: dict[str, Principal] = {}
        for name in self._names_trusting(power.principal):
            reachable.update((target.arn, target) for target in self._by_trusted_name[name])
        for action in self._by_action:
            for pattern in power.patterns(action):
                reachable.update((target.arn, target) for target in self._at(action, pattern))
        return iter(reachable.values())

    def _names_trusting(self, principal: Principal) -> Iterator[str]:
        """By which names trust policies may let it in: its own, everybody's, and those of a role's sessions."""
        yield from (name for name in (principal.arn, "*") if name in self._by_trusted_name)
        if principal.kind == "role":
            session = f"{principal.arn.split(':', 5)[4]}:assumed-role/{principal.name}/"
            yield from (name for name in self._by_trusted_name if session in name)

    def _at(self, action: str, pattern: str) -> list[Principal]:
        is_plain = not any(char in pattern for char in "*?$")
        if is_plain and ":saml-provider/" not in pattern:
            return [self._by_arn[pattern]] if pattern in self._by_arn else []
        key = (action, pattern)
        if key not in self._matching:
            self._matching[key] = [target for target in self._by_action[action] if _fits(action, pattern, target)]
        return self._matching[key]


def _fits(action: str, pattern: str, target: Principal) -> bool:
    """Whether a pattern may name the target. A SAML provider's pattern names no principal, so it may."""
    if action in (actions.SAML, *actions.NEW_SAML) or "${" in pattern:
        return True
    return matches(pattern, target.arn)
