"""What all attacks on an account share: whom it is of use to become and who is lost already, found by names alone, so
that an attack only asks where something can come of it; and the bound on the work.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property

from pulumi_aws_identity_center.access.account import Account, Held, Principal
from pulumi_aws_identity_center.access.permissions import Power
from pulumi_aws_identity_center.iam import LOCK_OUT_ACTIONS, Document
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


class TooMuch(Exception):
    """The bound on the work was reached."""


class Ground:
    """useful: policies worth attaching. lost: who can already, by ARN."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.useful: list[tuple[Held, Document]] = list(edges.attachable(account, frozenset(_LOWER)))
        self.lost: set[str] = set()
        self.targets: Targets = Targets([])
        self._all = self._left = _CALLS + _CALLS_A_PRINCIPAL * len(account.principals)

    def spend(self) -> None:
        self._left -= 1
        if self._left < 0:
            raise TooMuch

    @property
    def has_time(self) -> bool:
        """Whether there is enough left for more than the least."""
        return self._left > self._all / 2

    def promising(self, power: Power) -> bool:
        """Whether it has an action with which anybody could be given more, or freed of what holds them back; or could
        join a group that has anything of use."""
        if any(power.patterns(action) for action in (*_RAISING, *_FREEING)):
            return True
        return any(power.names(actions.JOIN, group.arn) for group in self._giving_groups)

    @cached_property
    def _giving_groups(self) -> list[Principal]:
        unread = [each for each in self.account.groups.values() if each.problems or self._is_unread(each)]
        return [*self._groups_with(_LOWER), *unread]

    def _is_unread(self, group: Principal) -> bool:
        return any(arn in self.account.malformed for arn in group.managed)

    @cached_property
    def able_groups(self) -> list[Principal]:
        """The groups that allow a lock-out action, as far as names tell."""
        return self._groups_with(_LOCK_OUT)

    def _groups_with(self, wanted: tuple[str, ...]) -> list[Principal]:
        found = []
        for group in self.account.groups.values():
            managed = [self.account.policies[arn] for arn in group.managed if arn in self.account.policies]
            statements = (s for each in (*group.documents.values(), *managed) for s in each.statements)
            if any(s.effect == "Allow" and s.concerned(wanted) for s in statements):
                found.append(group)
        return found


class Targets:
    """Those of whom something can come, by what has to be named to become one of them."""

    def __init__(self, principals: Iterable[Principal]) -> None:
        pools: dict[str, list[Principal]] = {action: [] for each in actions.BECOME.values() for action in each}
        self._by_arn: dict[str, Principal] = {}
        self._named: dict[str, list[Principal]] = {}
        for each in principals:
            self._by_arn[each.arn] = each
            for way in edges.becoming(each):
                pool = pools[way[0].action]
                if not pool or pool[-1] is not each:
                    pool.append(each)
            for name in edges.trusted_principals(each):
                self._named.setdefault(name, []).append(each)
        # One that may be renamed may be become under another name than its own.
        pools[actions.RENAME] = [each for each in self._by_arn.values() if each.kind == "user"]
        self._pools = pools
        self.trusts = [s for each in self._by_arn.values() if each.trust for s in each.trust.statements]
        self._matching: dict[tuple[str, str], list[Principal]] = {}

    def of(self, power: Power) -> Iterator[Principal]:
        """Those whom it could become, as far as names tell."""
        me = power.principal
        found: dict[str, Principal] = {}
        session = f"{me.arn.split(':', 5)[4]}:assumed-role/{me.name}/"
        for name, trusting in self._named.items() if me.kind == "role" else ():
            if session in name:
                found.update((each.arn, each) for each in trusting)
        for name in (me.arn, "*"):
            found.update((each.arn, each) for each in self._named.get(name, ()))
        for action in self._pools:
            for pattern in power.patterns(action):
                found.update((each.arn, each) for each in self._at(action, pattern))
        return iter(found.values())

    def _at(self, action: str, pattern: str) -> list[Principal]:
        if not any(char in pattern for char in "*?$") and ":saml-provider/" not in pattern:
            return [self._by_arn[pattern]] if pattern in self._by_arn else []
        key = (action, pattern)
        if key not in self._matching:
            fits: Callable[[str], bool] = lambda arn: "${" in pattern or matches(pattern, arn)  # noqa: E731
            is_provider = action in (actions.SAML, *actions.NEW_SAML)
            self._matching[key] = [each for each in self._pools[action] if is_provider or fits(each.arn)]
        return self._matching[key]
